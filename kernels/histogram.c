/* SPDX-License-Identifier: MIT */
/*
 * histogram: counts float64 values of [0, 1) in 65,536 bins of equal width. A reduce whose
 * accumulator (512 KiB) is what it costs: to clear, to join and, across ranks, to send.
 *
 * Value x goes to bin floor(65536 x), without rounding, since 65536 is a power of two. What lies
 * outside is counted apart and in no bin: below 0 (-0 is not), from 1 on, and NaN.
 *
 * Check    a map from bin to count, filled by comparing with the bins' edges
 * Source   none needed
 * Better   none: one pass over memory; fewer bins if they need not be so many
 */
#include "plx/kernel.h"

enum { BINS = 65536 };

typedef struct counts {
    uint64_t bin[BINS];
    uint64_t below, above, nan;
    /* all zero until finish() */
    uint64_t inside, fullest, most, empty;
    double median, chi2;
} counts;

static void count_outside(counts *all, double x)
{
    if (x < 0)
        all->below++;
    else if (x >= 1)
        all->above++;
    else
        all->nan++;
}

static void fold(const plx_block *block, void *acc)
{
    const double *x = block->in;
    counts *all = acc;
    const size_t items = block->hi - block->lo;
    for (size_t i = 0; i < items; i++) {
        if (x[i] >= 0 && x[i] < 1)
            all->bin[(uint32_t)(x[i] * BINS)]++;
        else
            count_outside(all, x[i]);
    }
}

static void combine(void *left, const void *right, const void *ctx)
{
    (void)ctx;
    const counts *from = right;
    counts *to = left;
    for (size_t i = 0; i < BINS; i++)
        to->bin[i] += from->bin[i];
    to->below += from->below;
    to->above += from->above;
    to->nan += from->nan;
}

static void sum_up(counts *all)
{
    for (size_t i = 0; i < BINS; i++) {
        all->inside += all->bin[i];
        all->empty += all->bin[i] == 0;
        if (all->bin[i] > all->most) {
            all->most = all->bin[i];
            all->fullest = i;
        }
    }
}

/* The left edge of the bin of item ceil(inside / 2), counted from 1. */
static double find_median(const counts *all)
{
    uint64_t passed = 0;
    size_t i = 0;
    while (i < BINS && passed + all->bin[i] < all->inside - all->inside / 2)
        passed += all->bin[i++];
    return (double)i / BINS;
}

/* Against equal shares: the mean of many is 65,535, their standard deviation 362. */
static double distance_from_even(const counts *all)
{
    const double expected = (double)all->inside / BINS;
    double sum = 0;
    for (size_t i = 0; i < BINS; i++) {
        const double apart = (double)all->bin[i] - expected;
        sum += apart * apart;
    }
    return sum / expected;
}

static void finish(void *acc, const void *ctx)
{
    (void)ctx;
    counts *all = acc;
    sum_up(all);
    if (all->inside == 0)
        return;
    all->median = find_median(all);
    all->chi2 = distance_from_even(all);
}

static double work(size_t lo, size_t hi, const void *ctx, double *bytes)
{
    (void)ctx;
    if (bytes)
        *bytes = 8.0 * (double)(hi - lo);
    return 1.5 * (double)(hi - lo);
}

#define RESULT(field, kind, text)                                                                  \
    { .name = #field, .about = text, .type = kind, .offset = offsetof(counts, field), .size = 8 }

static const plx_field results[] = {
    RESULT(inside, PLX_U64, "values of [0, 1), which are in the bins"),
    RESULT(below, PLX_U64, "values below 0"),
    RESULT(above, PLX_U64, "values from 1 on"),
    RESULT(nan, PLX_U64, "values that are not a number"),
    RESULT(median, PLX_F64, "left edge of the bin with the middle value, 0 if there are none"),
    RESULT(fullest, PLX_U64, "number of the fullest bin, the lowest of several"),
    RESULT(most, PLX_U64, "values in it"),
    RESULT(empty, PLX_U64, "bins without a value"),
    RESULT(chi2, PLX_F64, "chi-squared against equal shares, 65535 degrees of freedom"),
    { .name = NULL }
};

const plx_kernel plx_histogram_kernel = {
    .size = sizeof(plx_kernel),
    .name = "histogram",
    .about = "65,536 bins of float64 in [0, 1): a reduce with a large accumulator",
    .in_size = sizeof(double),
    .acc_size = sizeof(counts),
    .in_type = PLX_F64,
    .results = results,
    .flags = PLX_EXACT,
    .item_ns = 1.5,
    .work = work,
    .fold = fold,
    .combine = combine,
    .finish = finish,
};
