/* SPDX-License-Identifier: MIT */
/*
 * sieve_big.c: primes that meet few segments, sorted by the segment that they meet next.
 *
 * Each segment has a list of the primes that have a multiple there. Crossing one out, its next
 * multiple is found and the prime moves to the list of that segment: a prime costs nothing in the
 * segments that it misses. Multiples by 2, 3, 5 and 7 are skipped. What would fall behind the strip
 * goes to one more list, which is only written to: so moving on has no branch to guess.
 *
 * A list is a chain of buckets of 8 KiB from a pool, the newest first; all but the newest are full.
 * A bucket that has been read goes back. A prime is one word: 23 bits of position in its segment, 9
 * of its state (class of p times 48 plus class of the cofactor), 32 of p / 30.
 *
 * Source   Oliveira e Silva, Fast implementation of the segmented sieve of Eratosthenes, 2002
 */
#include "kernels/sieve.h"

enum { AT_BITS = 23, STATE_BITS = 9, I_SHIFT = AT_BITS + STATE_BITS };
static const size_t none = SIZE_MAX;

void plx_sieve_make_steps(plx_sieve_steps *s)
{
    uint8_t cofactor[PLX_SIEVE_TURN + 1] = { [PLX_SIEVE_TURN] = 211 };
    unsigned n = 0;
    for (unsigned x = 0; x < 210; x++)
        if (x % 2 && x % 3 && x % 5 && x % 7)
            cofactor[n++] = (uint8_t)x;
    for (unsigned x = 0, k = 0; x < 210; x++) {
        k += x > cofactor[k];
        s->index[x] = (uint8_t)(k % PLX_SIEVE_TURN);
        s->ahead[x] = (uint8_t)(cofactor[k] - x);
    }
    for (unsigned c = 0; c < 8; c++)
        for (unsigned k = 0; k < PLX_SIEVE_TURN; k++) {
            const unsigned r = plx_sieve_wheel[c], here = cofactor[k], next = cofactor[k + 1];
            s->step[PLX_SIEVE_TURN * c + k] = (plx_sieve_step){
                .keep = (uint8_t)~(1u << plx_sieve_below[r * here % 30]),
                .gap = (uint8_t)(next - here),
                .add = (uint8_t)(r * next / 30 - r * here / 30),
                .next = (PLX_SIEVE_TURN * c + (k + 1) % PLX_SIEVE_TURN) << AT_BITS,
            };
        }
}

static size_t take_bucket(plx_sieve_work *w)
{
    const size_t bucket = w->freed;
    if (bucket == none)
        return w->fresh++;
    w->freed = (size_t)w->pool[bucket * PLX_SIEVE_BUCKET];
    return bucket;
}

static void give_bucket(plx_sieve_work *w, size_t bucket)
{
    w->pool[bucket * PLX_SIEVE_BUCKET] = w->freed;
    w->freed = bucket;
}

/* Begin a new bucket of a list, linked to what it has. */
static uint64_t *grow_list(plx_sieve_work *w, uint64_t link)
{
    uint64_t *words = w->pool + take_bucket(w) * PLX_SIEVE_BUCKET;
    words[0] = link;
    return words + 1;
}

static inline uint64_t pack(uint64_t at, uint64_t state, uint64_t i)
{
    return i << I_SHIFT | state << AT_BITS | at;
}

/* The bucket is full: go on in a new one; in the list behind the strip, in the same. */
__attribute__((noinline))
static uint64_t *next_bucket(plx_sieve_work *w, uint64_t **list, uint64_t *tail)
{
    if (list == w->tails + w->lists)
        return tail - (PLX_SIEVE_BUCKET - 1);
    return grow_list(w, (size_t)(tail - w->pool) / PLX_SIEVE_BUCKET - 1);
}

/* Put a prime in a list, or in the one behind the strip. */
static inline void push(plx_sieve_work *w, uint64_t **tails, size_t lists, size_t list,
                        uint64_t prime)
{
    list = list < lists ? list : lists;
    uint64_t *tail = tails[list];
    *tail++ = prime;
    if ((uintptr_t)tail % (PLX_SIEVE_BUCKET * sizeof *tail) == 0)
        tail = next_bucket(w, &tails[list], tail);
    tails[list] = tail;
}

