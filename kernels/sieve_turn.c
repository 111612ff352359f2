/* SPDX-License-Identifier: MIT */
/*
 * sieve_turn.c: small and medium primes cross out their multiples in whole turns of the wheel.
 *
 * A turn of p = 30 i + r is its eight multiples by 30 j + 1, 7, 11, ... 29. They lie in bytes
 * [p j, p j + p), the first in byte p j + i; for each r their bits and the fixed parts of their
 * distances are constants of the code, so that a multiple costs one instruction. A turn is never
 * cut: one that begins below `end` is crossed out to its last multiple, which lies less than p
 * bytes on, where patterns have already been laid; so it costs one compare, one prime has one
 * number to remember, and what the processor must guess is only how many turns there are.
 *
 * Small primes do so piece by piece, so that what they touch is in the first cache; medium ones on
 * a whole segment, in the second.
 *
 * Invariant   at[k] is where the first turn begins that has not been crossed out
 * Source      Bays and Hudson, The segmented sieve of Eratosthenes, BIT 17, 1977
 */
#include "kernels/sieve.h"

/* Of p = 30 i + r: its multiple by a number x of the wheel, seen from the turn's first on. */
#define CROSS(x)                                                                                \
    first[i * ((x) - 1) + r * (x) / 30] &= (uint8_t)~(1u << bit_of(r * (x) % 30))

/* The bit of a number of the wheel, as a constant expression. */
static inline unsigned bit_of(unsigned x)
{
    return x == 1 ? 0 : x == 7 ? 1 : x == 11 ? 2 : x == 13 ? 3 : x == 17 ? 4 : x == 19 ? 5
         : x == 23 ? 6 : 7;
}

__attribute__((always_inline))
static inline void cross_primes(uint32_t *restrict at, const uint32_t *restrict turns, size_t from,
                                size_t to, uint8_t *window, size_t end, size_t move, unsigned r)
{
    for (size_t k = from; k < to; k++) {
        const size_t i = turns[k];
        uint8_t *first = window + at[k], *const last = window + end;
        for (; first < last; first += 30 * i + r) {
            CROSS(1);
            CROSS(7);
            CROSS(11);
            CROSS(13);
            CROSS(17);
            CROSS(19);
            CROSS(23);
            CROSS(29);
        }
        at[k] = (uint32_t)((size_t)(first - window) - move);
    }
}

static void cross_class(const plx_sieve_work *w, int c, size_t from, size_t to, size_t end,
                        size_t move)
{
    uint32_t *at = w->at;
    const uint32_t *turns = w->sieve->turns;
    uint8_t *window = w->window;
    switch (c) {
    case 0: cross_primes(at, turns, from, to, window, end, move, 1); break;
    case 1: cross_primes(at, turns, from, to, window, end, move, 7); break;
    case 2: cross_primes(at, turns, from, to, window, end, move, 11); break;
    case 3: cross_primes(at, turns, from, to, window, end, move, 13); break;
    case 4: cross_primes(at, turns, from, to, window, end, move, 17); break;
    case 5: cross_primes(at, turns, from, to, window, end, move, 19); break;
    case 6: cross_primes(at, turns, from, to, window, end, move, 23); break;
    default: cross_primes(at, turns, from, to, window, end, move, 29);
    }
}

static size_t lesser(size_t a, size_t b)
{
    return a < b ? a : b;
}

void plx_sieve_cross_small(plx_sieve_work *w, size_t end, size_t move)
{
    const plx_sieve *s = w->sieve;
    for (int c = 0; c < 8; c++)
        cross_class(w, c, s->begin[c], lesser(s->small[c], w->opened[c]), end, move);
}

void plx_sieve_cross_medium(plx_sieve_work *w, size_t end, size_t move)
{
    const plx_sieve *s = w->sieve;
    for (int c = 0; c < 8; c++)
        cross_class(w, c, s->small[c], w->opened[c], end, move);
}

/* The turn in whose bytes the strip begins, or the later one that has the square: below it a
   smaller prime has crossed out what there is. */
void plx_sieve_open_turns(plx_sieve_work *w)
{
    const plx_sieve *s = w->sieve;
    for (int c = 0; c < 8; c++) {
        size_t k = s->begin[c];
        for (; k < s->end[c]; k++) {
            const uint64_t i = s->turns[k], p = 30 * i + plx_sieve_wheel[c];
            const uint64_t j = w->first / p;
            if (p * i + i >= w->end)
                break;
            w->at[k] = (uint32_t)(p * (j > i ? j : i) + i - w->base);
        }
        w->opened[c] = k;
    }
}
