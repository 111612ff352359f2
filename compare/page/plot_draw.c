/* SPDX-License-Identifier: MIT */
/*
 * compare/page/plot_draw.c: one comparison as plots: the spread of its launches, and where time
 * went.
 *
 * A row is a strip with its label above, so that long labels fit a telephone. Every launch is a
 * dot: nothing is smoothed away, and a lucky median is seen to be lucky.
 */
#include "compare/page/plot_draw.h"

#include <math.h>

#include "compare/report/explain.h"
#include "compare/find.h"
#include "compare/page/plot_script.h"
#include "compare/report/schema.h"
#include "compare/report/unit.h"

enum { WIDTH = 480, STRIP = 52, AROUND = 62 };

static double unit_of(const plx_compare_result *result, const char **name)
{
    return plx_unit_choose(result->rows[result->base].work.median, name);
}

/* Strips stand from y = rows down to 0, a label in the upper third of each. */
static void begin_strips(plx_script *script, size_t rows, const char *unit)
{
    fprintf(script->gp,
            "set lmargin 2\nset rmargin 3\nset tmargin 0.5\nset bmargin 3.2\nunset ytics\n"
            "set yrange [0:%zu]\nset xlabel 'work, %s' textcolor rgb %s offset 0,0.3\n",
            rows, unit, plx_plot_colour(PLX_PLOT_MUTED));
}

static void label_strip(plx_script *script, double y, const plx_compare_row *row, double per_s,
                        const char *unit)
{
    fputs("set label '", script->gp);
    plx_script_label(row->label, script->gp);
    fprintf(script->gp, "' at graph 0, first %.3f left front textcolor rgb %s\n", y + 0.8,
            plx_plot_colour(PLX_PLOT_INK));
    fprintf(script->gp, "set label '%.4g %s' at graph 1, first %.3f right front textcolor rgb %s\n",
            row->work.median * per_s, unit, y + 0.8, plx_plot_colour(PLX_PLOT_MUTED));
}

/* The interval as a band, the median as a line across it. */
static void draw_interval(plx_script *script, double y, const plx_compare_row *row, double per_s)
{
    if (row->work.known)
        fprintf(
            script->gp,
            "set object rect from %.9g,%.3f to %.9g,%.3f fc rgb %s fs solid 1 noborder behind\n",
            row->work.low * per_s, y + 0.08, row->work.high * per_s, y + 0.56,
            plx_plot_colour(PLX_PLOT_BAND));
    fprintf(script->gp, "set arrow from %.9g,%.3f to %.9g,%.3f nohead lw 2.5 lc rgb %s front\n",
            row->work.median * per_s, y + 0.03, row->work.median * per_s, y + 0.61,
            plx_plot_colour(PLX_PLOT_INK));
}

static void say_interval(plx_script *script, const plx_compare_row *row, double per_s,
                         const char *unit)
{
    fprintf(script->words, "%s: median %.4g %s", row->label, row->work.median * per_s, unit);
    if (row->work.known)
        fprintf(script->words, ", 95 %% interval %.4g to %.4g", row->work.low * per_s,
                row->work.high * per_s);
    fprintf(script->words, ", %zu launches. ", row->samples);
}

/* Launches stand in the order of their rounds, from the strip's foot upwards. */
static void write_dots(plx_script *script, double y, const plx_compare_row *row, double per_s)
{
    for (size_t i = 0; i < row->samples; i++)
        fprintf(script->gp, "%.9g %.4f\n", row->work_s[i] * per_s,
                y + 0.12 + 0.40 * ((double)i + 0.5) / (double)row->samples);
}