/* floor(x / y) for 0 <= x < 2^48 and y < 256: the half keeps the product off the next integer by
   far more than its rounding. */
static inline uint64_t divide(uint64_t x, double reciprocal)
{
    return (uint64_t)(int64_t)(((double)(int64_t)x + 0.5) * reciprocal);
}

/* The first multiple of p by a cofactor of the wheel that lies in the strip and is not below the
   square (what is below, smaller primes cross out). In double precision: p is above 2^16, so that
   the quotient is below 2^48 and off by one at most; the rest then is not in [0, p). */
static inline void open_prime(plx_sieve_work *w, uint64_t p, uint64_t lo, double lo_real)
{
    const plx_sieve_steps *steps = &w->sieve->steps;
    const uint64_t i = p / 30;
    uint64_t quotient = (uint64_t)(int64_t)(lo_real / (double)(int64_t)p);
    uint64_t rest = lo - quotient * p;
    if (rest >= p) {
        const uint64_t off = rest >> 63 ? (uint64_t)-1 : 1;
        quotient += off;
        rest -= off * p;
    }
    const uint64_t from = quotient < p ? p : quotient + 1;
    const uint64_t at_wheel = from - 210 * divide(from, 1.0 / 210);
    const uint64_t cofactor = from + steps->ahead[at_wheel];
    const uint64_t at = w->sieve->plan.lead + ((cofactor - quotient) * p - rest) / 30;
    const unsigned shift = w->sieve->plan.shift;
    const uint64_t state = (uint64_t)PLX_SIEVE_TURN * plx_sieve_below[p - 30 * i] +
                           steps->index[at_wheel];
    push(w, w->tails, w->lists, at < w->end - w->base ? at >> shift : w->lists,
         pack(at & (((uint64_t)1 << shift) - 1), state, i));
}

void plx_sieve_open_big(plx_sieve_work *w)
{
    const plx_sieve *s = w->sieve;
    w->lists = (size_t)((w->end - w->base - 1) >> s->plan.shift) + 1;
    w->fresh = 0;
    w->freed = none;
    for (size_t list = 0; list <= w->lists; list++)
        w->tails[list] = grow_list(w, none);
    uint64_t p = s->big_first;
    const uint64_t lo = 30 * w->first;
    const double lo_real = (double)lo;
    for (size_t k = 0; k < s->bigs; k++) {
        p += 2u * s->gaps[k];
        if (p * (p / 30) >= w->end)                 /* from here on squares lie behind the strip */
            break;
        open_prime(w, p, lo, lo_real);
    }
}

static void cross_primes(plx_sieve_work *w, const uint64_t *from, const uint64_t *to,
                         size_t segment)
{
    const plx_sieve_step *steps = w->sieve->steps.step;
    const unsigned shift = w->sieve->plan.shift;
    const uint32_t inside = ((uint32_t)1 << shift) - 1;
    uint8_t *const window = w->window;
    uint64_t **const tails = w->tails + segment;
    const size_t lists = w->lists - segment;
    for (; from < to; from++) {
        const uint32_t low = (uint32_t)*from, i = (uint32_t)(*from >> 32);
        const plx_sieve_step *step = &steps[low >> AT_BITS];
        uint32_t at = low & (((uint32_t)1 << AT_BITS) - 1);
        window[at] &= step->keep;
        at += i * step->gap + step->add;
        push(w, tails, lists, at >> shift, (uint64_t)i << 32 | step->next | (at & inside));
    }
}

static void cross_list(plx_sieve_work *w, size_t segment, const uint64_t *to)
{
    size_t bucket = (size_t)(to - w->pool) / PLX_SIEVE_BUCKET;
    while (bucket != none) {
        const uint64_t *words = w->pool + bucket * PLX_SIEVE_BUCKET;
        cross_primes(w, words + 1, to ? to : words + PLX_SIEVE_BUCKET, segment);
        const size_t link = (size_t)words[0];
        give_bucket(w, bucket);
        bucket = link;
        to = NULL;
    }
}

void plx_sieve_cross_big(plx_sieve_work *w, size_t segment)
{
    for (;;) {
        uint64_t *to = w->tails[segment];
        if ((size_t)(to - w->pool) % PLX_SIEVE_BUCKET == 1 && to[-1] == none) break;
        w->tails[segment] = grow_list(w, none);
        cross_list(w, segment, to);
    }
}
