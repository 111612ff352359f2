/* SPDX-License-Identifier: MIT */
/*
 * compare/sweep/sweep_judge.c: from points to curves, crossovers and fits.
 *
 * A speed-up is the paired ratio of its point with the interval that its point's verdict used, so
 * that a curve never says more than the comparison did. Fits use worker counts within the cores
 * alone: beyond them workers share cores, and no law of scaling speaks of that.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/sweep/sweep_judge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/find.h"

bool plx_sweep_counts(const plx_sweep_result *sweep, const plx_sweep_curve *curve, size_t point)
{
    const plx_sweep_spot *spot = &curve->spot[point];
    const plx_compare_result *at = &sweep->at[point];
    return spot->timed && (at->about.waits || spot->workers <= at->host.cores);
}

static double serial_fraction(double speedup, int workers)
{
    return (1 / speedup - 1.0 / workers) / (1 - 1.0 / workers);
}

static void take_spot(const plx_compare_result *at, const plx_compare_row *row,
                      plx_sweep_spot *spot)
{
    const size_t mine = (size_t)(row - at->rows);
    plx_compare_pair beside, speedup;
    if (row->state != PLX_COMPARE_TIMED || !plx_find_pair(at, mine, at->base, &beside) ||
        !plx_find_pair(at, at->base, mine, &speedup))
        return;
    spot->timed = true;
    spot->outcome = beside.outcome;
    spot->speedup = speedup.ratio;
    spot->workers = row->workers;
    spot->efficiency = spot->speedup.median / row->workers;
    spot->karp_flatt.median = (double)NAN;
    if (row->workers > 1)
        spot->karp_flatt =
            (plx_interval){serial_fraction(spot->speedup.median, row->workers),
                           serial_fraction(spot->speedup.high, row->workers),
                           serial_fraction(spot->speedup.low, row->workers), spot->speedup.known};
}

static plx_sweep_curve *find_curve(plx_sweep_result *sweep, const char *label)
{
    for (size_t c = 0; c < sweep->curves_count; c++)
        if (strcmp(sweep->curves[c].label, label) == 0)
            return &sweep->curves[c];
    plx_sweep_curve *curve = &sweep->curves[sweep->curves_count++];
    snprintf(curve->label, sizeof curve->label, "%s", label);
    return curve;
}

static bool make_curves(plx_sweep_result *sweep)
{
    size_t most = 1;
    for (size_t i = 0; i < sweep->done; i++)
        most += sweep->at[i].rows_count;
    sweep->curves = calloc(most, sizeof *sweep->curves);
    for (size_t i = 0; sweep->curves && i < sweep->done; i++)
        for (size_t r = 0; r < sweep->at[i].rows_count; r++) {
            const plx_compare_row *row = &sweep->at[i].rows[r];
            if (strcmp(row->model, "serial") != 0)
                take_spot(&sweep->at[i], row, &find_curve(sweep, row->label)->spot[i]);
        }
    return sweep->curves != NULL;
}

static void find_cost(const plx_sweep_result *sweep, plx_sweep_curve *curve)
{
    curve->cost = 0;
    while (curve->cost < sweep->done && (!curve->spot[curve->cost].timed ||
                                         curve->spot[curve->cost].outcome != PLX_COMPARE_FASTER))
        curve->cost++;
}

static void fit_curve(const plx_sweep_result *sweep, plx_sweep_curve *curve)
{
    double workers[PLX_SWEEP_MOST], speedup[PLX_SWEEP_MOST];
    size_t n = 0, distinct = 0;
    const int cores = sweep->done > 0 ? sweep->at[0].host.cores : 0;
    for (size_t i = 0; i < sweep->done; i++) {
        const plx_sweep_spot *spot = &curve->spot[i];
        if (!spot->timed || spot->workers > sweep->at[i].host.cores)
            continue;
        distinct += n == 0 || workers[n - 1] < spot->workers; /* points rise, and so do these */
        workers[n] = spot->workers;
        speedup[n++] = spot->speedup.median;
    }
    if (distinct < PLX_SWEEP_FIT) {
        snprintf(curve->why, sizeof curve->why,
                 "%zu worker count%s within %d core%s; a fit needs %d", distinct,
                 distinct == 1 ? "" : "s", cores, cores == 1 ? "" : "s", PLX_SWEEP_FIT);
        return;
    }
    curve->fitted = plx_fit_amdahl(workers, speedup, n, &curve->amdahl);
    curve->usl_fitted = curve->fitted && plx_fit_usl(workers, speedup, n, &curve->usl);
    if (!curve->usl_fitted)
        snprintf(curve->why, sizeof curve->why, "the points do not determine the law");
}

