/* SPDX-License-Identifier: MIT */
/*
 * prime_sieve: for i in [0, n): value += 1 if i is prime, by a segmented sieve of Eratosthenes.
 *
 * A byte holds 30 numbers, one bit for each of the eight that 2, 3 and 5 leave over. Multiples of
 * 7..97 are wiped out by ready-made patterns, whole words at a time. Base primes p = 30 i + r cross
 * out the rest, eight multiples to a turn of the wheel: for each r the bits and the fixed parts of
 * the distances are constants of the code. Small primes work on pieces that fit the first cache,
 * the others on segments that fit the second.
 *
 * A block starts anew: positions are computed where a prime's square first lies in a segment, and
 * none outlives its block. So any cut [lo, hi) is right, and what the scratch saw before does not
 * matter.
 *
 * Check    published values of pi(x), a plain byte sieve over random cuts, trial division
 * Source   Pritchard, Explaining the wheel sieve, Acta Informatica 17, 1982; Bays and Hudson, The
 *          segmented sieve of Eratosthenes, BIT 17, 1977
 * Better   counting without listing: Lagarias, Miller, Odlyzko (x^(2/3) operations; primecount)
 */
#include "plx/kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    RUN = 1024,                     /* bytes patterned at a time; divides PIECE */
    PIECE = 48 * 1024,              /* bytes that small primes cross out at a time */
    SMALL = PIECE / 4,              /* primes below are small */
    LEAST_PIECES = 3, MOST_PIECES = 16,                 /* of a segment */
    PATTERNS = 10, LAST_PATTERNED = 97
};
static const size_t most_items = 1000000000000000;      /* 1e15 */

static const uint8_t wheel[8] = { 1, 7, 11, 13, 17, 19, 23, 29 };
static const uint8_t to_wheel[30] = {                   /* index of the first entry not below */
    0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 4, 4, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7
};
static const uint8_t pattern_primes[PATTERNS][3] = {    /* products of 1,001 to 7,429 */
    { 7, 11, 13 }, { 17, 19, 23 }, { 29, 97 }, { 31, 89 }, { 37, 83 },
    { 41, 79 }, { 43, 73 }, { 47, 71 }, { 53, 67 }, { 59, 61 }
};

typedef struct tables {             /* what prepare() makes */
    const uint8_t *pattern[PATTERNS];
    size_t period[PATTERNS];
    size_t segment;                 /* bytes */
    size_t begin[8], small[8], end[8];  /* by wheel index: primes[begin, small) are small */
    uint32_t *primes;
    uint8_t *patterns;
} tables;

typedef struct crossing {           /* a base prime at work */
    uint32_t at;                    /* next byte to change, from the start of what is sieved next */
    uint32_t turn;                  /* 8 (p / 30) + wheel index of the next cofactor */
} crossing;

typedef struct sieve {              /* one block at work */
    const tables *tables;
    uint8_t *bytes;
    crossing *crossings;            /* numbered as the primes */
    size_t first, size;             /* the segment: first byte of the number line, bytes */
    size_t opened[8];               /* primes[begin, opened) of a class are at work */
} sieve;

static size_t square_root(size_t n)
{
    size_t root = (size_t)sqrt((double)n);
    while (root * root > n)
        root--;
    while ((root + 1) * (root + 1) <= n)
        root++;
    return root;
}

/* Twice sqrt(n) bytes: every base prime then meets a segment at least 16 times. */
static size_t segment_size(size_t n)
{
    const size_t pieces = 2 * square_root(n) / PIECE + 1;
    if (pieces < LEAST_PIECES)
        return (size_t)LEAST_PIECES * PIECE;
    return (pieces > MOST_PIECES ? MOST_PIECES : pieces) * PIECE;
}

/* pi(x) < 1.25506 x / ln x for x > 1 (Rosser and Schoenfeld, 1962). */
static size_t most_primes(size_t n)
{
    const double root = (double)square_root(n) + 2;
    return (size_t)(1.25506 * root / log(root)) + 1;
}

/* The bits that stay when the bit of p times wheel[k], p mod 30 = r, is crossed out. */
static inline uint8_t keep(unsigned r, unsigned k)
{
    return (uint8_t)~(1u << to_wheel[r * wheel[k] % 30]);
}

/* Bytes from the multiple by wheel[k] to the next, for p = 30 i + r. */
static inline size_t gap(size_t i, unsigned r, unsigned k)
{
    const unsigned here = wheel[k], next = k < 7 ? wheel[k + 1] : 31;
    return i * (next - here) + r * next / 30 - r * here / 30;
}

