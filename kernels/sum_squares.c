/* SPDX-License-Identifier: MIT */
/*
 * sum_squares: for i in [0, n): value += i * i, exactly.
 *
 * Items come in runs of 4,096: first item plus an offset from a table that prepare() makes. So no
 * compiler can see that a run's items follow one another: clang puts the closed form in the place
 * of a plain loop, whatever the width of its sum; here both gcc 12 and clang 14 multiply and add
 * for each item, in 64-bit lanes. Below 2^32 a lane sums the squares modulo 2^64 and their high
 * halves, which tell how often it wrapped; above, an item is 2^22 a + b, and the sums of a^2, ab
 * and b^2 cannot overflow in a run. Without wide vectors one 128-bit product is the fastest there.
 *
 * Check    the closed form in 128 bits, whole and over ranges
 * Source   any textbook; 128 bits hold the sum up to n = 10,069,012,961,344
 * Better   the closed form (n-1) n (2n-1) / 6: three multiplications in all
 */
#include "plx/kernel.h"

#include <stdlib.h>

#include "kernels/wide.h"

__extension__ typedef unsigned __int128 u128;

typedef struct total { uint64_t lo, hi; } total;

enum { RUN = 4096, SPLIT = 22 };

static const uint64_t most_items = 10000000000000;      /* 1e13: the round number below the limit */
static const uint64_t narrow_end = (uint64_t)1 << 32;   /* i * i fits 64 bits below */
static const uint32_t low_bits = ((uint32_t)1 << SPLIT) - 1;

/* What the sums lose modulo 2^64 is in high; the rest, halves below 2^32 each, fits 64 bits. */
PLX_WIDE_BODY u128 sum_narrow(const uint32_t *offset, uint32_t first, size_t items)
{
    uint64_t sum = 0, high = 0;
    for (size_t j = 0; j < items; j++) {
        const uint32_t i = first + offset[j];
        const uint64_t square = (uint64_t)i * i;
        sum += square;
        high += square >> 32;
    }
    return ((u128)high << 32) + (sum - (high << 32));
}

/* Items are below 2^44, so a and b are below 2^22 and 4,096 products of two stay below 2^56. */
PLX_WIDE_BODY u128 sum_split(const uint32_t *offset, uint64_t first, size_t items)
{
    const uint32_t high = (uint32_t)(first >> SPLIT), low = (uint32_t)first & low_bits;
    uint64_t aa = 0, ab = 0, bb = 0;
    for (size_t j = 0; j < items; j++) {
        const uint32_t i = low + offset[j];
        const uint32_t a = high + (i >> SPLIT), b = i & low_bits;
        aa += (uint64_t)a * a;
        ab += (uint64_t)a * b;
        bb += (uint64_t)b * b;
    }
    return ((u128)aa << 2 * SPLIT) + ((u128)ab << (SPLIT + 1)) + bb;
}

PLX_WIDE_BODY u128 sum_whole(const uint32_t *offset, uint64_t first, size_t items)
{
    u128 sum = 0;
    for (size_t j = 0; j < items; j++) {
        const uint64_t i = first + offset[j];
        sum += (u128)i * i;
    }
    return sum;
}

static void add(total *to, u128 sum)
{
    sum += (u128)to->hi << 64 | to->lo;
    to->lo = (uint64_t)sum;
    to->hi = (uint64_t)(sum >> 64);
}

/* A run ends at 2^32 at the latest, so that its items are all narrow or all wide. */
PLX_WIDE_BODY void fold_runs(const plx_block *block, void *acc, int level)
{
    const uint32_t *offset = block->shared;
    u128 sum = 0;
    for (uint64_t i = block->lo, end; i < block->hi; i = end) {
        const uint64_t most = i < narrow_end && block->hi > narrow_end ? narrow_end : block->hi;
        end = most - i < RUN ? most : i + RUN;
        if (i < narrow_end)
            sum += sum_narrow(offset, (uint32_t)i, end - i);
        else if (level == PLX_WIDE_BASE)
            sum += sum_whole(offset, i, end - i);
        else
            sum += sum_split(offset, i, end - i);
    }
    add(acc, sum);
}

PLX_WIDE_FOLD(sum_squares, fold_runs)

static void combine(void *left, const void *right, const void *ctx)
{
    (void)ctx;
    const total *from = right;
    add(left, (u128)from->hi << 64 | from->lo);
}

static int prepare(size_t n, const void *ctx, void **shared, const char **why)
{
    (void)ctx;
    *why = "n must be at most 1e13, else the sum may not fit 128 bits";
    if (n > most_items)
        return 1;
    uint32_t *offset = malloc(RUN * sizeof *offset);
    *why = "out of memory";
    for (uint32_t j = 0; offset && j < RUN; j++)
        offset[j] = j;
    *shared = offset;
    return offset ? 0 : 1;
}

static void release(void *shared)
{
    free(shared);
}

static double work(size_t lo, size_t hi, const void *ctx, double *bytes)
{
    (void)ctx;
    if (bytes)
        *bytes = 0;
    return 0.25 * (double)(hi - lo);
}

static const plx_field results[] = {
    { .name = "value", .about = "the sum", .type = PLX_U128, .offset = 0, .size = sizeof(total) },
    { .name = NULL }
};

const plx_kernel plx_sum_squares_kernel = {
    .size = sizeof(plx_kernel),
    .name = "sum_squares",
    .about = "sum of i*i for i < n, exact in 128 bits",
    .better = "the closed form (n-1) n (2n-1) / 6",
    .acc_size = sizeof(total),
    .results = results,
    .flags = PLX_EXACT,
    .item_ns = 0.25,
    .prepare = prepare,
    .release = release,
    .work = work,
    .fold = fold,
    .combine = combine,
};
