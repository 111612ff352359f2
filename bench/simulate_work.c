/* SPDX-License-Identifier: MIT */
/*
 * bench/simulate_work.c: the stand-ins for kernels; see bench/simulate.h.
 *
 * The items are cut into cells, and a cell's items cost item_ns times a factor of a log-normal law
 * with mean 1, drawn by the cell's number. Cells follow from the work alone, so the cost of an item
 * does not depend on how the job is cut.
 */
#include <math.h>

#include "bench/simulate.h"
#include "plx/philox.h"

#define BASE UINT64_C(1000003)

/* The chain of c items whose numbers begin at 0, by doubling: with powers[c] = BASE^c and the sums
   of BASE^k and k BASE^k over k < c, all modulo 2^64. */
chain simulate_chain_of(uint64_t lo, uint64_t hi)
{
    uint64_t count = 0, power = 1, sum = 0, weighted = 0;
    for (int bit = 63; bit >= 0; bit--) {
        weighted += power * (weighted + count * sum);
        sum += power * sum;
        power *= power;
        count *= 2;
        if ((hi - lo) >> bit & 1) {
            sum += power;
            weighted += count * power;
            power *= BASE;
            count++;
        }
    }
    return (chain){power, (hi - 1) * sum - weighted, hi - lo};
}

void simulate_append(chain *left, const chain *right)
{
    left->b = right->a * left->b + right->b;
    left->a *= right->a;
    left->items += right->items;
}

static double factor_of(const simulate_work *work, uint64_t cell)
{
    uint32_t bits[4];
    plx_philox_draw(work->seed, cell, 0, bits);
    double u = (bits[0] + 0.5) / 4294967296.0, v = (bits[1] + 0.5) / 4294967296.0;
    double normal = sqrt(-2 * log(u)) * cos(2 * acos(-1) * v); /* Box and Muller, 1958 */
    return exp(work->sigma * normal - work->sigma * work->sigma / 2);
}

double simulate_cost_ns(const simulate_work *work, uint64_t lo, uint64_t hi)
{
    if (work->sigma <= 0)
        return (double)(hi - lo) * work->item_ns;
    uint64_t cell = (work->n + work->cells - 1) / work->cells;
    double cost = 0;
    while (lo < hi) {
        uint64_t edge = (lo / cell + 1) * cell, end = edge < hi ? edge : hi;
        cost += (double)(end - lo) * factor_of(work, lo / cell);
        lo = end;
    }
    return cost * work->item_ns;
}

static double work_of(size_t lo, size_t hi, const void *ctx, double *bytes)
{
    if (bytes)
        *bytes = 0;
    return simulate_cost_ns(ctx, lo, hi);
}

/* Of a task: a job tells its own. */
static size_t quarter(size_t n, const void *ctx)
{
    (void)ctx;
    return n / 4 + 1;
}

static void identity(void *acc, const void *ctx)
{
    (void)ctx;
    *(chain *)acc = (chain){1, 0, 0};
}

static void fold(const plx_block *block, void *acc)
{
    chain more = simulate_chain_of(block->lo, block->hi);
    simulate_append(acc, &more);
}

static void combine(void *left, const void *right, const void *ctx)
{
    (void)ctx;
    simulate_append(left, right);
}

uint64_t simulate_index_of(uint64_t item)
{
    return item * item * UINT64_C(0x9E3779B97F4A7C15) + 1;
}

uint64_t simulate_scaled(uint64_t item, uint64_t in)
{
    return in * BASE + item;
}

static void index_items(const plx_block *block)
{
    uint64_t *out = block->out;
    for (size_t i = block->lo; i < block->hi; i++)
        out[i - block->lo] = simulate_index_of(i);
}

static void scale_items(const plx_block *block)
{
    const uint64_t *in = block->in;
    uint64_t *out = block->out;
    for (size_t i = 0; i < block->hi - block->lo; i++)
        out[i] = simulate_scaled(block->lo + i, in[i]);
}

const plx_kernel simulate_chain = {
    .size = sizeof(plx_kernel),
    .name = "simulate_chain",
    .about = "all items in order, as one number",
    .acc_size = sizeof(chain),
    .ctx_size = sizeof(simulate_work),
    .grain = quarter,
    .work = work_of,
    .fold = fold,
    .identity = identity,
    .combine = combine,
};

const plx_kernel simulate_index = {
    .size = sizeof(plx_kernel),
    .name = "simulate_index",
    .about = "8 bytes of each item's number",
    .out_size = sizeof(uint64_t),
    .ctx_size = sizeof(simulate_work),
    .work = work_of,
    .map = index_items,
};

const plx_kernel simulate_scale = {
    .size = sizeof(plx_kernel),
    .name = "simulate_scale",
    .about = "8 bytes of 8 bytes and the item's number",
    .in_size = sizeof(uint64_t),
    .out_size = sizeof(uint64_t),
    .ctx_size = sizeof(simulate_work),
    .work = work_of,
    .map = scale_items,
};
