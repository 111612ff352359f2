/* SPDX-License-Identifier: MIT */
/*
 * monte_carlo_pi: pi by throwing points at a square: four times the share of points that fall into
 * the quarter circle. An item is a point; points 2c and 2c + 1 are the halves of block c of Philox
 * under the key `seed`, so who draws them, and in what order, changes nothing.
 *
 * A point is the centre of a cell of a grid of 2^32 by 2^32 cells, so the corners add no bias, and
 * whether it is within the circle is told without rounding.
 *
 * Check    the same points with 128-bit products; the binomial law's bounds around pi
 * Source   the generator: see plx/philox.h
 * Better   any series; the error here falls with the square root of the number of points
 */
#include "plx/kernel.h"
#include "plx/philox.h"

#include "kernels/monte_carlo_pi.h"

typedef struct counts {
    double value;                   /* until finish(): 0 */
    uint64_t hits, points;
} counts;

/* Points outside among both of each block [from, from + blocks). */
PLX_WIDE_BODY uint64_t throw_pairs(uint64_t seed, uint64_t from, size_t blocks)
{
    uint64_t outside = 0;
    for (size_t i = 0; i < blocks; i++) {
        uint32_t word[4];
        plx_philox_draw(seed, from + i, 0, word);
        outside += plx_monte_carlo_pi_misses(word[0], word[1]);
        outside += plx_monte_carlo_pi_misses(word[2], word[3]);
    }
    return outside;
}

static uint64_t throw_base(uint64_t seed, uint64_t from, size_t blocks)
{
    return throw_pairs(seed, from, blocks);
}

#if PLX_WIDE_X86
PLX_WIDE_AVX2_CODE static uint64_t throw_avx2(uint64_t seed, uint64_t from, size_t blocks)
{
    return throw_pairs(seed, from, blocks);
}

PLX_WIDE_AVX512_CODE static uint64_t throw_avx512(uint64_t seed, uint64_t from, size_t blocks)
{
    return throw_pairs(seed, from, blocks);
}
#endif

plx_monte_carlo_pi_path *const plx_monte_carlo_pi_paths[PLX_WIDE_LEVELS] = {
    [PLX_WIDE_BASE] = throw_base,
#if PLX_WIDE_X86
    [PLX_WIDE_AVX2] = throw_avx2,
    [PLX_WIDE_AVX512] = throw_avx512,
#endif
};

static uint64_t throw_one(uint64_t seed, uint64_t point)
{
    uint32_t word[4];
    plx_philox_draw(seed, point / 2, 0, word);
    const uint32_t *half = word + (point % 2 == 0 ? 0 : 2);
    return plx_monte_carlo_pi_misses(half[0], half[1]);
}

static void fold(const plx_block *block, void *acc)
{
    const uint64_t seed = *(const uint64_t *)block->ctx;
    uint64_t lo = block->lo, hi = block->hi, outside = 0;
    counts *all = acc;
    all->points += hi - lo;
    all->hits += hi - lo;
    if (lo < hi && lo % 2 != 0)
        outside += throw_one(seed, lo++);
    if (lo < hi && hi % 2 != 0)
        outside += throw_one(seed, --hi);
    outside += plx_monte_carlo_pi_paths[plx_wide_level()](seed, lo / 2, (hi - lo) / 2);
    all->hits -= outside;
}

static void combine(void *left, const void *right, const void *ctx)
{
    (void)ctx;
    const counts *from = right;
    counts *to = left;
    to->hits += from->hits;
    to->points += from->points;
}

static void finish(void *acc, const void *ctx)
{
    (void)ctx;
    counts *all = acc;
    all->value = all->points == 0 ? 0 : 4 * ((double)all->hits / (double)all->points);
}

static double work(size_t lo, size_t hi, const void *ctx, double *bytes)
{
    (void)ctx;
    if (bytes)
        *bytes = 0;
    return 2 * (double)(hi - lo);
}

static const plx_field params[] = {
    { .name = "seed", .about = "key of the random numbers", .initial = "1",
      .type = PLX_U64, .offset = 0, .size = sizeof(uint64_t) },
    { .name = NULL }
};

#define RESULT(field, kind, text)                                                                  \
    { .name = #field, .about = text, .type = kind, .offset = offsetof(counts, field), .size = 8 }

static const plx_field results[] = {
    RESULT(value, PLX_F64, "4 hits / points, 0 if there are none"),
    RESULT(hits, PLX_U64, "points within the quarter circle"),
    RESULT(points, PLX_U64, "points thrown"),
    { .name = NULL }
};

const plx_kernel plx_monte_carlo_pi_kernel = {
    .size = sizeof(plx_kernel),
    .name = "monte_carlo_pi",
    .about = "pi by random points, the same ones whoever draws them",
    .better = "any series for pi",
    .acc_size = sizeof(counts),
    .ctx_size = sizeof(uint64_t),
    .params = params,
    .results = results,
    .flags = PLX_EXACT,
    .item_ns = 2,
    .work = work,
    .fold = fold,
    .combine = combine,
    .finish = finish,
};
