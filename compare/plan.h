/* SPDX-License-Identifier: MIT */
/* compare/plan.h: from what the user asks to one command line for each model. */
#ifndef COMPARE_PLAN_H
#define COMPARE_PLAN_H

#include "compare/compare.h"

/**
 * Fill in every default, check what can be checked without a launch, and make the rows: serial
 * first unless the user named it elsewhere.
 *
 * Errors   0; 64 with one line in why; 71: out of memory
 */
int plx_plan_make(const plx_compare_plan *, plx_compare_result *, char why[320]);

/** Room for so many samples of a row; what it holds stays. False: out of memory. */
bool plx_plan_room(plx_compare_row *, size_t samples);

/** Ranks of a hybrid: the largest number that divides workers and is at most nodes; at least 1. */
int plx_plan_ranks(int workers, int nodes);

/** NUMA nodes of this machine, at least 1. */
int plx_plan_nodes(void);

/** The command of a row as an argv, to be freed in one piece; NULL without memory. */
char **plx_plan_command(const plx_compare_plan *, const plx_compare_row *, long long started_ns);

/** The same for one call whose result's bytes go into a file. */
char **plx_plan_bytes_command(const plx_compare_plan *, const plx_compare_row *, const char *file);

/** Only the items that a run without a file makes, into a .npy file. */
char **plx_plan_made_command(const plx_compare_plan *, const char *file);

/** `program check` of the plan's kernel. */
char **plx_plan_check_command(const plx_compare_plan *);

#endif
