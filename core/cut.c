/* SPDX-License-Identifier: MIT */
/*
 * core/cut.c: all arithmetic on items, blocks and hand-outs.
 *
 * Blocks depend on the job alone. A hand-out is a closed form of a step number, so that a team
 * shares one counter and nothing else: OpenMP's generator counts steps, pthreads fetch-and-add
 * them.
 */
#include "core/run.h"

enum {
    MOST_BLOCKS = 65536,
    UNKNOWN_COST_BLOCKS = 16384,
    BLOCK_NS = 20000,
    LARGE_ACC = 1024,
    BLOCKS_A_THREAD = 4,
    RANKS_PART = 4,
    HANDS_A_RANK = 128,
    PARTIALS_BYTES = 33554432,
    FEW_PARTIALS = 8
};

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

size_t plx_cut_chosen(const plx_job *job, const plx_kernel *kernel, size_t n, const void *ctx)
{
    size_t each = plx_policy_grain(job->policy, n);
    return job->grain ? job->grain : each ? each : plx_cut_grain(kernel, n, ctx);
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
   (ranks: four times) the workers, so it starts at a multiple of itself: a hand-out is one subtree
   of the join.
   (Factoring: Hummel, Schonberg and Flynn, CACM 35(8), 1992, in powers of two.)
   Returns how many steps there are; it stops at step and then returns more than that. */
static size_t hand_guided(const plx_deals *deals, size_t step, size_t *lo, size_t *hi)
{
    size_t blocks = deals->blocks, steps = 0;
    for (size_t at = 0, chunk, chunks; at < blocks; at += chunks * chunk, steps += chunks) {
        chunk = larger(floor2((blocks - at) / (deals->part * deals->ranks)), deals->least);
        chunks = chunk == deals->least ? ceil_div(blocks - at, chunk) : deals->ranks;
        if (step - steps < chunks) {
            *lo = at + (step - steps) * chunk;
            *hi = blocks - *lo < chunk ? blocks : *lo + chunk;
            return steps + chunks;
        }
    }
    return steps;
}

bool plx_cut_hand(plx_schedule schedule, size_t blocks, int workers, size_t step, size_t *lo,
                  size_t *hi)
{
    size_t w = (size_t)workers;
    plx_deals deals = {.blocks = blocks, .ranks = w, .part = 2, .least = 1};
    if (schedule == PLX_GUIDED)
        return hand_guided(&deals, step, lo, hi) > step;
    size_t steps = schedule == PLX_STATIC ? w : blocks;
    if (step >= steps)
        return false;
    *lo = edge(blocks, steps, step);
    *hi = edge(blocks, steps, step + 1);
    return true;
}

/* A hand-out leaves one partial until the exchange, where it lies in a message too. So large ones
   may be few: 32 MiB for each rank, or eight. */
static size_t most_partials(size_t acc_size, int ranks)
{
    if (acc_size < LARGE_ACC)
        return SIZE_MAX;
    return (size_t)ranks * larger(PARTIALS_BYTES / acc_size, FEW_PARTIALS);
}

/* A rank is told one hand-out ahead, so what it holds is to be less than for threads. And rank 0
   answers between its blocks: whoever asks for each cheap one would wait for a dear one of rank 0,
   so a dynamic hand-out is some blocks where there are plenty. */
plx_deals plx_cut_deals(plx_schedule schedule, size_t blocks, int ranks, int threads,
                        size_t acc_size)
{
    plx_deals deals = {.schedule = schedule,
                       .blocks = blocks,
                       .ranks = (size_t)ranks,
                       .part = RANKS_PART,
                       .least = 1};
    size_t most = most_partials(acc_size, ranks), lo, hi;
    if (threads > 1)
        deals.least = floor2(BLOCKS_A_THREAD * (size_t)threads);
    if (schedule == PLX_DYNAMIC)
        deals.least = larger(deals.least, floor2(blocks / (HANDS_A_RANK * deals.ranks)));
    while (ceil_div(blocks, deals.least) > most)
        deals.least *= 2;
    deals.steps = ceil_div(blocks, deals.least);
    if (schedule == PLX_GUIDED)
        deals.steps = hand_guided(&deals, SIZE_MAX, &lo, &hi);
    return deals;
}

void plx_cut_deal(const plx_deals *deals, size_t step, size_t *lo, size_t *hi)
{
    *lo = *hi = deals->blocks;
    if (step >= deals->steps)
        return;
    if (deals->schedule == PLX_GUIDED) {
        hand_guided(deals, step, lo, hi);
        return;
    }
    *lo = step * deals->least;
    *hi = deals->blocks - *lo < deals->least ? deals->blocks : *lo + deals->least;
}
