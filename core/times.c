/* SPDX-License-Identifier: MIT */
/*
 * core/times.c: from stamps to phases; see core/times.h.
 *
 * prepare + other + hand out + compute + imbalance + collect is elapsed by construction.
 */
#include "core/times.h"

static double larger(double a, double b)
{
    return a > b ? a : b;
}

double plx_times_prepare(const plx_times *times, const plx_run *run)
{
    double from = larger(run->prepare_begun_s, times->began_s - times->before);
    return run->prepared ? larger(run->prepare_ended_s - from, 0) : 0;
}

void plx_times_take(plx_times *times, const plx_run *run)
{
    times->before = times->began_s - times->entered_s;
    times->end = times->ended_s - times->began_s;
    times->scatter = run->scatter_s;
    times->gather = run->gather_s;
    times->prepare = plx_times_prepare(times, run);
    times->last = times->busy_max = times->lasts = times->busys = 0;
    for (int w = 0; w < run->workers; w++) {
        const plx_lane *lane = &run->lanes[w];
        double last = lane->chunks ? lane->last_s - times->began_s : 0;
        times->last = larger(times->last, last);
        times->busy_max = larger(times->busy_max, lane->busy_s);
        times->lasts += last;
        times->busys += lane->busy_s;
    }
}

/* Differences of sums may lie a rounding below zero. */
void plx_times_tell(const plx_times *times, int workers, plx_report *report)
{
    double mean_last = times->lasts / workers;
    report->elapsed_s = times->before + times->end;
    report->prepare_s = times->prepare;
    report->other_s = larger(times->before - times->prepare, 0);
    report->compute_s = times->busys / workers;
    report->hand_out_s = larger(mean_last - report->compute_s, 0);
    report->imbalance_s = larger(times->last - mean_last, 0);
    report->collect_s = larger(times->end - times->last, 0);
    report->busy_max_s = times->busy_max;
    report->transfer_s = times->scatter + times->gather;
}
