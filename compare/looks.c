/* SPDX-License-Identifier: MIT */
/*
 * compare/looks.c: when to stop.
 *
 * To stop when the samples please is to be pleased too often. So the looks are planned from the
 * budget alone, and what a look asks is how wide the intervals are, never on which side of 1 they
 * lie. As an interval that is narrow by luck is also one that misses more often, a look does not
 * end the rounds: it only says that the next look will be the last, and the rounds until then,
 * nearly half of all, have no part in that choice. tests/compare/laws_of_noise_test.cpp shows what
 * this keeps of the 95 %.
 */
#include "compare/looks.h"

#include <math.h>

#include "compare/stats.h"

static const double wanted = 0.01;      /* half width, in logarithms: as near as "no difference" */
static const double wanted_apart = 0.1; /* for rows further apart: of the logarithm of the ratio */

int plx_looks_fit(double budget_s, double round_s)
{
    if (!(round_s > 0) || budget_s / round_s >= PLX_LOOKS_ROUNDS)
        return PLX_LOOKS_ROUNDS;
    return budget_s > 0 ? (int)(budget_s / round_s) : 0;
}

/* Ranks are whole, so an interval's real level jumps with n. Of [from, to], where it is least above
   the one that is asked and an eighth of the mistakes: what stopping takes back. */
static int tightest(int from, int to, double confidence)
{
    const double enough = confidence + (1 - confidence) / 8;
    int best = to;
    double least = 1;
    for (int n = from; n <= to; n++) {
        double level = plx_stats_level((size_t)n, plx_stats_rank((size_t)n, confidence));
        if (level >= enough && level < least) {
            least = level;
            best = n;
        }
    }
    return best;
}

void plx_looks_fixed(plx_looks *looks, int rounds)
{
    looks->count = 1;
    looks->at[0] = rounds;
}

void plx_looks_plan(plx_looks *looks, size_t rows, int rounds)
{
    const double confidence = plx_stats_pair_confidence(rows);
    const int first = (int)plx_stats_least(confidence);
    plx_looks_fixed(looks, rounds);
    if (rounds <= first)
        return;
    const int last = tightest(rounds - rounds / 10, rounds, confidence);
    looks->count = 0;
    /* the last look takes the place of one that would come shortly before it */
    for (int n = first; n + n / 4 < last && looks->count + 1 < PLX_LOOKS_MOST;) {
        looks->at[looks->count++] = n;
        n = tightest(n + n * 2 / 3, 2 * n, confidence);
    }
    looks->at[looks->count++] = last;
}

double plx_looks_width(const plx_interval *ratio)
{
    if (!ratio->known || !(ratio->low > 0) || !isfinite(ratio->high))
        return (double)INFINITY;
    const double low = log(ratio->low), high = log(ratio->high);
    return (high - low) / 2 / fmax(wanted, wanted_apart * fabs(high + low) / 2);
}

int plx_looks_until(const plx_looks *looks, size_t i, double widest)
{
    const int last = looks->at[looks->count - 1];
    if (i + 1 >= looks->count)
        return last;
    if (i == 0 && widest <= 0.5)
        return looks->at[0];
    /* intervals shrink with the root of the rounds */
    const double next = widest * sqrt((double)looks->at[i] / looks->at[i + 1]);
    return next <= 1 ? looks->at[i + 1] : last;
}
