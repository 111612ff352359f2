/* SPDX-License-Identifier: MIT */
/* compare/factor.h: what is set beside the model: who knows it, its levels, how it is said. */
#ifndef COMPARE_FACTOR_H
#define COMPARE_FACTOR_H

#include <string.h>

#include "compare/compare.h"

/** All of them, with commas. */
const char *plx_factor_words(void);

/** The factor of that name; PLX_FACTORS: there is none. */
int plx_factor_find(const char *name);

/** What holds where nothing is told; "" for the grain, which is the kernel's. */
const char *plx_factor_default(int factor);

/** The levels that are allowed, in words; NULL: any, and the program will say. */
const char *plx_factor_levels(int factor);
bool plx_factor_allows(int factor, const char *level);

/** Is it run by mpirun? */
bool plx_factor_has_ranks(const char *model);

/** Do its ranks read and write their slices of files? The time of such a row holds that too. */
static inline bool plx_factor_reads_files(const plx_compare_row *row)
{
    return strcmp(row->level[PLX_FACTOR_WHERE], "file") == 0;
}

/** Does a row of that model have it? */
bool plx_factor_fits(int factor, const plx_compare_plan *, const char *model);

/** The plan's factor of that name, or NULL: not told. */
const plx_compare_factor *plx_factor_told(const plx_compare_plan *, const char *name);

/** The level of a row that was told nothing: what the environment asks for, else the default. */
const char *plx_factor_untold(int factor, const char *model);

/** At most so many changes of a launch's environment, the NULL at their end included. */
enum { PLX_FACTOR_CHANGES = 12 };

/**
 * The environment of a row's launch: never a binding but the factor's, which would put the first
 * thread of every model on one core.
 */
void plx_factor_environment(const plx_compare_plan *, const plx_compare_row *,
                            const char *changes[PLX_FACTOR_CHANGES]);

/** Variables that every launch goes without; those that it keeps and that matter. Ends: NULL. */
extern const char *const plx_factor_removed[], *const plx_factor_kept[];

#endif