/* The multiple by wheel[k], at a known distance from the turn's first, the one by 30 j + 1. */
static inline void cross(uint8_t *first, size_t i, unsigned r, unsigned k)
{
    first[i * (wheel[k] - 1u) + r * wheel[k] / 30] &= keep(r, k);
}

/* Enter the turn where it was left, go round while whole turns fit (the last multiple lies at most
   28 i + 28 bytes behind the first), leave it where the bytes end. */
#define STEP(k)                                                                 \
    if (at >= size)                                                             \
        return (crossing){ (uint32_t)(at - size), (uint32_t)(8 * i + (k)) };    \
    bytes[at] &= keep(r, k);                                                    \
    at += gap(i, r, k);
#define NEXT __attribute__((fallthrough))

__attribute__((always_inline))
static inline crossing cross_out(crossing from, uint8_t *bytes, size_t size, unsigned r)
{
    const size_t i = from.turn / 8;
    size_t at = from.at;
    switch (from.turn % 8) {
        for (;;) {
        case 0:
            for (; at + 28 * i + 28 < size; at += 30 * i + r) {
                cross(bytes + at, i, r, 0);
                cross(bytes + at, i, r, 1);
                cross(bytes + at, i, r, 2);
                cross(bytes + at, i, r, 3);
                cross(bytes + at, i, r, 4);
                cross(bytes + at, i, r, 5);
                cross(bytes + at, i, r, 6);
                cross(bytes + at, i, r, 7);
            }
            STEP(0) NEXT;
        case 1: STEP(1) NEXT;
        case 2: STEP(2) NEXT;
        case 3: STEP(3) NEXT;
        case 4: STEP(4) NEXT;
        case 5: STEP(5) NEXT;
        case 6: STEP(6) NEXT;
        default: STEP(7)
        }
    }
}

#define CROSS_CLASS(r)                                          \
    for (size_t p = from; p < to; p++)                          \
        crossings[p] = cross_out(crossings[p], bytes, size, r); \
    break

/* The primes [from, to), all of wheel index c, over some bytes. */
static void cross_class(int c, crossing *crossings, size_t from, size_t to,
                        uint8_t *bytes, size_t size)
{
    switch (c) {
    case 0: CROSS_CLASS(1);
    case 1: CROSS_CLASS(7);
    case 2: CROSS_CLASS(11);
    case 3: CROSS_CLASS(13);
    case 4: CROSS_CLASS(17);
    case 5: CROSS_CLASS(19);
    case 6: CROSS_CLASS(23);
    default: CROSS_CLASS(29);
    }
}

/* The first multiple of p, from p * p on, that lies in byte first or later and has a bit. */
static crossing open_prime(size_t p, size_t first)
{
    size_t cofactor = (30 * first + p - 1) / p;
    if (cofactor < p)
        cofactor = p;
    const unsigned k = to_wheel[cofactor % 30];
    const size_t multiple = p * (cofactor / 30 * 30 + wheel[k]);
    return (crossing){ (uint32_t)(multiple / 30 - first), (uint32_t)(8 * (p / 30) + k) };
}

static void open_primes(sieve *s)
{
    const tables *t = s->tables;
    const size_t limit = 30 * (s->first + s->size);
    for (int c = 0; c < 8; c++)
        for (size_t *k = &s->opened[c]; *k < t->end[c]; ++*k) {
            const size_t p = t->primes[*k];
            if (p * p >= limit)
                break;
            s->crossings[*k] = open_prime(p, s->first);
        }
}

static void and_patterns(uint8_t *restrict to, const uint8_t *const t[PATTERNS])
{
    for (size_t j = 0; j < RUN; j++)
        to[j] = (uint8_t)(t[0][j] & t[1][j] & t[2][j] & t[3][j] & t[4][j]
                        & t[5][j] & t[6][j] & t[7][j] & t[8][j] & t[9][j]);
}

/* Start bytes (in whole runs) with the multiples of the patterned primes already out. */
static void lay_patterns(const tables *t, uint8_t *bytes, size_t first, size_t size)
{
    size_t offset[PATTERNS];
    for (int k = 0; k < PATTERNS; k++)
        offset[k] = first % t->period[k];
    for (size_t j = 0; j < size; j += RUN) {
        const uint8_t *from[PATTERNS];
        for (int k = 0; k < PATTERNS; k++) {
            from[k] = t->pattern[k] + offset[k];
            offset[k] = (offset[k] + RUN) % t->period[k];
        }
        and_patterns(bytes + j, from);
    }
}