static void write_strips(plx_script *script, const plx_compare_result *result)
{
    const char *unit;
    const double per_s = unit_of(result, &unit);
    plx_scale scale = {INFINITY, -INFINITY, false};
    double y = (double)plx_find_timed(result);
    begin_strips(script, plx_find_timed(result), unit);
    fputs("$launches << EOD\n", script->gp);
    for (size_t r = 0; r < result->rows_count; r++)
        if (result->rows[r].state == PLX_COMPARE_TIMED)
            write_dots(script, y -= 1, &result->rows[r], per_s);
    fputs("EOD\n", script->gp);
    y = (double)plx_find_timed(result);
    for (size_t r = 0; r < result->rows_count; r++) {
        const plx_compare_row *row = &result->rows[r];
        if (row->state != PLX_COMPARE_TIMED)
            continue;
        for (size_t i = 0; i < row->samples; i++)
            plx_scale_take(&scale, row->work_s[i] * per_s);
        plx_scale_take(&scale, row->work.median * per_s);
        label_strip(script, y -= 1, row, per_s, unit);
        draw_interval(script, y, row, per_s);
        say_interval(script, row, per_s, unit);
    }
    plx_scale_settle(&scale, true);
    plx_scale_write(&scale, 'x', script->gp);
    fprintf(script->gp, "plot $launches using 1:2 with points pt 6 ps 0.6 lw 1.5 lc rgb %s\n",
            plx_plot_colour(3));
}

void plx_plot_spread(plx_plot *plot, const plx_compare_result *result)
{
    plx_script script;
    if (!plx_script_open(&script, plot))
        return;
    write_strips(&script, result);
    plx_script_draw(&script, plot, WIDTH, AROUND + STRIP * (int)plx_find_timed(result),
                    "All launches of each model");
}

static double total_of(const plx_compare_row *row)
{
    return row->state == PLX_COMPARE_TIMED ? plx_explain_total(&row->spent) : 0;
}

static size_t count_split(const plx_compare_result *result)
{
    size_t rows = 0;
    for (size_t r = 0; r < result->rows_count; r++)
        rows += total_of(&result->rows[r]) > 0;
    return rows;
}

bool plx_plot_has_phases(const plx_compare_result *result)
{
    return count_split(result) > 0;
}

static void stack_row(plx_script *script, double y, const plx_compare_row *row, double per_s,
                      const char *unit)
{
    double from = 0;
    fprintf(script->words, "%s: ", row->label);
    for (size_t p = 0; p < PLX_SCHEMA_PHASES; p++) {
        const double to = from + plx_schema_part_of(&row->spent, p) * per_s;
        if (to > from)
            fprintf(script->gp,
                    "set object rect from %.9g,%.3f to %.9g,%.3f fc rgb %s fs solid 1 "
                    "border lc rgb %s lw 1\n",
                    from, y + 0.08, to, y + 0.58, plx_plot_colour((int)p + 1),
                    plx_plot_colour(PLX_PLOT_PAPER));
        fprintf(script->words, "%s %.3g %s%s", plx_schema_phases[p], to - from, unit,
                p + 1 < PLX_SCHEMA_PHASES ? ", " : ". ");
        from = to;
    }
}

void plx_plot_phases(plx_plot *plot, const plx_compare_result *result)
{
    const char *unit;
    const double per_s = unit_of(result, &unit);
    const size_t rows = count_split(result);
    double y = (double)rows;
    plx_scale scale = {0, 0, false};
    plx_script script;
    if (rows == 0 || !plx_script_open(&script, plot))
        return;
    begin_strips(&script, rows, unit);
    for (size_t r = 0; r < result->rows_count; r++) {
        const plx_compare_row *row = &result->rows[r];
        if (total_of(row) <= 0)
            continue;
        plx_scale_take(&scale, total_of(row) * per_s);
        label_strip(&script, y -= 1, row, per_s, unit);
        stack_row(&script, y, row, per_s, unit);
    }
    plx_scale_settle(&scale, false);
    plx_scale_write(&scale, 'x', script.gp);
    fputs("plot NaN\n", script.gp);
    plx_script_draw(&script, plot, WIDTH, AROUND + STRIP * (int)rows, "Where the time went");
}