/* b is the faster one: 1, a is: -1, not told apart or not both timed: 0. */
static int who(const plx_sweep_result *sweep, size_t point, const char *a, const char *b)
{
    const plx_compare_result *at = &sweep->at[point];
    const plx_compare_row *left = a ? plx_find_row(at, a) : &at->rows[at->base];
    const plx_compare_row *right = plx_find_row(at, b);
    plx_compare_pair pair;
    if (!left || !right ||
        !plx_find_pair(at, (size_t)(right - at->rows), (size_t)(left - at->rows), &pair))
        return 0;
    return pair.outcome == PLX_COMPARE_FASTER ? 1 : pair.outcome == PLX_COMPARE_SLOWER ? -1 : 0;
}

/* How many points from the first on have this winner, and how many up to the last. */
static size_t lead(const int *winner, size_t count, int wanted)
{
    size_t i = 0;
    while (i < count && winner[i] == wanted)
        i++;
    return i;
}

static size_t tail(const int *winner, size_t count, int wanted)
{
    size_t i = count;
    while (i > 0 && winner[i - 1] == wanted)
        i--;
    return count - i;
}

/* True if both are the faster one somewhere. */
static bool cross(const plx_sweep_result *sweep, const char *a, const char *b,
                  plx_sweep_crossover *found)
{
    int winner[PLX_SWEEP_MOST] = {0};
    bool a_wins = false, b_wins = false;
    const size_t count = sweep->done;
    for (size_t i = 0; i < count; i++) {
        winner[i] = who(sweep, i, a, b);
        a_wins = a_wins || winner[i] < 0;
        b_wins = b_wins || winner[i] > 0;
    }
    const bool forth = lead(winner, count, -1) + tail(winner, count, 1) > 0;
    const bool back = lead(winner, count, 1) + tail(winner, count, -1) > 0;
    const int first = back && !forth ? 1 : -1;
    const size_t leads = lead(winner, count, first), tails = tail(winner, count, -first);
    *found = (plx_sweep_crossover){.below = leads ? leads - 1 : count,
                                   .from = tails ? count - tails : count,
                                   .again = (a_wins || b_wins) && !forth && !back};
    const char *one = a ? a : "serial";
    snprintf(found->a, sizeof found->a, "%s", first < 0 ? one : b);
    snprintf(found->b, sizeof found->b, "%s", first < 0 ? b : one);
    return a_wins && b_wins;
}

static bool make_crossovers(plx_sweep_result *sweep)
{
    const size_t curves = sweep->points.axis == PLX_SWEEP_ITEMS ? sweep->curves_count : 0;
    sweep->crossovers = calloc(curves * curves + 1, sizeof *sweep->crossovers);
    if (!sweep->crossovers)
        return false;
    for (size_t c = 0; c < curves; c++)
        cross(sweep, NULL, sweep->curves[c].label, &sweep->crossovers[sweep->crossovers_count++]);
    for (size_t a = 0; a < curves; a++)
        for (size_t b = a + 1; b < curves; b++)
            sweep->crossovers_count += cross(sweep, sweep->curves[a].label, sweep->curves[b].label,
                                             &sweep->crossovers[sweep->crossovers_count]);
    return true;
}

bool plx_sweep_judge(plx_sweep_result *sweep)
{
    size_t size;
    if (!make_curves(sweep))
        return false;
    for (size_t c = 0; c < sweep->curves_count; c++) {
        find_cost(sweep, &sweep->curves[c]);
        if (sweep->points.axis == PLX_SWEEP_WORKERS)
            fit_curve(sweep, &sweep->curves[c]);
        else
            snprintf(sweep->curves[c].why, sizeof sweep->curves[c].why,
                     "a fit needs a sweep of workers");
    }
    if (!make_crossovers(sweep))
        return false;
    FILE *out = open_memstream(&sweep->text, &size);
    if (!out)
        return false;
    bool good = plx_sweep_words_write(sweep, out);
    return fclose(out) == 0 && good;
}
