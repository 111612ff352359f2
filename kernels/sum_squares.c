/* SPDX-License-Identifier: MIT */
/*
 * sum_squares: for i in [0, n): value += i * i, exactly.
 *
 * One multiplication and one addition per item. A uint64 sum would wrap from n = 3,810,779 on, so
 * below 2^32 the halves of each square are summed apart (two sums that cannot overflow in a run of
 * 2^32 items, and that vectorise); above, squares are 128 bits wide.
 *
 * Check    the closed form in 128 bits, whole and over ranges
 * Source   any textbook; 128 bits hold the sum up to n = 10,069,012,961,344
 * Better   the closed form (n-1) n (2n-1) / 6: three multiplications in all
 */
#include "plx/kernel.h"

__extension__ typedef unsigned __int128 u128;

typedef struct total { uint64_t lo, hi; } total;

static const uint64_t most_items = 10000000000000;      /* 1e13: the round number below the limit */
static const uint64_t narrow_end = (uint64_t)1 << 32;   /* i * i fits 64 bits below */

/* hi is at most 2^32: as many halves below 2^32 each cannot overflow their sums. */
static u128 sum_narrow(uint64_t lo, uint64_t hi)
{
    uint64_t low = 0, high = 0;
    for (uint64_t i = lo; i < hi; i++) {
        const uint64_t square = (uint64_t)(uint32_t)i * (uint32_t)i;
        low += square & UINT32_MAX;
        high += square >> 32;
    }
    return ((u128)high << 32) + low;
}

/* Words and carries by hand: clang replaces the loop of a plain 128-bit sum by its closed form. */
static u128 sum_wide(uint64_t lo, uint64_t hi)
{
    uint64_t low = 0, high = 0;
    for (uint64_t i = lo; i < hi; i++) {
        const u128 square = (u128)i * i;
        low += (uint64_t)square;
        high += (uint64_t)(square >> 64) + (low < (uint64_t)square);
    }
    return (u128)high << 64 | low;
}

static void add(total *to, u128 sum)
{
    sum += (u128)to->hi << 64 | to->lo;
    to->lo = (uint64_t)sum;
    to->hi = (uint64_t)(sum >> 64);
}

static void fold(const plx_block *block, void *acc)
{
    const uint64_t to = block->hi < narrow_end ? block->hi : narrow_end;
    const uint64_t from = block->lo > narrow_end ? block->lo : narrow_end;
    add(acc, sum_narrow(block->lo, to) + sum_wide(from, block->hi));
}

static void combine(void *left, const void *right, const void *ctx)
{
    (void)ctx;
    const total *from = right;
    add(left, (u128)from->hi << 64 | from->lo);
}

static int prepare(size_t n, const void *ctx, void **shared, const char **why)
{
    (void)ctx;
    *shared = NULL;
    if (n <= most_items)
        return 0;
    *why = "n must be at most 1e13, else the sum may not fit 128 bits";
    return 1;
}

static double work(size_t lo, size_t hi, const void *ctx, double *bytes)
{
    (void)ctx;
    if (bytes)
        *bytes = 0;
    return 0.5 * (double)(hi - lo);
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
    .item_ns = 0.5,
    .prepare = prepare,
    .work = work,
    .fold = fold,
    .combine = combine,
};
