/* SPDX-License-Identifier: MIT */
/*
 * prime_sieve: for i in [0, n): value += 1 if first + i is prime, by a segmented sieve.
 *
 * kernels/sieve.h is the sieve itself and tells how it works. Here is what makes a kernel of it:
 * prepare() makes the base primes, a block is a strip (or some, if it is huge) whose bits are
 * counted. The sizes of caches decide how a block is sieved, never what a block is.
 *
 * Check    published values of pi(x), a plain byte sieve over random cuts, Miller-Rabin
 * Source   named in the files of the sieve
 * Better   counting without listing: Lagarias, Miller, Odlyzko (x^(2/3) operations; primecount)
 */
#include "plx/kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/sieve.h"
#include "kernels/wide.h"

typedef struct range {
    uint64_t first;
} range;

typedef struct counting {           /* a block at work */
    const plx_block *block;
    uint64_t lo, last, count;       /* numbers, both of them in the block */
} counting;

/* Bytes of the number line that [first, first + n) touches; n > 0. */
static uint64_t bytes_of(uint64_t first, uint64_t n)
{
    return (first + (n - 1)) / 30 - first / 30 + 1;
}

static plx_sieve_plan plan_of(size_t n, const void *ctx)
{
    const uint64_t first = ((const range *)ctx)->first;
    if (n == 0)
        return plx_sieve_plan_for(0, 1, plx_sieve_here());
    return plx_sieve_plan_for(plx_sieve_root(first + (n - 1)), bytes_of(first, n),
                              plx_sieve_here());
}

/* Clear what lies outside the block and the rest of the last 64 bytes, and count. */
static bool count_segment(void *user, uint8_t *bytes, uint64_t first, size_t size)
{
    counting *c = user;
    const size_t rest = (64 - size % 64) % 64;
    if (first == c->lo / 30)
        bytes[0] &= (uint8_t)(0xffu << plx_sieve_below[c->lo % 30]);
    if (first + size == c->last / 30 + 1)
        bytes[size - 1] &= (uint8_t)~(0xffu << plx_sieve_below[c->last % 30 + 1]);
    memset(bytes + size, 0, rest);
    c->count += plx_prime_sieve_paths[plx_wide_level()].count(bytes, size + rest);
    return !plx_stopped(c->block);
}

static void fold(const plx_block *block, void *acc)
{
    const plx_sieve *s = block->shared;
    const uint64_t first = ((const range *)block->ctx)->first;
    if (block->lo == block->hi)
        return;
    counting c = { block, first + block->lo, first + (block->hi - 1), 0 };
    for (uint64_t p = 2; p <= 5; p += p - 1)            /* 2, 3, 5 have no bits */
        c.count += p >= c.lo && p <= c.last;
    const uint64_t end = c.last / 30 + 1;
    for (uint64_t at = c.lo / 30, next; at < end && !plx_stopped(block); at = next) {
        next = end - at < s->plan.strip ? end : at + s->plan.strip;
        if (!plx_sieve_strip(s, block->scratch, at, next, count_segment, &c))
            break;
    }
    *(uint64_t *)acc += c.count;
}

static void combine(void *left, const void *right, const void *ctx)
{
    (void)ctx;
    *(uint64_t *)left += *(const uint64_t *)right;
}

static void release(void *shared)
{
    plx_sieve_close(shared);
    free(shared);
}

static int prepare(size_t n, const void *ctx, void **shared, const char **why)
{
    *why = "first + n must be at most 2^64";
    if (n > 0 && ((const range *)ctx)->first > UINT64_MAX - (n - 1))
        return 1;
    *why = "out of memory for the base primes";
    const plx_sieve_plan plan = plan_of(n, ctx);
    plx_sieve *s = malloc(sizeof *s);
    if (!s)
        return 1;
    if (plx_sieve_open(s, &plan)) {
        *shared = s;
        return 0;
    }
    release(s);
    return 1;
}

static size_t scratch_size(size_t n, const void *ctx)
{
    const plx_sieve_plan plan = plan_of(n, ctx);
    return plx_sieve_scratch(&plan);
}

/* What placing all base primes costs, in ns: for each a division and some wasted multiples. */
static double placing(uint64_t root)
{
    return 8 * (double)plx_sieve_most_primes(root);
}

/* What sieving a number costs, in ns: more where most base primes are big. */
static double sieving(uint64_t root)
{
    const double log_root = log((double)root + 9);
    return fmax(0.006 * log_root, 0.05 * (log_root - 11));
}

/* A block costs 50 times what placing its base primes does. If that leaves fewer than 16 blocks,
   there are 16, 8 or 4 of them, so that placing costs no more than a seventh unless they are 4. */
static size_t grain(size_t n, const void *ctx)
{
    const uint64_t root = plan_of(n, ctx).root;
    const double alone = placing(root) / sieving(root), least = 1 << 20;
    double blocks = (double)n / (50 * alone);
    if (blocks < 16)
        for (blocks = 16; blocks > 4 && blocks * 6 * alone > (double)n; )
            blocks /= 2;
    blocks = fmax(1, fmin((double)n / least, fmin(blocks, 65536)));
    return (size_t)((double)n / floor(blocks) / 30 + 1) * 30;
}

static double work(size_t lo, size_t hi, const void *ctx, double *bytes)
{
    const uint64_t root = plx_sieve_root(((const range *)ctx)->first + (hi > 0 ? hi - 1 : 0));
    if (bytes)
        *bytes = (double)(hi - lo) / 30;
    return sieving(root) * (double)(hi - lo) + placing(root);
}

static const plx_field params[] = {
    { "first", "count from this number on; first + n is at most 2^64", "0", PLX_U64, 0, 8 },
    { .name = NULL }
};

static const plx_field results[] = {
    { .name = "value", .about = "primes in [first, first + n)", .type = PLX_U64, .size = 8 },
    { .name = NULL }
};

const plx_kernel plx_prime_sieve_kernel = {
    .size = sizeof(plx_kernel),
    .name = "prime_sieve",
    .about = "counts the primes in [first, first + n) by a segmented sieve of Eratosthenes",
    .better = "combinatorial counting (Lagarias, Miller, Odlyzko), as in primecount",
    .acc_size = sizeof(uint64_t),
    .ctx_size = sizeof(range),
    .params = params,
    .results = results,
    .flags = PLX_EXACT,
    .item_ns = 0.08,
    .grain = grain,
    .scratch_size = scratch_size,
    .prepare = prepare,
    .release = release,
    .work = work,
    .fold = fold,
    .combine = combine,
};
