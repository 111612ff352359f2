/* SPDX-License-Identifier: MIT */
/*
 * core/cut.c: all arithmetic on items, blocks and hand-outs.
 *
 * Blocks depend on the job alone. A hand-out is a closed form of a step number, so that a team
 * shares one counter and nothing else: OpenMP's generator counts steps, pthreads fetch-and-add
 * them.
 */
#include "core/run.h"

enum { MOST_BLOCKS = 65536, UNKNOWN_COST_BLOCKS = 16384, BLOCK_NS = 20000, LARGE_ACC = 1024 };

static size_t ceil_div(size_t a, size_t b)
{
    return a / b + (a % b != 0);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Largest power of two that is at most x; 1 for x = 0. */
static size_t floor2(size_t x)
{
    size_t p = 1;
    while (p <= x / 2)
        p *= 2;
    return p;
}

/* 65,536 blocks are 16 for each of 4,096 workers; 20 us a block make the dearest hand-out cost
   under 2 %; a large accumulator costs as much to clear and join as folding a good part of it. */
size_t plx_cut_grain(const plx_kernel *kernel, size_t n, const void *ctx)
{
    if (kernel->grain)
        return larger(kernel->grain(n, ctx), 1);
    size_t grain = larger(ceil_div(n, kernel->item_ns > 0 ? MOST_BLOCKS : UNKNOWN_COST_BLOCKS), 1);
    if (kernel->item_ns > 0 && kernel->item_ns < BLOCK_NS) {
        double items = BLOCK_NS / kernel->item_ns;
        grain = larger(grain, items < 1e15 ? (size_t)items + ((double)(size_t)items < items)
                                           : (size_t)1e15);
    }
    return kernel->fold && kernel->acc_size >= LARGE_ACC ? larger(grain, kernel->acc_size / 2)
                                                         : grain;
}

size_t plx_cut_blocks(size_t n, size_t grain)
{
    return ceil_div(n, grain);
}

size_t plx_cut_item(const plx_run *run, size_t k)
{
    return k >= run->blocks ? run->n : k * run->grain;
}

/* floor(blocks * r / ranks) without the product, which may not fit. */
static size_t edge(size_t blocks, size_t ranks, size_t r)
{
    return blocks / ranks * r + blocks % ranks * r / ranks;
}

void plx_cut_share(size_t blocks, int ranks, int rank, size_t *first, size_t *end)
{
    *first = edge(blocks, (size_t)ranks, (size_t)rank);
    *end = edge(blocks, (size_t)ranks, (size_t)rank + 1);
}

/* Batches of one chunk for each worker; a chunk is a power of two of the blocks left over twice
   the workers, so it starts at a multiple of itself: a hand-out is one subtree of the join.
   (Factoring: Hummel, Schonberg and Flynn, CACM 35(8), 1992, in powers of two.) */
static bool hand_guided(size_t blocks, size_t workers, size_t step, size_t *lo, size_t *hi)
{
    size_t at = 0;
    while (at < blocks) {
        size_t chunk = floor2((blocks - at) / (2 * workers));
        size_t chunks = chunk == 1 ? blocks - at : workers;
        if (step < chunks) {
            *lo = at + step * chunk;
            *hi = *lo + chunk;
            return true;
        }
        step -= chunks;
        at += chunks * chunk;
    }
    return false;
}

bool plx_cut_hand(plx_schedule schedule, size_t blocks, int workers, size_t step, size_t *lo,
                  size_t *hi)
{
    size_t w = (size_t)workers;
    if (schedule == PLX_GUIDED)
        return hand_guided(blocks, w, step, lo, hi);
    size_t steps = schedule == PLX_STATIC ? w : blocks;
    if (step >= steps)
        return false;
    *lo = edge(blocks, steps, step);
    *hi = edge(blocks, steps, step + 1);
    return true;
}
