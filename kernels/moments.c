/* SPDX-License-Identifier: MIT */
/*
 * moments: for every float64 x: count, sum, mean, min, max; at the end the sample variance (divided
 * by count - 1), the skewness g1 = m3 / m2^(3/2) and the excess kurtosis g2 = m4 / m2^2 - 3, where
 * mk is the mean of (x - mean)^k.
 *
 * A block is cut into leaves of 1,024 items. Memory is read once: powers are summed of the distance
 * from a centre, the mean of the leaf's first eighth, and moved to the leaf's own mean afterwards.
 * The mean of an eighth lies within sqrt(7) standard deviations of the mean of all, whatever the
 * items are (Cauchy, Schwarz), so the move costs two digits at the worst, and a large mean none.
 * Within a leaf item j goes to lane j mod 16, always, so that vectors of any width and any
 * alignment give the same bytes.
 *
 * Variance is 0 below two items, skewness and kurtosis below three, all three if all items are
 * equal. A NaN item makes sum, mean and the moments NaN, an infinite one the moments; min and max
 * pass over NaN. No items: min is +infinity, max is -infinity, all else 0.
 *
 * Check    long double in two passes, and series whose moments are known
 * Source   Chan, Golub, LeVeque, Updating formulae and a pairwise algorithm for computing sample
 *          variances, 1979; Pebay, Formulas for robust, one-pass parallel computation of
 *          covariances and arbitrary-order statistical moments, 2008 (the join)
 * Better   none: one pass over memory is the bound
 */
#include "plx/kernel.h"

#include <math.h>
#include <string.h>

#include "kernels/wide.h"

/* AHEAD in bytes: far enough that memory is there in time, near enough to be there still. */
enum { LANES = 16, LEAF = 1024, EIGHTH = LEAF / LANES / 8, AHEAD = 4096 };

typedef struct moments {
    uint64_t count;
    double mean, rest;              /* until finish(): their sum is what distances are from */
    double sum, min, max;
    /* until finish(): sums of distances from the mean, squared, cubed, and to the fourth */
    double variance, skewness, kurtosis;
} moments;

static const size_t most_blocks = 65536;
static const moments nothing = { .min = INFINITY, .max = -INFINITY };

/* What a leaf's lanes find: sum, extremes, and the sums of powers of the distance to the centre. */
typedef struct lanes {
    double sum[LANES], min[LANES], max[LANES], m1[LANES], m2[LANES], m3[LANES], m4[LANES];
} lanes;

typedef struct passes {
    void (*add)(const double *x, size_t rows, double sum[LANES]);
    void (*take)(const double *x, size_t rows, double centre, lanes *);
} passes;

#define ROWS_PATH base
#define ROWS_CODE
#define ROWS_BYTES 16
#include "kernels/moments_rows.h"
#if PLX_WIDE_X86
#define ROWS_PATH avx2
#define ROWS_CODE PLX_WIDE_AVX2_CODE
#define ROWS_BYTES 32
#include "kernels/moments_rows.h"
#define ROWS_PATH avx512
#define ROWS_CODE PLX_WIDE_AVX512_CODE
#define ROWS_BYTES 64
#include "kernels/moments_rows.h"
#endif

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
    double eight[8], four[4];
    for (int l = 0; l < 8; l++)
        eight[l] = lane[l] + lane[l + 8];
    for (int l = 0; l < 4; l++)
        four[l] = eight[l] + eight[l + 4];
    return (four[0] + four[2]) + (four[1] + four[3]);
}

/* The mean of a leaf's first eighth, in whole rows; of less than a row the first item. */
static double find_centre(const passes *how, const double *x, size_t rows)
{
    const size_t some = rows < EIGHTH ? rows : EIGHTH;
    double sum[LANES] = { 0 };
    if (some == 0)
        return x[0];
    how->add(x, some, sum);
    return sum_lanes(sum) / (double)(some * LANES);
}

/* The items behind the last whole row. */
static void take_rest(const double *x, size_t items, double centre, lanes *to)
{
    for (size_t l = 0; l < items; l++) {
        const double d = x[l] - centre, dd = d * d;
        to->sum[l] += x[l];
        to->min[l] = lower(x[l], to->min[l]);
        to->max[l] = higher(x[l], to->max[l]);
        to->m1[l] += d;
        to->m2[l] += dd;
        to->m3[l] += dd * d;
        to->m4[l] += dd * dd;
    }
}

/* c is how far the mean is from the centre: it moves the sums of powers to the mean. */
static moments join_lanes(const lanes *d, size_t items, double centre)
{
    const double m1 = sum_lanes(d->m1), m2 = sum_lanes(d->m2), m3 = sum_lanes(d->m3);
    const double m4 = sum_lanes(d->m4), c = m1 / (double)items;
    const double squares = m2 - c * m1;
    moments leaf = nothing;
    leaf.count = items;
    leaf.sum = sum_lanes(d->sum);
    leaf.mean = centre + c;
    leaf.rest = (centre - leaf.mean) + c;
    leaf.variance = squares < 0 ? 0 : squares;
    leaf.skewness = m3 - c * (3 * m2 - 2 * c * m1);
    leaf.kurtosis = m4 - c * (4 * m3 - c * (6 * m2 - 3 * c * m1));
    for (int l = 0; l < LANES; l++) {
        leaf.min = lower(d->min[l], leaf.min);
        leaf.max = higher(d->max[l], leaf.max);
    }
    return leaf;
}

