/* SPDX-License-Identifier: MIT */
/*
 * compare/show_sweep.c: curves, crossovers and fits follow from the points alone, so only the
 * points are read, and judged again: what a file claims of them is not repeated.
 */
#include "compare/show_sweep.h"

#include "compare/sweep.h"

void plx_show_sweep_text(const plx_show *show, FILE *out)
{
    plx_sweep_result sweep = {.at = show->results, .done = show->count, .budget_s = show->budget_s};
    sweep.points.axis = PLX_SWEEP_WORKERS;
    if (show->axis[0] == 'n')
        sweep.points.axis = PLX_SWEEP_ITEMS;
    sweep.points.count = show->count;
    for (size_t i = 0; i < show->count; i++)
        sweep.points.at[i] = (size_t)show->points[i];
    plx_compare_write_host(&show->results[show->count - 1].host, out);
    putc('\n', out);
    if (plx_sweep_judge(&sweep))
        plx_sweep_write_text(&sweep, out);
    else
        fputs("(no memory for these sentences)\n", out);
    sweep.at = NULL; /* they are the file's */
    plx_sweep_free(&sweep);
}
