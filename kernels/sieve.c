/* SPDX-License-Identifier: MIT */
/*
 * sieve.c: the sizes of a sieve on this machine, and the loop over the segments of a strip.
 */
#include "kernels/sieve.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

const uint8_t plx_sieve_wheel[8] = { 1, 7, 11, 13, 17, 19, 23, 29 };
const uint8_t plx_sieve_below[31] = {
    0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 4, 4, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 8
};

enum { KIB = 1024, MOST_SEGMENTS = 1024, BUCKET_BYTES = PLX_SIEVE_BUCKET * 8 };

uint64_t plx_sieve_root(uint64_t x)
{
    uint64_t root = (uint64_t)sqrt((double)x);
    while (root > UINT32_MAX || root * root > x)
        root--;
    while (root < UINT32_MAX && (root + 1) * (root + 1) <= x)
        root++;
    return root;
}

/* Dusart, The k-th prime is greater than k(ln k + ln ln k - 1), Math. Comp. 68, 1999. */
size_t plx_sieve_most_primes(uint64_t x)
{
    const double log_x = log((double)x);
    return x < 2 ? 0 : (size_t)((double)x / log_x * (1 + 1.2762 / log_x)) + 1;
}

static uint64_t lesser(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The largest power of two that is at most what the system says a cache holds, within bounds: in a
   virtual machine it may say nothing, or nonsense. */
static size_t cache_size(int name, size_t least, size_t most)
{
    const long told = sysconf(name);
    while (most > least && (told <= 0 || most > (size_t)told))
        most /= 2;
    return most;
}

static size_t whole_runs(uint64_t bytes)
{
    return (size_t)((bytes + PLX_SIEVE_RUN - 1) / PLX_SIEVE_RUN * PLX_SIEVE_RUN);
}

/* Big primes that can be at work at once: all, or so many as n numbers have factors above 2^16 that
   the wheel meets, at most three each. */
static uint64_t most_entries(const plx_sieve_plan *plan, uint64_t bytes)
{
    const uint64_t all = plx_sieve_most_primes(plan->root);
    return bytes < all / 30 ? lesser(all, 3 * 8 * (bytes + 10)) : all;
}

plx_sieve_sizes plx_sieve_here(void)
{
    return (plx_sieve_sizes){
        .piece = cache_size(_SC_LEVEL1_DCACHE_SIZE, 16 * KIB, 64 * KIB),
        .segment = cache_size(_SC_LEVEL2_CACHE_SIZE, 256 * KIB, 1024 * KIB) / 2,
    };
}

plx_sieve_plan plx_sieve_plan_for(uint64_t root, uint64_t bytes, plx_sieve_sizes sizes)
{
    plx_sieve_plan plan = { .root = root, .piece = sizes.piece, .segment = sizes.segment };
    for (size_t x = plan.segment; x > 1; x /= 2)
        plan.shift++;
    plan.small = (uint32_t)plan.piece;
    plan.medium = (uint32_t)lesser(root, plan.segment);
    plan.lead = whole_runs(plan.medium);
    plan.turns = plx_sieve_most_primes(plan.medium);
    plan.strip = lesser((uint64_t)MOST_SEGMENTS << plan.shift, bytes);
    if (root > plan.medium) {
        plan.lists = (size_t)((plan.strip + plan.lead) >> plan.shift) + 2;
        plan.buckets = plan.lists + 2 +
                       (size_t)(most_entries(&plan, bytes) / (PLX_SIEVE_BUCKET - 1));
    }
    return plan;
}

/* Where in the scratch things lie, each on a line of its own. */
typedef struct places {
    size_t at, tails, pool, size;
} places;

static size_t place(size_t *size, size_t bytes)
{
    const size_t at = *size;
    *size += (bytes + 63) / 64 * 64;
    return at;
}

static places places_of(const plx_sieve_plan *plan)
{
    places p = { .size = plan->segment + plan->lead };
    p.at = place(&p.size, plan->turns * sizeof(uint32_t));
    p.tails = place(&p.size, plan->lists * sizeof(uint64_t *));
    p.pool = place(&p.size, plan->buckets * BUCKET_BYTES + BUCKET_BYTES - 1);
    return p;
}

size_t plx_sieve_scratch(const plx_sieve_plan *plan)
{
    return places_of(plan).size;
}

/* A pool of buckets begins at a multiple of their size: a word's address tells its place. */
static uint64_t *align(uint8_t *at)
{
    return (uint64_t *)(void *)(at + (BUCKET_BYTES - (uintptr_t)at % BUCKET_BYTES) % BUCKET_BYTES);
}

static plx_sieve_work begin_strip(const plx_sieve *s, void *scratch, uint64_t first, uint64_t end)
{
    const places p = places_of(&s->plan);
    uint8_t *bytes = scratch;
    plx_sieve_work w = {
        .sieve = s, .window = bytes, .first = first, .end = end, .base = first - s->plan.lead,
        .at = (uint32_t *)(void *)(bytes + p.at),
        .tails = (uint64_t **)(void *)(bytes + p.tails),
        .pool = align(bytes + p.pool),
    };
    plx_sieve_open_turns(&w);
    if (s->bigs)
        plx_sieve_open_big(&w);
    return w;
}

/* Window bytes [from, size): patterns, small primes piece by piece, medium ones. Patterns are laid
   as far ahead as turns reach: one small prime's turn in a segment, a medium one's behind it.
   Returns how far that is. */
static size_t sieve_segment(plx_sieve_work *w, size_t from, size_t laid, size_t size)
{
    const plx_sieve_plan *plan = &w->sieve->plan;
    const size_t whole = plan->segment;
    const size_t all = (size_t)lesser(whole + plan->lead, whole_runs(w->end - w->base));
    size_t piece = from;
    do {
        const size_t next = (size_t)lesser(piece + plan->piece, size);
        const size_t ahead = next == size ? all : (size_t)lesser(next + plan->small, all);
        if (ahead > laid) {
            plx_sieve_lay(w, laid, ahead);
            laid = ahead;
        }
        plx_sieve_cross_small(w, next, next == whole ? whole : 0);
        piece = next;
    } while (piece < size);
    plx_sieve_cross_medium(w, size, size == whole ? whole : 0);
    return laid;
}

bool plx_sieve_strip(const plx_sieve *s, void *scratch, uint64_t first, uint64_t end,
                     plx_sieve_visit *visit, void *user)
{
    plx_sieve_work w = begin_strip(s, scratch, first, end);
    const size_t whole = s->plan.segment;
    size_t from = s->plan.lead, laid = from;
    for (size_t segment = 0; w.base + from != end; segment++) {
        const size_t size = (size_t)lesser(whole, end - w.base);
        laid = sieve_segment(&w, from, laid, size);
        if (s->bigs)
            plx_sieve_cross_big(&w, segment);
        if (w.base + from < PLX_SIEVE_LAID)
            plx_sieve_mend(w.window + from, w.base + from, size - from);
        if (!visit(user, w.window + from, w.base + from, size - from))
            return false;
        if (size < whole)
            break;
        memcpy(w.window, w.window + whole, laid - whole);   /* what lies ahead comes down */
        laid -= whole;
        w.base += whole;
        from = 0;
    }
    return true;
}
