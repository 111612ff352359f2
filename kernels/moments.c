/* SPDX-License-Identifier: MIT */
/*
 * moments: for every float64 x: count, sum, mean, sum of (x - mean)^2, min, max; at the end the
 * sample variance (divided by count - 1; 0 below two items).
 *
 * A block is cut into leaves of 1,024 items, small enough to be read twice from the nearest cache:
 * once for the sum, once for the squared distances from the leaf's own mean. Within a leaf item j
 * goes to lane j mod 8, always, so that vectors of any width and any alignment give the same bytes.
 *
 * A NaN item makes sum, mean and variance NaN, an infinite one the variance; min and max pass over
 * NaN. No items: min is +infinity, max is -infinity, all else 0.
 *
 * Check    long double in two passes, and series whose moments are known
 * Source   Chan, Golub, LeVeque, Updating formulae and a pairwise algorithm for computing sample
 *          variances, 1979 (the join); the same, Algorithms for computing the sample variance, 1983
 * Better   none: one pass over memory is the bound
 */
#include "plx/kernel.h"

#include <math.h>

enum { LANES = 8, LEAF = 1024 };

typedef struct moments {
    uint64_t count;
    double mean, sum;
    double variance;                /* until finish(): sum of squared distances from the mean */
    double min, max;
} moments;

static const moments nothing = { .min = INFINITY, .max = -INFINITY };

static double lower(double a, double b)
{
    return a < b ? a : b;           /* a NaN in a is passed over, so candidates stand first */
}

static double higher(double a, double b)
{
    return a > b ? a : b;
}

/* The one order in which lanes are ever joined. */
static double sum_lanes(const double lane[LANES])
{
    return ((lane[0] + lane[4]) + (lane[2] + lane[6]))
         + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static inline void scan_row(const double *x, int used, double *sum, double *min, double *max)
{
    for (int l = 0; l < used; l++) {
        sum[l] += x[l];
        min[l] = lower(x[l], min[l]);
        max[l] = higher(x[l], max[l]);
    }
}

static void scan_leaf(const double *x, size_t items, moments *leaf)
{
    double sum[LANES] = { 0 }, min[LANES], max[LANES];
    for (int l = 0; l < LANES; l++) {
        min[l] = INFINITY;
        max[l] = -INFINITY;
    }
    size_t i = 0;
    for (; i + LANES <= items; i += LANES)
        scan_row(x + i, LANES, sum, min, max);
    scan_row(x + i, (int)(items - i), sum, min, max);
    for (int l = 0; l < LANES; l++) {
        leaf->min = lower(min[l], leaf->min);
        leaf->max = higher(max[l], leaf->max);
    }
    leaf->sum = sum_lanes(sum);
}

static inline void measure_row(const double *x, int used, double mean, double *sum)
{
    for (int l = 0; l < used; l++)
        sum[l] += (x[l] - mean) * (x[l] - mean);
}

static double squared_distances(const double *x, size_t items, double mean)
{
    double sum[LANES] = { 0 };
    size_t i = 0;
    for (; i + LANES <= items; i += LANES)
        measure_row(x + i, LANES, mean, sum);
    measure_row(x + i, (int)(items - i), mean, sum);
    return sum_lanes(sum);
}

static moments measure_leaf(const double *x, size_t items)
{
    moments leaf = nothing;
    leaf.count = items;
    scan_leaf(x, items, &leaf);
    leaf.mean = leaf.sum / (double)items;
    leaf.variance = squared_distances(x, items, leaf.mean);
    return leaf;
}

/* An empty side leaves the other's bytes as they are. */
static void join(moments *left, const moments *right)
{
    if (right->count == 0)
        return;
    if (left->count == 0) {
        *left = *right;
        return;
    }
    const double a = (double)left->count, b = (double)right->count;
    const double apart = right->mean - left->mean;
    left->count += right->count;
    left->sum += right->sum;
    left->mean = left->sum / (double)left->count;
    left->variance += right->variance + apart * apart * (a / (a + b)) * b;
    left->min = lower(right->min, left->min);
    left->max = higher(right->max, left->max);
}

static void fold(const plx_block *block, void *acc)
{
    const double *x = block->in;
    const size_t items = block->hi - block->lo;
    moments all = *(const moments *)acc;
    for (size_t i = 0; i < items; i += LEAF) {
        const moments leaf = measure_leaf(x + i, items - i < LEAF ? items - i : LEAF);
        join(&all, &leaf);
    }
    *(moments *)acc = all;
}

static void identity(void *acc, const void *ctx)
{
    (void)ctx;
    *(moments *)acc = nothing;
}

static void combine(void *left, const void *right, const void *ctx)
{
    (void)ctx;
    join(left, right);
}

static void finish(void *acc, const void *ctx)
{
    (void)ctx;
    moments *all = acc;
    all->variance = all->count < 2 ? 0 : all->variance / (double)(all->count - 1);
}

static double work(size_t lo, size_t hi, const void *ctx, double *bytes)
{
    (void)ctx;
    if (bytes)
        *bytes = 8.0 * (double)(hi - lo);
    return 0.7 * (double)(hi - lo);
}

#define RESULT(field, kind, text)                                                                  \
    { .name = #field, .about = text, .type = kind, .offset = offsetof(moments, field), .size = 8 }

static const plx_field results[] = {
    RESULT(mean, PLX_F64, "sum / count, 0 if there are none"),
    RESULT(count, PLX_U64, "items"),
    RESULT(sum, PLX_F64, "sum of all items"),
    RESULT(variance, PLX_F64, "sample variance, divided by count - 1, 0 below two items"),
    RESULT(min, PLX_F64, "least item, inf if there are none"),
    RESULT(max, PLX_F64, "greatest item, -inf if there are none"),
    { .name = NULL }
};

const plx_kernel plx_moments_kernel = {
    .size = sizeof(plx_kernel),
    .name = "moments",
    .about = "mean, count, sum, variance, min and max of float64",
    .in_size = sizeof(double),
    .acc_size = sizeof(moments),
    .in_type = PLX_F64,
    .results = results,
    .item_ns = 0.7,
    .work = work,
    .fold = fold,
    .identity = identity,
    .combine = combine,
    .finish = finish,
};
