/* SPDX-License-Identifier: MIT */
/* compare/find.h: a row by its label, and two rows beside each other. */
#ifndef COMPARE_FIND_H
#define COMPARE_FIND_H

#include "compare/compare.h"

/** The row of that label, or NULL. */
const plx_compare_row *plx_find_row(const plx_compare_result *, const char *label);

/**
 * The pair of two rows as the pair (a, b), whichever way round the verdict holds it. False: there
 * is none; what is filled in then says that nothing is known and no difference was found.
 */
bool plx_find_pair(const plx_compare_result *, size_t a, size_t b, plx_compare_pair *);

/** True if a was told faster than b. */
bool plx_find_faster(const plx_compare_result *, size_t a, size_t b);

/** How many rows were timed. */
size_t plx_find_timed(const plx_compare_result *);

#endif
