/* SPDX-License-Identifier: MIT */
/*
 * compare/sweep/metg_judge.c: from samples to the block time at which the efficiency is one half.
 *
 * Each round gives a crossing of its own, interpolated between two points in the logarithm of the
 * block time; the interval is that of the crossings' median by order statistics. A round that
 * crosses beyond the points counts as 0 or infinite, so it can only widen the interval.
 */
#include <math.h>
#include <stdlib.h>

#include "compare/sweep/metg.h"
#include "compare/stats.h"

static const double half = 0.5, absurd = 1.5;

static double rate_of(const plx_metg_result *metg, const plx_metg_point *point, double work_s)
{
    return (double)point->grain * (double)metg->blocks / work_s;
}

static double granularity_of(const plx_metg_result *metg, const plx_metg_curve *curve,
                             double work_s)
{
    return work_s * curve->workers / (double)metg->blocks;
}

/* The shared peak: whoever did most. */
static void find_peak(plx_metg_result *metg)
{
    metg->peak_per_s = metg->serial_per_s * metg->workers;
    snprintf(metg->peak, sizeof metg->peak, "serial x workers");
    for (size_t c = 0; c < metg->curves_count; c++)
        for (size_t i = 0; i < PLX_METG_MOST; i++) {
            const plx_metg_point *point = &metg->curves[c].point[i];
            if (point->samples == 0)
                continue;
            double rate = rate_of(metg, point, plx_stats_median(point->work_s, point->samples));
            if (rate > metg->peak_per_s) {
                metg->peak_per_s = rate;
                snprintf(metg->peak, sizeof metg->peak, "%s", metg->curves[c].label);
            }
        }
}

/* The block time where the efficiency passes one half for the last time, in one round; 0: below
   all points, INFINITY: above them. */
static double crossing(const plx_metg_result *metg, const plx_metg_curve *curve, size_t round)
{
    double above_s = 0, above = 0;
    for (size_t i = PLX_METG_MOST; i-- > 0;) {
        const plx_metg_point *point = &curve->point[i];
        if (point->samples <= round)
            continue;
        const double here_s = granularity_of(metg, curve, point->work_s[round]);
        const double here = rate_of(metg, point, point->work_s[round]) / metg->peak_per_s;
        if (here < half) {
            double part = (half - here) / (above - here);
            return above_s > 0 ? here_s * pow(above_s / here_s, part) : (double)INFINITY;
        }
        above_s = here_s;
        above = here;
    }
    return above_s > 0 ? 0 : (double)INFINITY;
}

/* The rounds that every point has; fills medians, least and most efficiency, and the block times
   of the smallest and largest point. */
typedef struct extent {
    size_t rounds;
    double least, most, worst; /* medians, and the largest of any sample */
    double least_s, most_s;
} extent;

static extent measure(const plx_metg_result *metg, plx_metg_curve *curve)
{
    extent all = {.rounds = SIZE_MAX, .least = (double)INFINITY};
    for (size_t i = 0; i < PLX_METG_MOST; i++) {
        plx_metg_point *point = &curve->point[i];
        if (point->samples == 0)
            continue;
        double work_s = plx_stats_median(point->work_s, point->samples);
        point->granularity_s = granularity_of(metg, curve, work_s);
        point->efficiency = rate_of(metg, point, work_s) / metg->peak_per_s;
        all.least_s = all.most_s > 0 ? all.least_s : point->granularity_s;
        all.most_s = point->granularity_s;
        all.least = fmin(all.least, point->efficiency);
        all.most = fmax(all.most, point->efficiency);
        all.rounds = point->samples < all.rounds ? point->samples : all.rounds;
        for (size_t r = 0; r < point->samples; r++)
            all.worst = fmax(all.worst, rate_of(metg, point, point->work_s[r]) / metg->peak_per_s);
    }
    return all;
}

/* False, and why, if the points tell no METG. */
static bool sound(plx_metg_curve *curve, const extent *all)
{
    char *why = curve->why;
    const size_t size = sizeof curve->why;
    if (all->worst > absurd)
        snprintf(why, size, "an efficiency of %.0f %% says that the peak is wrong",
                 100 * all->worst);
    else if (all->least >= half)
        snprintf(why, size, "no point below 50 %%: METG is less than %.2f us", 1e6 * all->least_s);
    else if (all->most < half)
        snprintf(why, size, "no point reaches 50 %%: METG is more than %.2f us", 1e6 * all->most_s);
    return *why == '\0';
}

static void judge_curve(const plx_metg_result *metg, plx_metg_curve *curve)
{
    if (*curve->why)
        return;
    const extent all = measure(metg, curve);
    if (all.most_s <= 0) {
        snprintf(curve->why, sizeof curve->why, "nothing was measured");
        return;
    }
    double *metgs = sound(curve, &all) ? malloc(all.rounds * sizeof *metgs) : NULL;
    for (size_t r = 0; metgs && r < all.rounds; r++)
        metgs[r] = crossing(metg, curve, r);
    if (metgs)
        curve->metg = plx_stats_interval(metgs, all.rounds, PLX_STATS_CONFIDENCE);
    free(metgs);
    curve->found = isfinite(curve->metg.median) && curve->metg.median > 0;
    if (!curve->found && *curve->why == '\0')
        snprintf(curve->why, sizeof curve->why,
                 "half of the rounds do not cross 50 %% within these points");
}

void plx_metg_judge(plx_metg_result *metg)
{
    find_peak(metg);
    for (size_t c = 0; c < metg->curves_count; c++)
        judge_curve(metg, &metg->curves[c]);
}