/* The patterns took their own primes too, and 1 is no prime. */
static void mend_start(sieve *s)
{
    for (int k = 0; k < PATTERNS; k++)
        for (int j = 0; j < 3 && pattern_primes[k][j]; j++) {
            const size_t p = pattern_primes[k][j], at = p / 30;
            if (at >= s->first && at - s->first < s->size)
                s->bytes[at - s->first] |= (uint8_t)(1u << to_wheel[p % 30]);
        }
    if (s->first == 0)
        s->bytes[0] &= 0xfe;
}

static void sieve_segment(sieve *s)
{
    const tables *t = s->tables;
    open_primes(s);
    for (size_t done = 0; done < s->size; done += PIECE) {
        uint8_t *piece = s->bytes + done;
        const size_t size = s->size - done < PIECE ? s->size - done : PIECE;
        lay_patterns(t, piece, s->first + done, size);
        for (int c = 0; c < 8; c++) {
            const size_t to = s->opened[c] < t->small[c] ? s->opened[c] : t->small[c];
            cross_class(c, s->crossings, t->begin[c], to, piece, size);
        }
    }
    for (int c = 0; c < 8; c++)
        cross_class(c, s->crossings, t->small[c], s->opened[c], s->bytes, s->size);
    if (s->first <= LAST_PATTERNED / 30)
        mend_start(s);
}

/* Clear what lies outside [lo, hi), and the rest of the last run. */
static void trim(sieve *s, size_t lo, size_t hi)
{
    if (s->first == lo / 30)
        s->bytes[0] &= (uint8_t)(0xffu << to_wheel[lo % 30]);
    const size_t last = hi / 30 - s->first;
    if (last < s->size)
        s->bytes[last] &= (uint8_t)~(0xffu << to_wheel[hi % 30]);
    memset(s->bytes + s->size, 0, (RUN - s->size % RUN) % RUN);
}

/* Set bits of whole runs. Each byte of a word counts its own bits; 16 words can be added before one
   spills. Plain C, because the baseline CPU has no instruction for it and this vectorises. */
static uint64_t count_bits(const uint8_t *bytes, size_t size)
{
    const uint64_t ones = 0x5555555555555555, twos = 0x3333333333333333;
    const uint64_t nibbles = 0x0f0f0f0f0f0f0f0f, halves = 0x00ff00ff00ff00ff;
    uint64_t total = 0;
    for (size_t j = 0; j < size; j += 128) {
        uint64_t counts = 0;
        for (size_t w = 0; w < 16; w++) {
            uint64_t x;
            memcpy(&x, bytes + j + 8 * w, 8);
            x -= x >> 1 & ones;
            x = (x & twos) + (x >> 2 & twos);
            counts += (x + (x >> 4)) & nibbles;
        }
        counts = (counts & halves) + (counts >> 8 & halves);
        total += counts * 0x0001000100010001 >> 48;
    }
    return total;
}

static void fold(const plx_block *block, void *acc)
{
    const tables *t = block->shared;
    sieve s = { .tables = t, .bytes = block->scratch, .first = block->lo / 30 };
    const size_t end = (block->hi + 29) / 30;
    s.crossings = (crossing *)(void *)(s.bytes + t->segment);
    memcpy(s.opened, t->begin, sizeof s.opened);

    uint64_t count = 0;
    for (size_t p = 2; p <= 5; p += p - 1)              /* 2, 3, 5 have no bits */
        count += p >= block->lo && p < block->hi;
    for (; s.first < end && !plx_stopped(block); s.first += s.size) {
        s.size = end - s.first < t->segment ? end - s.first : t->segment;
        sieve_segment(&s);
        trim(&s, block->lo, block->hi);
        count += count_bits(s.bytes, s.size + (RUN - s.size % RUN) % RUN);
    }
    *(uint64_t *)acc += count;
}

static void combine(void *left, const void *right, const void *ctx)
{
    (void)ctx;
    *(uint64_t *)left += *(const uint64_t *)right;
}

/* One pattern: a period and a run more, so that a run can be read from any place in the period. */
static void make_pattern(uint8_t *pattern, size_t size, const uint8_t primes[3])
{
    memset(pattern, 0xff, size);
    for (int j = 0; j < 3 && primes[j]; j++)
        for (size_t m = primes[j]; m < 30 * size; m += 2u * primes[j])
            if (wheel[to_wheel[m % 30]] == m % 30)
                pattern[m / 30] &= (uint8_t)~(1u << to_wheel[m % 30]);
}

