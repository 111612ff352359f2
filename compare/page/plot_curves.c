/* SPDX-License-Identifier: MIT */
/*
 * compare/page/plot_curves.c: a sweep as curves: speed-up with its interval at each point,
 * efficiency, and the bounds beside them.
 *
 * A line joins points only to guide the eye; what was measured are the symbols and their bars.
 */
#include <math.h>
#include <string.h>

#include "compare/find.h"
#include "compare/page/plot_draw.h"
#include "compare/page/plot_script.h"

enum { WIDTH = 480, HEIGHT = 340 };

const plx_compare_row *plx_plot_row(const plx_compare_result *result, const char *label)
{
    const plx_compare_row *row = plx_find_row(result, label);
    return row && row->state == PLX_COMPARE_TIMED ? row : NULL;
}

plx_interval plx_plot_ratio(const plx_compare_result *result, const plx_compare_row *row)
{
    plx_compare_pair pair;
    if (!plx_find_pair(result, result->base, (size_t)(row - result->rows), &pair) ||
        !isfinite(pair.ratio.median))
        return (plx_interval){.median = row->speedup};
    pair.ratio.known = pair.ratio.known && pair.ratio.low > 0;
    return pair.ratio;
}

static bool by_workers(const plx_show *show)
{
    return strcmp(show->axis, "workers") == 0;
}

/* The value at a point, and its interval; divided by the workers if it is efficiency. */
static bool value_at(const plx_show *show, size_t point, const char *label, bool efficiency,
                     plx_interval *value)
{
    const plx_compare_result *result = &show->results[point];
    const plx_compare_row *row = plx_plot_row(result, label);
    if (!row || row == &result->rows[result->base])
        return false;
    *value = plx_plot_ratio(result, row);
    const double by = efficiency && row->workers > 0 ? row->workers : 1;
    value->median /= by;
    value->low = value->known ? value->low / by : value->median;
    value->high = value->known ? value->high / by : value->median;
    return isfinite(value->median);
}

static plx_scale scale_of(const plx_show *show)
{
    plx_scale x = {INFINITY, -INFINITY, false};
    for (size_t p = 0; p < show->count; p++)
        plx_scale_take(&x, show->points[p]);
    plx_scale_settle(&x, true);
    return x;
}

/* Curves stand a little beside each other, so that their bars do not hide one another. */
static double place_of(const plx_show *show, size_t point, double aside)
{
    const plx_scale x = scale_of(show);
    return x.logarithmic ? show->points[point] * pow(x.most / x.least, aside)
                         : show->points[point] + aside * (x.most - x.least);
}

static void write_curve(plx_script *script, const plx_show *show, const char *label, size_t curve,
                        double aside, bool efficiency, plx_scale *y)
{
    plx_interval value;
    size_t said = 0;
    fprintf(script->gp, "$c%zu << EOD\n", curve);
    fprintf(script->words, "%s:", label);
    for (size_t p = 0; p < show->count; p++) {
        if (!value_at(show, p, label, efficiency, &value))
            continue;
        fprintf(script->gp, "%.9g %.9g %.9g %.9g\n", place_of(show, p, aside), value.median,
                value.low, value.high);
        fprintf(script->words, "%s %.3g at %.10g", said++ ? "," : "", value.median,
                show->points[p]);
        plx_scale_take(y, value.median);
        plx_scale_take(y, fmin(value.high, 2 * value.median)); /* one wild bar is cut */
    }
    fputs("EOD\n", script->gp);
    fputs(". ", script->words);
}

/* What no curve can pass: by workers the ideal is the diagonal; the ceiling as it was measured. */
static void write_bounds(plx_script *script, const plx_show *show, bool efficiency)
{
    fputs("$bounds << EOD\n", script->gp);
    for (size_t p = 0; p < show->count; p++) {
        const plx_compare_result *result = &show->results[p];
        const double workers = result->about.workers > 0 ? result->about.workers : 1;
        const bool known = result->bound.copies > 0 && result->bound.ceiling.median > 0;
        const double by = efficiency ? workers : 1;
        fprintf(script->gp, "%.9g %.9g ", show->points[p], workers / by);
        fprintf(script->gp, known ? "%.9g\n" : "NaN\n", result->bound.ceiling.median / by);
    }
    fputs("EOD\n", script->gp);
}

static void write_axes(plx_script *script, const plx_show *show, const char *what, plx_scale *y)
{
    plx_scale x = scale_of(show);
    if (by_workers(show) && !x.logarithmic)
        x.least = fmax(0, x.least - 0.15);
    plx_scale_write(&x, 'x', script->gp);
    if (by_workers(show) && !x.logarithmic)
        fputs("set xtics 1\n", script->gp);
    else if (!by_workers(show))
        fputs("set xtics auto\nset format x '1e%T'\n", script->gp);
    y->least = fmin(y->least, 0);
    plx_scale_settle(y, false);
    plx_scale_write(y, 'y', script->gp);
    fprintf(script->gp,
            "set border 3\nset grid ytics lt 1 lw 1 lc rgb %s\nset lmargin 6\nset rmargin 3\n"
            "set tmargin 1.8\nset bmargin 3.4\nset xlabel '%s' textcolor rgb %s\n"
            "set label '%s' at graph 0, graph 1.06 left textcolor rgb %s\n",
            plx_plot_colour(PLX_PLOT_BAND), by_workers(show) ? "workers" : "n",
            plx_plot_colour(PLX_PLOT_MUTED), what, plx_plot_colour(PLX_PLOT_MUTED));
}

static void write_plot(plx_script *script, size_t count)
{
    fprintf(script->gp, "plot $bounds using 1:2 with lines lw 1.5 dt 2 lc rgb %s, ",
            plx_plot_colour(PLX_PLOT_MUTED));
    fprintf(script->gp, "$bounds using 1:3 with lines lw 1.5 dt 4 lc rgb %s",
            plx_plot_colour(PLX_PLOT_INK));
    for (size_t c = 0; c < count; c++) {
        const char *colour = plx_plot_colour(plx_plot_curve(c));
        fprintf(script->gp, ", $c%zu using 1:2:3:4 with yerrorbars pt %d ps 0.8 lw 1.5 lc rgb %s",
                c, plx_plot_symbol(c), colour);
        fprintf(script->gp, ", $c%zu using 1:2 with lines lw 1.5 lc rgb %s", c, colour);
    }
    putc('\n', script->gp);
}

static void draw(plx_plot *plot, const plx_show *show, const char *const *labels, size_t count,
                 bool efficiency)
{
    plx_scale y = {0, 1, false};
    plx_script script;
    if (!plx_script_open(&script, plot))
        return;
    for (size_t c = 0; c < count; c++)
        write_curve(&script, show, labels[c], c, 0.014 * ((double)c - 0.5 * (double)(count - 1)),
                    efficiency, &y);
    write_bounds(&script, show, efficiency);
    if (by_workers(show) && !efficiency)
        for (size_t p = 0; p < show->count; p++)
            plx_scale_take(&y, fmin(show->results[p].about.workers, 1.6 * y.most));
    write_axes(&script, show, efficiency ? "efficiency" : "speed-up over serial", &y);
    write_plot(&script, count);
    plx_script_draw(&script, plot, WIDTH, HEIGHT, efficiency ? "Efficiency" : "Speed-up");
}

void plx_plot_speedup(plx_plot *plot, const plx_show *show, const char *const *labels, size_t count)
{
    draw(plot, show, labels, count, false);
}

void plx_plot_efficiency(plx_plot *plot, const plx_show *show, const char *const *labels,
                         size_t count)
{
    draw(plot, show, labels, count, true);
}
