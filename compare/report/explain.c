/* SPDX-License-Identifier: MIT */
/*
 * compare/report/explain.c: from phases to POP's factors.
 *
 * A row is explained by one launch that really was, the one in the middle, not by six medians that
 * belong to no launch and add up to nothing. Its phases are scaled to the row's median, a change of
 * at most half the spread, so that parts and whole agree. The factors are quotients in which each
 * denominator is the next one's numerator: the product is the efficiency by construction.
 */
#include "compare/report/explain.h"

#include <math.h>
#include <string.h>

#include "compare/report/schema.h"

double plx_explain_total(const plx_compare_phases *phases)
{
    return phases->prepare_s + phases->hand_out_s + phases->compute_s + phases->imbalance_s +
           phases->collect_s + phases->other_s;
}

plx_compare_pop plx_explain_pop(const plx_compare_phases *phases, double serial_s, int workers)
{
    const double total = plx_explain_total(phases), still = total - phases->transfer_s;
    const plx_compare_pop pop = {.balance = phases->compute_s / phases->busy_max_s,
                                 .serialisation = phases->busy_max_s / still,
                                 .transfer = still / total,
                                 .scaling = serial_s / (workers * phases->compute_s)};
    const double factors[] = {pop.balance, pop.serialisation, pop.transfer, pop.scaling};
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
        if (!isfinite(factors[i]) || factors[i] <= 0)
            return (plx_compare_pop){0};
    return pop;
}

/* The launch in the middle by its work, the lower of two: as many before it as rank says. */
static size_t find_middle(const double *work_s, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t before = 0;
        for (size_t j = 0; j < count; j++)
            before += work_s[j] < work_s[i] || (j < i && work_s[j] <= work_s[i]);
        if (before == (count - 1) / 2)
            return i;
    }
    return 0;
}

static void explain_row(plx_compare_row *row, double serial_s)
{
    memset(&row->spent, 0, sizeof row->spent);
    memset(&row->pop, 0, sizeof row->pop);
    if (row->state != PLX_COMPARE_TIMED || row->samples == 0 || !row->phases)
        return;
    plx_compare_phases middle = row->phases[find_middle(row->work_s, row->samples)];
    const double by = row->work.median / plx_explain_total(&middle);
    if (!isfinite(by) || by <= 0)
        return;
    for (size_t part = 0; part < PLX_SCHEMA_PARTS; part++)
        *plx_schema_part(&middle, part) *= by;
    row->spent = middle;
    row->pop = plx_explain_pop(&middle, serial_s, row->workers);
}

void plx_explain_rows(plx_compare_result *result)
{
    for (size_t r = 0; r < result->rows_count; r++)
        explain_row(&result->rows[r], result->rows[result->base].work.median);
}