static bool make_patterns(tables *t)
{
    size_t total = 0;
    for (int k = 0; k < PATTERNS; k++) {
        t->period[k] = 1;
        for (int j = 0; j < 3 && pattern_primes[k][j]; j++)
            t->period[k] *= pattern_primes[k][j];
        total += t->period[k] + RUN;
    }
    uint8_t *next = t->patterns = malloc(total);
    for (int k = 0; next && k < PATTERNS; next += t->period[k++] + RUN) {
        make_pattern(next, t->period[k] + RUN, pattern_primes[k]);
        t->pattern[k] = next;
    }
    return next != NULL;
}

/* flags[i] is set if 2 i + 1 is composite; i < flags. */
static uint8_t *sieve_odd(size_t flags)
{
    uint8_t *composite = calloc(flags, 1);
    for (size_t i = 1; composite && 2 * i * (i + 1) < flags; i++)
        for (size_t j = 2 * i * (i + 1); !composite[i] && j < flags; j += 2 * i + 1)
            composite[j] = 1;
    return composite;
}

/* The primes above the patterned ones up to root that have wheel index c. Returns their end. */
static size_t list_class(tables *t, const uint8_t *composite, size_t root, int c)
{
    size_t count = t->begin[c];
    t->small[c] = count;
    for (size_t p = 90 + (size_t)wheel[c]; p <= root; p += 30) {
        if (p <= LAST_PATTERNED || composite[p / 2])
            continue;
        t->primes[count++] = (uint32_t)p;
        if (p < SMALL)
            t->small[c] = count;
    }
    return count;
}

static bool list_primes(tables *t, size_t n)
{
    const size_t root = square_root(n);
    uint8_t *composite = sieve_odd(root / 2 + 1);
    t->primes = malloc(most_primes(n) * sizeof *t->primes);
    const bool made = composite && t->primes;
    for (int c = 0; made && c < 8; c++) {
        t->begin[c] = c ? t->end[c - 1] : 0;
        t->end[c] = list_class(t, composite, root, c);
    }
    free(composite);
    return made;
}

static void release(void *shared)
{
    tables *t = shared;
    free(t->primes);
    free(t->patterns);
    free(t);
}

static int prepare(size_t n, const void *ctx, void **shared, const char **why)
{
    (void)ctx;
    *why = "n must be at most 1e15";
    if (n > most_items)
        return 1;
    *why = "out of memory for the base primes";
    tables *t = calloc(1, sizeof *t);
    if (!t)
        return 1;
    t->segment = segment_size(n);
    if (make_patterns(t) && list_primes(t, n)) {
        *shared = t;
        return 0;
    }
    release(t);
    return 1;
}

static size_t scratch_size(size_t n, const void *ctx)
{
    (void)ctx;
    return segment_size(n) + most_primes(n) * sizeof(crossing);
}

/* Whole pieces: some 64 blocks, but each of at least two pieces and at most eight segments. */
static size_t grain(size_t n, const void *ctx)
{
    (void)ctx;
    const size_t numbers = (size_t)30 * PIECE, most = 8 * segment_size(n) / PIECE;
    size_t pieces = n / 64 / numbers + 1;
    if (pieces < 2)
        pieces = 2;
    if (pieces > most)
        pieces = most;
    const size_t by_count = n / 65536 / numbers + 1;
    return numbers * (pieces > by_count ? pieces : by_count);
}

/* The base primes are placed anew for every run of items, at some ns each. */
static double work(size_t lo, size_t hi, const void *ctx, double *bytes)
{
    (void)ctx;
    const double root = sqrt((double)hi) + 2;
    if (bytes)
        *bytes = (double)(hi - lo) / 30;
    return 0.08 * (double)(hi - lo) + 5 * root / log(root);
}

static const plx_field results[] = {
    { .name = "value", .about = "primes below n", .type = PLX_U64, .offset = 0, .size = 8 },
    { .name = NULL }
};

const plx_kernel plx_prime_sieve_kernel = {
    .size = sizeof(plx_kernel),
    .name = "prime_sieve",
    .about = "counts the primes below n by a segmented sieve of Eratosthenes",
    .better = "combinatorial counting (Lagarias, Miller, Odlyzko), as in primecount",
    .acc_size = sizeof(uint64_t),
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