static moments take_leaf(const passes *how, const double *x, size_t items)
{
    const size_t rows = items / LANES;
    const double centre = find_centre(how, x, rows);
    lanes all = { .sum = { 0 } };
    for (int l = 0; l < LANES; l++) {
        all.min[l] = INFINITY;
        all.max[l] = -INFINITY;
    }
    how->take(x, rows, centre, &all);
    take_rest(x + rows * LANES, items % LANES, centre, &all);
    return join_lanes(&all, items, centre);
}

/* p and q are the sides' shares. The higher sums go first: they need the lower as they were. */
static void join_powers(moments *left, const moments *right, double shift)
{
    const double a = (double)left->count, b = (double)right->count, p = a / (a + b);
    const double q = b / (a + b), square = shift * shift * p * b;
    left->kurtosis += right->kurtosis + square * shift * shift * (p * p - p * q + q * q)
                    + 6 * shift * shift * (p * p * right->variance + q * q * left->variance)
                    + 4 * shift * (p * right->skewness - q * left->skewness);
    left->skewness += right->skewness + square * shift * (p - q)
                    + 3 * shift * (p * right->variance - q * left->variance);
    left->variance += right->variance + square;
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
    const double shift = (right->mean - left->mean) + (right->rest - left->rest);
    join_powers(left, right, shift);
    left->count += right->count;
    const double step = left->rest + shift * ((double)right->count / (double)left->count);
    const double mean = left->mean + step;
    left->rest = (left->mean - mean) + step;
    left->mean = mean;
    left->sum += right->sum;
    left->min = lower(right->min, left->min);
    left->max = higher(right->max, left->max);
}

static void fold_leaves(const plx_block *block, void *acc, const passes *how)
{
    const double *x = block->in;
    const size_t items = block->hi - block->lo;
    moments all = *(const moments *)acc;
    for (size_t i = 0; i < items; i += LEAF) {
        const moments leaf = take_leaf(how, x + i, items - i < LEAF ? items - i : LEAF);
        join(&all, &leaf);
    }
    *(moments *)acc = all;
}

#if PLX_WIDE_X86
#define PASSES(level) (level == PLX_WIDE_BASE ? &passes_base : \
                       level == PLX_WIDE_AVX2 ? &passes_avx2 : &passes_avx512)
#else
#define PASSES(level) (&passes_base)
#endif
#define FOLD(block, acc, level) fold_leaves(block, acc, PASSES(level))

PLX_WIDE_FOLD(moments, FOLD)

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

/* Of equal items the mean is rounded all the same: what is left of their distances is no moment. */
static void finish(void *acc, const void *ctx)
{
    (void)ctx;
    moments *all = acc;
    const double n = (double)all->count, squares = all->variance;
    const bool equal = all->min == all->max && isfinite(all->sum);
    const bool shape = all->count > 2 && !equal && !(squares <= 0);
    const double mean = all->mean + all->rest;
    all->mean = equal ? all->min : isfinite(mean) ? mean : all->sum / n;
    all->rest = 0;
    all->variance = all->count < 2 || equal ? 0 : squares / (n - 1);
    all->skewness = shape ? all->skewness / squares * sqrt(n / squares) : 0;
    all->kurtosis = shape ? all->kurtosis / squares * (n / squares) - 3 : 0;
}

/* Whole leaves: 64 of them take some 25 us. */
static size_t grain(size_t n, const void *ctx)
{
    (void)ctx;
    const size_t leaves = n / most_blocks / LEAF + 1;
    return (leaves < 64 ? 64 : leaves) * LEAF;
}

static double work(size_t lo, size_t hi, const void *ctx, double *bytes)
{
    (void)ctx;
    if (bytes)
        *bytes = 8.0 * (double)(hi - lo);
    return 0.5 * (double)(hi - lo);
}

#define RESULT(field, kind, text)                                                                  \
    { .name = #field, .about = text, .type = kind, .offset = offsetof(moments, field), .size = 8 }

static const plx_field results[] = {
    RESULT(mean, PLX_F64, "mean, 0 if there are none"),
    RESULT(count, PLX_U64, "items"),
    RESULT(sum, PLX_F64, "sum of all items"),
    RESULT(variance, PLX_F64, "sample variance, divided by count - 1, 0 below two items"),
    RESULT(min, PLX_F64, "least item, inf if there are none"),
    RESULT(max, PLX_F64, "greatest item, -inf if there are none"),
    RESULT(skewness, PLX_F64, "sample skewness g1, 0 below three items or if all are equal"),
    RESULT(kurtosis, PLX_F64, "sample excess kurtosis g2, 0 below three items or if all are equal"),
    { .name = NULL }
};

const plx_kernel plx_moments_kernel = {
    .size = sizeof(plx_kernel),
    .name = "moments",
    .about = "mean, count, sum, variance, min, max, skewness and kurtosis of float64",
    .in_size = sizeof(double),
    .acc_size = sizeof(moments),
    .in_type = PLX_F64,
    .results = results,
    .item_ns = 0.5,
    .grain = grain,
    .work = work,
    .fold = fold,
    .identity = identity,
    .combine = combine,
    .finish = finish,
};
