/* SPDX-License-Identifier: MIT */
/*
 * compare/sweep/metg_report.c: METG for people and for scripts: schema parallax.metg/1.
 *
 * Block times stand in microseconds in the table and in seconds in the JSON; what was not measured
 * or lies beyond the points is null there.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "compare/report/json.h"
#include "compare/sweep/metg.h"
#include "compare/report/table.h"
#include "compare/report/wrap.h"

static const double uneven = 1.25;

static void bound_word(double seconds, char word[24])
{
    if (seconds > 0 && isfinite(seconds))
        snprintf(word, 24, "%.2f", 1e6 * seconds);
    else
        snprintf(word, 24, seconds > 0 ? "above" : "below");
}

/* "1.31 us: 42 %", of the points next to one half; side: -1 below it, 1 above. */
static void side_cell(const plx_metg_curve *curve, int side, char cell[PLX_TABLE_CELL])
{
    const plx_metg_point *next = NULL;
    for (size_t i = 0; i < PLX_METG_MOST; i++) {
        const plx_metg_point *point = &curve->point[i];
        if (point->samples == 0 || (point->efficiency < 0.5) != (side < 0))
            continue;
        if (!next || fabs(point->efficiency - 0.5) < fabs(next->efficiency - 0.5))
            next = point;
    }
    if (next)
        snprintf(cell, PLX_TABLE_CELL, "%.2f us: %.0f %%", 1e6 * next->granularity_s,
                 100 * next->efficiency);
    else
        snprintf(cell, PLX_TABLE_CELL, "-");
}

static void write_row(const plx_metg_curve *curve, char (*cells)[PLX_TABLE_CELL])
{
    char low[24], high[24];
    snprintf(cells[0], PLX_TABLE_CELL, "%s", curve->label);
    snprintf(cells[1], PLX_TABLE_CELL, "%d", curve->workers);
    snprintf(cells[2], PLX_TABLE_CELL, "-");
    snprintf(cells[3], PLX_TABLE_CELL, "-");
    if (curve->found)
        snprintf(cells[2], PLX_TABLE_CELL, "%.2f us", 1e6 * curve->metg.median);
    if (curve->found && curve->metg.known) {
        bound_word(curve->metg.low, low);
        bound_word(curve->metg.high, high);
        snprintf(cells[3], PLX_TABLE_CELL, "%s .. %s", low, high);
    }
    side_cell(curve, -1, cells[4]);
    side_cell(curve, 1, cells[5]);
}

static void write_table(const plx_metg_result *metg, FILE *out)
{
    static const char *const titles[] = {"model",         "workers",    "METG",
                                         "95 % interval", "next below", "next above 50 %"};
    plx_table table = {.rows = metg->curves_count + 1};
    table.cells = calloc(table.rows, sizeof *table.cells);
    if (!table.cells) {
        fputs("(no memory for the table)\n", out);
        return;
    }
    for (size_t c = 0; c < sizeof titles / sizeof *titles; c++)
        snprintf(table.cells[0][c], PLX_TABLE_CELL, "%s", titles[c]);
    for (size_t c = 0; c < metg->curves_count; c++)
        write_row(&metg->curves[c], table.cells[c + 1]);
    plx_table_write(&table, out);
    free(table.cells);
}

static void write_warning(const plx_metg_result *metg, char text[200])
{
    text[0] = '\0';
    if (metg->skew > uneven)
        snprintf(text, 200,
                 "Items of one n cost %.1f times those of another: METG is meant for "
                 "items that cost the same, so take these figures with care.",
                 metg->skew);
}

void plx_metg_write_text(const plx_metg_result *metg, FILE *out)
{
    char text[512], warning[200];
    fprintf(out,
            "%s, %s, %d worker%s, %zu blocks a call handed out one by one, %d rounds in %.0f s\n\n",
            metg->kernel, metg->pattern, metg->workers, metg->workers == 1 ? "" : "s", metg->blocks,
            metg->rounds, metg->took_s);
    write_table(metg, out);
    putc('\n', out);
    snprintf(text, sizeof text,
             "METG(50 %%): the shortest mean time of a block (call x workers / blocks) at which a "
             "model still does half of the peak, %.3g items a second (%s). Blocks shorter than "
             "that cost more to hand out than to compute.\n",
             metg->peak_per_s, metg->peak);
    plx_wrap_write(text, out);
    for (size_t c = 0; c < metg->curves_count; c++)
        if (*metg->curves[c].why) {
            snprintf(text, sizeof text, "%s: %s.\n", metg->curves[c].label, metg->curves[c].why);
            plx_wrap_write(text, out);
        }
    write_warning(metg, warning);
    if (*warning) {
        plx_wrap_write(warning, out);
        putc('\n', out);
    }
}

static json_t *point_object(const plx_metg_result *metg, const plx_metg_point *point)
{
    json_t *samples = json_array();
    for (size_t i = 0; i < point->samples; i++)
        json_array_append_new(samples, plx_json_positive(point->work_s[i]));
    return json_pack("{s:I, s:I, s:o, s:o, s:o}", "grain", (json_int_t)point->grain, "n",
                     (json_int_t)(point->grain * metg->blocks), "granularity_s",
                     plx_json_positive(point->granularity_s), "efficiency",
                     plx_json_positive(point->efficiency), "samples_s", samples);
}

static json_t *curve_object(const plx_metg_result *metg, const plx_metg_curve *curve)
{
    const plx_interval *value = &curve->metg;
    json_t *points = json_array();
    for (size_t i = 0; i < PLX_METG_MOST; i++)
        if (curve->point[i].samples > 0)
            json_array_append_new(points, point_object(metg, &curve->point[i]));
    return json_pack(
        "{s:s, s:i, s:o, s:o, s:s?, s:o}", "label", curve->label, "workers", curve->workers,
        "metg_s", curve->found ? plx_json_positive(value->median) : json_null(), "ci95_s",
        curve->found && value->known
            ? json_pack("[o, o]", plx_json_positive(value->low), plx_json_positive(value->high))
            : json_null(),
        "why", *curve->why ? curve->why : NULL, "points", points);
}

char *plx_metg_json(const plx_metg_result *metg)
{
    char warning[200];
    json_t *models = json_array();
    write_warning(metg, warning);
    for (size_t c = 0; c < metg->curves_count; c++)
        json_array_append_new(models, curve_object(metg, &metg->curves[c]));
    return plx_json_line(json_pack(
        "{s:s, s:s, s:s, s:s, s:i, s:i, s:I, s:o, s:s, s:o, s:o, s:s?, s:o}", "schema",
        "parallax.metg/1", "kernel", metg->kernel, "pattern", metg->pattern, "schedule", "dynamic",
        "workers", metg->workers, "rounds", metg->rounds, "blocks", (json_int_t)metg->blocks,
        "peak_items_per_s", plx_json_positive(metg->peak_per_s), "peak", metg->peak, "skew",
        plx_json_positive(metg->skew), "took_s", plx_json_positive(metg->took_s), "warning",
        *warning ? warning : NULL, "models", models));
}
