/* SPDX-License-Identifier: MIT */
/* kernels/monte_carlo_pi.h: the kernel's insides, so that tests can call each of its paths. */
#ifndef PLX_MONTE_CARLO_PI_H
#define PLX_MONTE_CARLO_PI_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/wide.h"

/**
 * 1 if the point x + 1/2, y + 1/2 is outside of the circle of radius 2^32, else 0: its distance
 * squared is x(x+1) + y(y+1) + 1/2, and both halves of that fit 64 bits together.
 */
static inline uint64_t plx_monte_carlo_pi_misses(uint64_t x, uint64_t y)
{
    return (((x * x + x) >> 1) + ((y * y + y) >> 1)) >> 63;
}

/** How many of the 2 * blocks points of Philox blocks [from, from + blocks) miss the circle. */
typedef uint64_t plx_monte_carlo_pi_path(uint64_t seed, uint64_t from, size_t blocks);

/** By level; NULL where this build has none. */
extern plx_monte_carlo_pi_path *const plx_monte_carlo_pi_paths[PLX_WIDE_LEVELS];

#endif
