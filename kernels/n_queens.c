/* SPDX-License-Identifier: MIT */
/*
 * n_queens: in how many ways can n queens stand on an n by n board, none attacking another? An
 * irregular tree search: an item is a choice of columns for the first three rows (or all rows, if
 * there are fewer), read from its number in base n, first row first; its count is that of the
 * boards that complete it, 0 if two of its queens attack each other.
 *
 * Check    OEIS A000170, and all permutations of small boards tried one by one
 * Source   Richards, Backtracking algorithms in MCPL using bit patterns and recursion, 1997
 * Better   symmetry: mirrored boards need no search of their own (a half), nor do turned ones
 */
#include "plx/kernel.h"

enum { ROWS = 3, MOST_QUEENS = 20 };

typedef struct params {
    uint64_t queens;
} params;

/* What the rows so far forbid to the next one, one bit a column. */
typedef struct board {
    uint32_t columns, left, right;
} board;

static inline board put(board b, uint32_t queen)
{
    return (board){ b.columns | queen, (b.left | queen) << 1, (b.right | queen) >> 1 };
}

static inline uint32_t free_of(board b, uint32_t all)
{
    return all & ~(b.columns | b.left | b.right);
}

/* How many ways there are to fill the rows that are left; 1 if none is. */
static uint64_t complete(board b, uint32_t all)
{
    uint64_t found = 0;
    if (b.columns == all)
        return 1;
    for (uint32_t free = free_of(b, all); free != 0; free &= free - 1)
        found += complete(put(b, free & (0 - free)), all);
    return found;
}

static bool is_valid(const params *set)
{
    return set->queens >= 1 && set->queens <= MOST_QUEENS;
}

static uint32_t all_columns(const params *set)
{
    return ((uint32_t)1 << set->queens) - 1;
}

/* queens to the power of the rows that an item tells; 1 for what prepare() will refuse. */
static size_t items(const void *ctx)
{
    const params *set = ctx;
    size_t count = 1;
    for (uint64_t row = 0; is_valid(set) && row < ROWS && row < set->queens; row++)
        count *= (size_t)set->queens;
    return count;
}

/* False if two of the item's queens attack each other. */
static bool place(size_t item, const params *set, board *b)
{
    const size_t queens = (size_t)set->queens;
    size_t unit = items(set);
    *b = (board){ 0, 0, 0 };
    for (size_t row = 0; row < ROWS && row < queens; row++) {
        unit /= queens;
        const uint32_t queen = (uint32_t)1 << (item / unit % queens);
        if ((free_of(*b, all_columns(set)) & queen) == 0)
            return false;
        *b = put(*b, queen);
    }
    return true;
}

static void fold(const plx_block *block, void *acc)
{
    const params *set = block->ctx;
    uint64_t found = 0;
    board b;
    for (size_t item = block->lo; item < block->hi && !plx_stopped(block); item++)
        if (place(item, set, &b))
            found += complete(b, all_columns(set));
    *(uint64_t *)acc += found;
}

static void combine(void *left, const void *right, const void *ctx)
{
    (void)ctx;
    *(uint64_t *)left += *(const uint64_t *)right;
}

static int prepare(size_t n, const void *ctx, void **shared, const char **why)
{
    *shared = NULL;
    *why = "parameter queens must be from 1 to 20";
    if (!is_valid(ctx))
        return 1;
    *why = "n is above the number of ways to put queens into the first three rows";
    return n > items(ctx);
}

/* Boards of an item with two rows more: the search below is about as large, times growth(). */
static double leaves_of(size_t item, const params *set)
{
    const uint32_t all = all_columns(set);
    double leaves = 1;
    board b;
    if (!place(item, set, &b))
        return leaves;
    for (uint32_t free = free_of(b, all); free != 0; free &= free - 1)
        for (uint32_t next = free_of(put(b, free & (0 - free)), all); next != 0; next &= next - 1)
            leaves++;
    return leaves;
}

/* Each queen more makes the search below a board of five rows about 3.5 times as large. */
static double growth(const params *set)
{
    double times = 1;
    for (uint64_t queens = 9; is_valid(set) && queens < set->queens; queens++)
        times *= 3.5;
    return times;
}

static double work(size_t lo, size_t hi, const void *ctx, double *bytes)
{
    const params *set = ctx;
    const size_t end = items(ctx);
    double leaves = 0;
    if (bytes)
        *bytes = 0;
    for (size_t item = lo; is_valid(set) && item < hi && item < end; item++)
        leaves += leaves_of(item, set);
    return 20 * growth(set) * leaves + (double)(hi - lo);
}

/* Blocks of some 20 us; an item of nine queens takes about 50 ns. */
static size_t grain(size_t n, const void *ctx)
{
    return n / 65536 + 1 + (size_t)(400 / growth(ctx));
}

static const plx_field fields[] = {
    { .name = "queens", .about = "queens, rows and columns, 1 to 20", .initial = "12",
      .type = PLX_U64, .offset = offsetof(params, queens), .size = 8 },
    { .name = NULL }
};

static const plx_field results[] = {
    { .name = "value", .about = "boards on which no queen attacks another",
      .type = PLX_U64, .offset = 0, .size = 8 },
    { .name = NULL }
};

const plx_kernel plx_n_queens_kernel = {
    .size = sizeof(plx_kernel),
    .name = "n_queens",
    .about = "counts the ways to place n queens: an irregular tree search",
    .better = "symmetry: mirrored and turned boards need no search of their own",
    .acc_size = sizeof(uint64_t),
    .ctx_size = sizeof(params),
    .params = fields,
    .results = results,
    .flags = PLX_EXACT,
    .item_ns = 3000,
    .grain = grain,
    .prepare = prepare,
    .work = work,
    .fold = fold,
    .combine = combine,
    .items = items,
};
