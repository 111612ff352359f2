/* SPDX-License-Identifier: MIT */
/*
 * cli/generate.h: input made from a seed.
 *
 * Value i is a function of (seed, i) alone (see plx/philox.h), so any range can be made anywhere,
 * in any order, and every model sees the same input.
 */
#ifndef PLX_CLI_GENERATE_H
#define PLX_CLI_GENERATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plx/kernel.h"

/**
 * Write values [first, first + n) of a type: float64 and float32 uniform in [0, 1), integers
 * uniform over their whole range. A bytes value is one byte, a uint128 one is 16.
 *
 * Errors   false, nothing written: the type has no values to make (text)
 */
bool plx_generate_values(plx_type, uint64_t seed, size_t first, size_t n, void *values);

#endif
