/* SPDX-License-Identifier: MIT */
/*
 * sieve.h: a segmented sieve of Eratosthenes, in three regimes.
 *
 * A byte holds 30 numbers, one bit for each of the eight that 2, 3 and 5 leave over. A *strip* of
 * bytes is sieved *segment* by segment (half the second cache) in a *window* in memory:
 *
 *   sieve_lay.c     multiples of the primes below 199: ready-made patterns, whole vectors at a time
 *   sieve_turn.c    small primes on pieces of a segment that fit the first cache, medium ones on
 *                   all of it: unrolled turns of the wheel
 *   sieve_big.c     primes whose turn is longer than the window: sorted by the segment of their
 *                   next multiple
 *   sieve_count.c   the bits that are left
 *   sieve_base.c    the base primes, made by the same sieve
 *   sieve.c         the sizes, and the loop over segments
 *
 * All of a strip is relative to its own beginning and nothing outlives it, so any cut of the
 * numbers into strips is right, up to 2^64 - 1.
 */
#ifndef PLX_SIEVE_H
#define PLX_SIEVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PLX_SIEVE_RUN = 1024,           /* bytes that patterns are laid at a time */
    PLX_SIEVE_PATTERNS = 20,
    PLX_SIEVE_LAID = 197,           /* the last prime whose multiples are laid */
    PLX_SIEVE_TURN = 48,            /* cofactors of a turn of the big wheel, 210 */
    PLX_SIEVE_BUCKET = 1024         /* words of a bucket; the first is its link */
};

/** The numbers below 30 that have a bit, and how many of them lie below x <= 30. */
extern const uint8_t plx_sieve_wheel[8], plx_sieve_below[31];

/** Bytes that fit the first and half the second cache; powers of two, a segment from 64 KiB on. */
typedef struct plx_sieve_sizes {
    size_t piece, segment;
} plx_sieve_sizes;

/** Sizes of a job on a machine. They steer time and memory, never a result. */
typedef struct plx_sieve_plan {
    uint64_t root;                  /* base primes go so far */
    size_t piece, segment;          /* bytes */
    unsigned shift;                 /* segment is 1 << shift */
    uint32_t small, medium;         /* primes below small are small; those up to medium, medium */
    size_t lead;                    /* bytes of the longest turn, in runs */
    uint64_t strip;                 /* bytes, at most */
    size_t turns;                   /* small and medium primes, at most */
    size_t buckets, lists;          /* of the big ones, at most */
} plx_sieve_plan;

/** Of a big prime's state: cross out, then go to the next multiple. */
typedef struct plx_sieve_step {
    uint8_t keep, gap, add;         /* the bits that stay; gap * (p / 30) + add bytes on */
    uint32_t next;                  /* the state in its place in a word */
} plx_sieve_step;
typedef struct plx_sieve_steps {
    plx_sieve_step step[8 * PLX_SIEVE_TURN];        /* class of p, then of the cofactor */
    /* of x mod 210: how far on the next cofactor is that 2, 3, 5 and 7 do not divide; its number */
    uint8_t ahead[210], index[210];
} plx_sieve_steps;

/** What all strips of a job share. */
typedef struct plx_sieve {
    plx_sieve_plan plan;
    uint8_t *patterns;              /* of sieve_lay.c */
    /* p / 30 of the small and medium primes by p mod 30, each class in order: small ones from begin
       to small, medium ones on to end */
    uint32_t *turns;
    size_t begin[8], small[8], end[8];
    /* the big primes in order: half of what each is above the one before, from big_first on */
    uint8_t *gaps;
    size_t bigs;
    uint64_t big_first;
    plx_sieve_steps steps;
} plx_sieve;

/** A strip at work. Window positions count from `base`, which lies `lead` below the strip. */
typedef struct plx_sieve_work {
    const plx_sieve *sieve;
    uint8_t *window;                /* segment + lead bytes */
    uint64_t first, end;            /* the strip's bytes on the number line */
    uint64_t base;                  /* byte of the number line at window[0]; wraps below zero */
    uint32_t *at;                   /* of each turns[k]: where its next turn begins */
    size_t opened[8];               /* turns[begin, opened) of a class have work in this strip */
    size_t lists;                   /* one for each segment, and one for what lies behind */
    uint64_t **tails;               /* of each list the next free word */
    uint64_t *pool;                 /* buckets */
    size_t fresh, freed;            /* buckets never used yet; the last one given back */
} plx_sieve_work;

/** What is done with a segment that has been sieved; false ends the strip. */
typedef bool plx_sieve_visit(void *user, uint8_t *bytes, uint64_t first, size_t size);

/** What this machine says of its caches, if that can be. */
plx_sieve_sizes plx_sieve_here(void);
/** Base primes up to root, and so many bytes to be sieved at most. */
plx_sieve_plan plx_sieve_plan_for(uint64_t root, uint64_t bytes, plx_sieve_sizes);
/** Bytes of memory that a strip works in. */
size_t plx_sieve_scratch(const plx_sieve_plan *);
/** Sieve bytes [first, end) of the number line, at most plan.strip of them, and visit each segment.
 * A visitor may write up to the next multiple of PLX_SIEVE_RUN bytes. */
bool plx_sieve_strip(const plx_sieve *, void *scratch, uint64_t first, uint64_t end,
                     plx_sieve_visit *, void *user);

/** Make the patterns and the base primes of a plan; false: out of memory. */
bool plx_sieve_open(plx_sieve *, const plx_sieve_plan *);
void plx_sieve_close(plx_sieve *);
/** At least pi(x). */
size_t plx_sieve_most_primes(uint64_t x);
/** floor(sqrt(x)). */
uint64_t plx_sieve_root(uint64_t x);

/** Allocate and make the patterns; NULL: out of memory. */
uint8_t *plx_sieve_patterns(void);
/** Start window bytes [from, to), whole runs: without the multiples of the patterned primes. */
void plx_sieve_lay(const plx_sieve_work *, size_t from, size_t to);

/** Mend bytes [first, first + size) of the number line: the patterns took their own
 * primes too, and 1 is no prime. */
void plx_sieve_mend(uint8_t *bytes, uint64_t first, size_t size);

/** Place the small and medium primes at the beginning of a strip. */
void plx_sieve_open_turns(plx_sieve_work *);
/** Cross out the turns that begin before window position end; then the window moves on. */
void plx_sieve_cross_small(plx_sieve_work *, size_t end, size_t move);
void plx_sieve_cross_medium(plx_sieve_work *, size_t end, size_t move);

void plx_sieve_make_steps(plx_sieve_steps *);
/** Place the big primes at the beginning of a strip; cross them out of its segment-th segment. */
void plx_sieve_open_big(plx_sieve_work *);
void plx_sieve_cross_big(plx_sieve_work *, size_t segment);

/** One way to do what wide vectors are good for; all give the same bytes. */
typedef struct plx_sieve_path {
    /** to[0, PLX_SIEVE_RUN) = the patterns' AND. */
    void (*lay)(uint8_t *to, const uint8_t *const from[PLX_SIEVE_PATTERNS]);
    /** Set bits of a multiple of 64 bytes. */
    uint64_t (*count)(const uint8_t *bytes, size_t size);
} plx_sieve_path;

extern const plx_sieve_path plx_prime_sieve_paths[];        /* [PLX_WIDE_LEVELS] */

#endif
