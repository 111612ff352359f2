/* SPDX-License-Identifier: MIT */
/*
 * sieve_wide.c: what of the sieve is done in wide vectors: laying patterns and counting bits.
 *
 * One body of each, compiled for each level of kernels/wide.h. The baseline x86-64 has no
 * instruction that counts bits, so the portable way adds them side by side in words; CPUs with AVX2
 * count those of a word at once, some with AVX-512 those of eight words.
 *
 * Source   Warren, Hacker's Delight, 2nd edition, 2013, section 5-1 (counting)
 */
#include <string.h>

#include "kernels/sieve.h"
#include "kernels/wide.h"

typedef uint64_t vector __attribute__((vector_size(64)));

/* Five patterns at a time: their addresses stay in registers, and the run in the first cache. */
PLX_WIDE_BODY void lay_five(uint8_t *to, const uint8_t *const from[5], bool first)
{
    const uint8_t *a = from[0], *b = from[1], *c = from[2], *d = from[3], *e = from[4];
    for (size_t j = 0; j < PLX_SIEVE_RUN; j += sizeof(vector)) {
        vector x[5], all;
        memcpy(&x[0], a + j, sizeof all);
        memcpy(&x[1], b + j, sizeof all);
        memcpy(&x[2], c + j, sizeof all);
        memcpy(&x[3], d + j, sizeof all);
        memcpy(&x[4], e + j, sizeof all);
        x[0] &= x[1] & x[2] & x[3] & x[4];
        if (!first) {
            memcpy(&all, to + j, sizeof all);
            x[0] &= all;
        }
        memcpy(to + j, &x[0], sizeof all);
    }
}

PLX_WIDE_BODY void lay(uint8_t *to, const uint8_t *const from[PLX_SIEVE_PATTERNS])
{
    lay_five(to, from, true);
    for (size_t k = 5; k < PLX_SIEVE_PATTERNS; k += 5)
        lay_five(to, from + k, false);
}

PLX_WIDE_BODY uint64_t count_words(const uint8_t *bytes, size_t size)
{
    uint64_t total = 0;
    for (size_t j = 0; j < size; j += 8) {
        uint64_t word;
        memcpy(&word, bytes + j, sizeof word);
        total += (uint64_t)__builtin_popcountll(word);
    }
    return total;
}

static void lay_base(uint8_t *to, const uint8_t *const from[PLX_SIEVE_PATTERNS])
{
    lay(to, from);
}

/* Each byte of a word counts its own bits; 8 words can be added before a half word spills. */
static uint64_t count_base(const uint8_t *bytes, size_t size)
{
    const uint64_t ones = 0x5555555555555555, twos = 0x3333333333333333;
    const uint64_t nibbles = 0x0f0f0f0f0f0f0f0f, halves = 0x00ff00ff00ff00ff;
    uint64_t total = 0;
    for (size_t j = 0; j < size; j += 64) {
        uint64_t counts = 0;
        for (size_t w = 0; w < 8; w++) {
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

#if PLX_WIDE_X86

PLX_WIDE_AVX2_CODE
static void lay_avx2(uint8_t *to, const uint8_t *const from[PLX_SIEVE_PATTERNS])
{
    lay(to, from);
}

__attribute__((target("avx2,popcnt")))
static uint64_t count_avx2(const uint8_t *bytes, size_t size)
{
    return count_words(bytes, size);
}

PLX_WIDE_AVX512_CODE
static void lay_avx512(uint8_t *to, const uint8_t *const from[PLX_SIEVE_PATTERNS])
{
    lay(to, from);
}

__attribute__((target("avx512f,avx512vpopcntdq")))
static uint64_t count_eight_words(const uint8_t *bytes, size_t size)
{
    return count_words(bytes, size);
}

static uint64_t count_avx512(const uint8_t *bytes, size_t size)
{
    return __builtin_cpu_supports("avx512vpopcntdq") ? count_eight_words(bytes, size)
                                                     : count_avx2(bytes, size);
}

const plx_sieve_path plx_prime_sieve_paths[PLX_WIDE_LEVELS] = {
    { lay_base, count_base }, { lay_avx2, count_avx2 }, { lay_avx512, count_avx512 }
};

#else

const plx_sieve_path plx_prime_sieve_paths[PLX_WIDE_LEVELS] = { { lay_base, count_base } };

#endif
