/* SPDX-License-Identifier: MIT */
/*
 * compare/report/schema.h: the words of parallax.compare/1, for who writes them and who reads
 * them.
 */
#ifndef COMPARE_SCHEMA_H
#define COMPARE_SCHEMA_H

#include <stddef.h>

#include "compare/compare.h"

enum {
    PLX_SCHEMA_STATES = PLX_COMPARE_FAILED + 1,
    PLX_SCHEMA_OUTCOMES = PLX_COMPARE_SAME + 1,
    PLX_SCHEMA_ENDS = PLX_COMPARE_BUDGET + 1,
    PLX_SCHEMA_PHASES = 6,          /* they add up to a call; what follows them are parts of it */
    PLX_SCHEMA_PARTS = 9
};

extern const char *const plx_schema_states[PLX_SCHEMA_STATES];
extern const char *const plx_schema_outcomes[PLX_SCHEMA_OUTCOMES];
extern const char *const plx_schema_ends[PLX_SCHEMA_ENDS];
extern const char *const plx_schema_factors[PLX_FACTORS];

/** The doubles of plx_compare_phases, in order: their names, and the first six for people. */
extern const char *const plx_schema_parts[PLX_SCHEMA_PARTS];
extern const char *const plx_schema_phases[PLX_SCHEMA_PHASES];
double *plx_schema_part(plx_compare_phases *, size_t part);
double plx_schema_part_of(const plx_compare_phases *, size_t part);

#endif
