/* SPDX-License-Identifier: MIT */
/* compare/probe.h: what is found out by launches of their own before any answer is compared. */
#ifndef COMPARE_PROBE_H
#define COMPARE_PROBE_H

#include "compare/compare.h"

/**
 * Does a user's kernel keep the laws? `program check` tells, in a process that may crash.
 *
 * Errors   0, or the exit code of the comparison with one line in why (empty for a signal to us)
 */
int plx_probe_laws(const plx_compare_plan *, char why[320]);

/**
 * Fill in n where it was not told: so many items that a serial call takes about a tenth of a
 * second, in round figures.
 *
 * Errors   as plx_probe_laws
 */
int plx_probe_items(plx_compare_result *, char why[320]);

#endif
