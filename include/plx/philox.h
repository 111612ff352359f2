/* SPDX-License-Identifier: MIT */
/*
 * plx/philox.h: Philox4x32-10, random numbers by counter, for kernels.
 *
 * There is no state: 128 bits are a function of a counter (128 bits) and a key (64 bits), so item i
 * draws the same numbers whoever runs it, wherever it is cut, in whatever order. Let the key be the
 * user's seed and the counter what tells one draw from another: the item and, within it, the draw.
 *
 * Guaranteed, for ever: the bits (they are those of the paper's own code). For one key the blocks
 * of different counters are different, since a key permutes the counters; keys make independent
 * streams as far as is known (the generator passes TestU01's BigCrush). It is no cipher.
 *
 * Source   Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3. SC'11
 */
#ifndef PLX_PHILOX_H
#define PLX_PHILOX_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Without casts, since C and C++ each warn of the other's; 64-bit words, since compilers make better
   vectors of them. */
static inline uint32_t plx_philox_low(uint64_t bits)
{
    return bits & 0xFFFFFFFFu;
}

static inline uint32_t plx_philox_high(uint64_t bits)
{
    return plx_philox_low(bits >> 32);
}

/** out = the 128 bits of that counter under that key; out may be the counter. 10 rounds. */
static inline void plx_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    const uint64_t low = 0xFFFFFFFFu, m0 = 0xD2511F53u, m1 = 0xCD9E8D57u;
    uint64_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        const uint64_t p0 = m0 * c0, p1 = m1 * c2;
        c0 = (p1 >> 32) ^ c1 ^ k0;
        c1 = p1 & low;
        c2 = (p0 >> 32) ^ c3 ^ k1;
        c3 = p0 & low;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = plx_philox_low(c0);
    out[1] = plx_philox_low(c1);
    out[2] = plx_philox_low(c2);
    out[3] = plx_philox_low(c3);
}

/** An item's draw of that number: counter item, draw, key seed, the low words first. */
static inline void plx_philox_draw(uint64_t seed, uint64_t item, uint64_t draw, uint32_t out[4])
{
    const uint32_t key[2] = { plx_philox_low(seed), plx_philox_high(seed) };
    const uint32_t counter[4] = { plx_philox_low(item), plx_philox_high(item),
                                  plx_philox_low(draw), plx_philox_high(draw) };
    plx_philox(counter, key, out);
}

/** Two words to a number in [0, 1): their upper 53 bits, a multiple of 2^-53, all equally likely. */
static inline double plx_philox_unit(uint32_t low, uint32_t high)
{
    return high / 4294967296.0 + (low >> 11) / 9007199254740992.0;
}

#ifdef __cplusplus
}
#endif
#endif
