/* SPDX-License-Identifier: MIT */
/* compare/report/limits.h: bounds beside results, in sentences: ideal, ceiling, memory, serial. */
#ifndef COMPARE_LIMITS_H
#define COMPARE_LIMITS_H

#include "compare/compare.h"

/** From this part of the memory's rate on, a row is called bound by memory. */
#define PLX_LIMITS_BOUND 0.8

/** The bytes a second that a row moved, over those that memory gives; 0: not known. */
double plx_limits_memory(const plx_compare_result *, const plx_compare_row *);

/** Did other processes use so much of the machine that it must be said? */
bool plx_limits_loaded(const plx_compare_load *);

/**
 * The ideal and the ceiling of this machine, which rows passed it, how near memory's rate they
 * came, which rows beat serial, and what other processes took. Each sentence ends a line.
 */
void plx_limits_write(const plx_compare_result *, FILE *);

#endif
