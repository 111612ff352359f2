/* SPDX-License-Identifier: MIT */
/* compare/stats.h: medians and intervals that assume no law of the samples. */
#ifndef COMPARE_STATS_H
#define COMPARE_STATS_H

#include "compare/compare.h"

/** Of a row's own interval, and of all pairs' intervals together. */
#define PLX_STATS_CONFIDENCE 0.95

/** The median; for even n the mean of the middle two; 0 for none; NAN without memory. */
double plx_stats_median(const double *samples, size_t n);

/**
 * The rank k (from 1) such that [k-th smallest, k-th largest] of n samples covers the median with
 * at least this confidence, and k + 1 would not; 0 if there is none.
 *
 * Source   order statistics: the number of samples below the median is binomial(n, 1/2)
 */
size_t plx_stats_rank(size_t n, double confidence);

/** How often [k-th smallest, k-th largest] of n samples really covers the median; 0 for k = 0. */
double plx_stats_level(size_t n, size_t k);

/** The fewest samples that have an interval: 6 for 95 %. */
size_t plx_stats_least(double confidence);

/**
 * The confidence that each pair of so many rows needs, so that all pairs' intervals hold together
 * with 95 %: 1 - 0.05 / pairs.
 *
 * Source   Bonferroni's inequality
 */
double plx_stats_pair_confidence(size_t rows);

/** Median and interval of n samples. */
plx_interval plx_stats_interval(const double *samples, size_t n, double confidence);

/** Interval of the median of a[i] / b[i]: the ratios that a sign test would not reject. */
plx_interval plx_stats_ratio(const double *a, const double *b, size_t n, double confidence);

/** The i-th number of a seed's stream: a hash of both, so that there is no state to carry. */
uint64_t plx_stats_random(uint64_t seed, uint64_t i);

/** Put n indices in random order; the stream is read from *next on. */
void plx_stats_shuffle(size_t *index, size_t n, uint64_t seed, uint64_t *next);

#endif
