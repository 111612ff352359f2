/* SPDX-License-Identifier: MIT */
/*
 * busy: for every item: out = a chain of ops integer operations that starts from the item's number.
 * Pure computing of a set size, no memory, no clock: 3000 operations take about 1 us. Each
 * operation needs the one before, so neither a compiler nor a wide core can shorten it. extra adds
 * a set part of the work and leaves the results as they are: a slowdown that is known.
 *
 * Check    the generator of the paper run step by step in the test; distinct items give distinct
 *          values
 * Source   Marsaglia, Xorshift RNGs, Journal of Statistical Software 8(14), 2003: x, 13, 7, 17
 * Better   none by intent (the chain is linear over GF(2): a jump-ahead matrix would skip it)
 */
#include "plx/kernel.h"

typedef struct params { uint64_t ops, extra; } params;

enum { OPS_PER_ROUND = 6 };                             /* three shifts, three exclusive ors */
static const uint64_t most_ops = 1000000000000;         /* 1e12: five minutes an item */
static const uint64_t most_extra = 1000;                /* per cent */
static const double ops_per_ns = 3;

static uint64_t rounds_of(uint64_t ops)
{
    return ops / OPS_PER_ROUND + (ops % OPS_PER_ROUND != 0);
}

/* To the nearest round. */
static uint64_t extra_rounds_of(const params *set)
{
    return (rounds_of(set->ops) * set->extra + 50) / 100;
}

static uint64_t chain(uint64_t x, uint64_t rounds)
{
    for (uint64_t round = 0; round < rounds; round++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    return x;
}

/* The chain goes on for the extra rounds and their end is dropped: it is never zero, as no step
   from a value that is not zero leads there, but a compiler cannot know that and runs them. */
static uint64_t value_of(size_t i, uint64_t rounds, uint64_t extra)
{
    const uint64_t x = chain(((uint64_t)i + 1) * 0x9e3779b97f4a7c15u, rounds);
    return chain(x, extra) != 0 ? x : 0;
}

/* The question to the hooks also keeps compilers from running several chains side by side. */
static void map(const plx_block *block)
{
    const params *set = block->ctx;
    const uint64_t rounds = rounds_of(set->ops), extra = extra_rounds_of(set);
    uint64_t *out = block->out;
    for (size_t i = block->lo; i < block->hi && !plx_stopped(block); i++)
        out[i - block->lo] = value_of(i, rounds, extra);
}

static int prepare(size_t n, const void *ctx, void **shared, const char **why)
{
    (void)n;
    const params *set = ctx;
    *shared = NULL;
    if (set->ops < 1 || set->ops > most_ops)
        *why = "parameter ops must be from 1 to 1000000000000 (1e12)";
    else if (set->extra > most_extra)
        *why = "parameter extra must be from 0 to 1000 (per cent)";
    else
        return 0;
    return 1;
}

/* Blocks of about 20 us whatever ops is, and no more than 65,536 of them. extra does not count:
   with it and without it the blocks are the same, so that nothing else differs. */
static size_t grain(size_t n, const void *ctx)
{
    const params *set = ctx;
    const size_t by_time = 1 + (size_t)(20000 * ops_per_ns / ((double)set->ops + 1));
    const size_t by_count = n / 65536 + (n % 65536 != 0);
    return by_time > by_count ? by_time : by_count;
}

static double work(size_t lo, size_t hi, const void *ctx, double *bytes)
{
    const params *set = ctx;
    if (bytes)
        *bytes = 8.0 * (double)(hi - lo);
    const double rounds = (double)rounds_of(set->ops) + (double)extra_rounds_of(set);
    return rounds * OPS_PER_ROUND / ops_per_ns * (double)(hi - lo);
}

static const plx_field fields[] = {
    { .name = "ops", .about = "operations for each item, 1 to 1e12, rounded up to a multiple of 6",
      .initial = "3000", .type = PLX_U64, .offset = offsetof(params, ops), .size = 8 },
    { .name = "extra", .about = "operations added in per cent, 0 to 1000; results stay the same",
      .initial = "0", .type = PLX_U64, .offset = offsetof(params, extra), .size = 8 },
    { .name = NULL }
};

static const plx_field results[] = {
    { .name = "value", .about = "the end of the chain", .type = PLX_U64, .offset = 0, .size = 8 },
    { .name = NULL }
};

const plx_kernel plx_busy_kernel = {
    .size = sizeof(plx_kernel),
    .name = "busy",
    .about = "a set number of integer operations for each item: pure computing",
    .out_size = sizeof(uint64_t),
    .ctx_size = sizeof(params),
    .out_type = PLX_U64,
    .params = fields,
    .results = results,
    .item_ns = 1000,
    .grain = grain,
    .prepare = prepare,
    .work = work,
    .map = map,
};
