/* SPDX-License-Identifier: MIT */
/*
 * sieve_lay.c: the multiples of the primes from 7 to 197, wiped out by patterns.
 *
 * What two or three primes cross out repeats after their product of bytes, so it is made once and
 * then only ANDed: a small prime is paired with a large one, to keep the products near 10,000. A
 * store of 64 bytes does then what each of these primes would need up to 73 stores for.
 *
 * Invariant   a pattern is stored with a run more than its period, so that a run can be read from
 *             any place in the period
 * Source      Pritchard, Explaining the wheel sieve, Acta Informatica 17, 1982 (patterns of the
 *             first primes)
 */
#include <stdlib.h>
#include <string.h>

#include "kernels/sieve.h"
#include "kernels/wide.h"

static const uint8_t primes[PLX_SIEVE_PATTERNS][3] = {
    { 7, 11, 13 }, { 17, 19, 23 }, { 29, 197 }, { 31, 193 }, { 37, 191 }, { 41, 181 }, { 43, 179 },
    { 47, 173 }, { 53, 167 }, { 59, 163 }, { 61, 157 }, { 67, 151 }, { 71, 149 }, { 73, 139 },
    { 79, 137 }, { 83, 131 }, { 89, 127 }, { 97, 113 }, { 101, 109 }, { 103, 107 }
};

static size_t period(int k)
{
    return (size_t)primes[k][0] * primes[k][1] * (primes[k][2] ? primes[k][2] : 1);
}

static void make_pattern(uint8_t *pattern, int k)
{
    const size_t size = period(k) + PLX_SIEVE_RUN;
    memset(pattern, 0xff, size);
    for (int j = 0; j < 3 && primes[k][j]; j++)
        for (size_t m = primes[k][j]; m < 30 * size; m += 2u * primes[k][j]) {
            const uint8_t bit = plx_sieve_below[m % 30];
            if (bit < 8 && plx_sieve_wheel[bit] == m % 30)
                pattern[m / 30] &= (uint8_t)~(1u << bit);
        }
}

uint8_t *plx_sieve_patterns(void)
{
    size_t total = 0;
    for (int k = 0; k < PLX_SIEVE_PATTERNS; k++)
        total += period(k) + PLX_SIEVE_RUN;
    uint8_t *patterns = malloc(total), *next = patterns;
    for (int k = 0; next && k < PLX_SIEVE_PATTERNS; next += period(k++) + PLX_SIEVE_RUN)
        make_pattern(next, k);
    return patterns;
}

void plx_sieve_mend(uint8_t *bytes, uint64_t first, size_t size)
{
    for (int k = 0; k < PLX_SIEVE_PATTERNS; k++)
        for (int j = 0; j < 3 && primes[k][j]; j++) {
            const uint64_t p = primes[k][j], at = p / 30 - first;
            if (p / 30 >= first && at < size)
                bytes[at] |= (uint8_t)(1u << plx_sieve_below[p % 30]);
        }
    if (first == 0)
        bytes[0] &= 0xfe;
}

void plx_sieve_lay(const plx_sieve_work *w, size_t from, size_t to)
{
    const plx_sieve_path *path = &plx_prime_sieve_paths[plx_wide_level()];
    const uint8_t *start[PLX_SIEVE_PATTERNS], *pattern[PLX_SIEVE_PATTERNS];
    size_t offset[PLX_SIEVE_PATTERNS];
    const uint8_t *next = w->sieve->patterns;
    for (int k = 0; k < PLX_SIEVE_PATTERNS; next += period(k++) + PLX_SIEVE_RUN) {
        start[k] = next;
        offset[k] = (w->base + from) % period(k);
    }
    for (size_t j = from; j < to; j += PLX_SIEVE_RUN) {
        for (int k = 0; k < PLX_SIEVE_PATTERNS; k++) {
            pattern[k] = start[k] + offset[k];
            offset[k] += PLX_SIEVE_RUN;
            while (offset[k] >= period(k))
                offset[k] -= period(k);
        }
        path->lay(w->window + j, pattern);
    }
}
