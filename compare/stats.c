/* SPDX-License-Identifier: MIT */
/*
 * compare/stats.c: rank statistics.
 *
 * Run times are skewed and have outliers, so nothing here assumes a normal law: medians, and
 * intervals from order statistics. Each sample lies below the median with probability 1/2,
 * whatever the law, so how many do is binomial and the interval is exact, if wider than needed
 * because ranks are whole.
 */
#include "compare/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double *sorted_copy(const double *samples, size_t n)
{
    double *copy = malloc((n ? n : 1) * sizeof *copy);
    if (copy) {
        memcpy(copy, samples, n * sizeof *copy);
        qsort(copy, n, sizeof *copy, by_value);
    }
    return copy;
}

static double middle(const double *sorted, size_t n)
{
    if (n == 0)
        return 0;
    return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

double plx_stats_median(const double *samples, size_t n)
{
    double *sorted = sorted_copy(samples, n);
    double median = sorted ? middle(sorted, n) : (double)NAN;
    free(sorted);
    return median;
}

size_t plx_stats_rank(size_t n, double confidence)
{
    /* 2^-n stays a normal double up to n = 1022; beyond, counts are not asked for */
    double exactly = ldexp(1, n < 1022 ? -(int)n : -1022), at_most = 0;
    size_t k = 0;
    while (k < n / 2) {
        at_most += exactly; /* P(at most k samples below the median) */
        if (at_most > (1 - confidence) / 2)
            break;
        exactly *= (double)(n - k) / (double)(k + 1);
        k++;
    }
    return k;
}

double plx_stats_level(size_t n, size_t k)
{
    double exactly = ldexp(1, n < 1022 ? -(int)n : -1022), below = 0;
    for (size_t i = 0; i < k; i++) {
        below += exactly;
        exactly *= (double)(n - i) / (double)(i + 1);
    }
    return k > 0 ? 1 - 2 * below : 0;
}

size_t plx_stats_least(double confidence)
{
    size_t n = 2;
    while (plx_stats_rank(n, confidence) == 0)
        n++;
    return n;
}

double plx_stats_pair_confidence(size_t rows)
{
    double pairs = rows > 2 ? (double)rows * (double)(rows - 1) / 2 : 1;
    return 1 - (1 - PLX_STATS_CONFIDENCE) / pairs;
}

plx_interval plx_stats_interval(const double *samples, size_t n, double confidence)
{
    plx_interval interval = {0};
    double *sorted = sorted_copy(samples, n);
    if (!sorted) {
        interval.median = (double)NAN;
        return interval;
    }
    size_t k = plx_stats_rank(n, confidence);
    interval.median = middle(sorted, n);
    if (k > 0) {
        interval.low = sorted[k - 1];
        interval.high = sorted[n - k];
        interval.known = true;
    }
    free(sorted);
    return interval;
}

plx_interval plx_stats_ratio(const double *a, const double *b, size_t n, double confidence)
{
    plx_interval interval = {.median = (double)NAN};
    double *ratio = malloc((n ? n : 1) * sizeof *ratio);
    if (!ratio)
        return interval;
    for (size_t i = 0; i < n; i++)
        ratio[i] = a[i] / b[i];
    interval = plx_stats_interval(ratio, n, confidence);
    free(ratio);
    return interval;
}

/* splitmix64 (Steele, Lea, Flood 2014): a counter, then a mixer */
uint64_t plx_stats_random(uint64_t seed, uint64_t i)
{
    uint64_t x = seed + (i + 1) * 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

void plx_stats_shuffle(size_t *index, size_t n, uint64_t seed, uint64_t *next)
{
    for (size_t left = n; left > 1; left--) {
        /* a few dozen rows against 2^64: the remainder's bias is below 2^-57 */
        size_t pick = (size_t)(plx_stats_random(seed, (*next)++) % left), keep = index[left - 1];
        index[left - 1] = index[pick];
        index[pick] = keep;
    }
}
