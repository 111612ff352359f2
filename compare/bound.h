/* SPDX-License-Identifier: MIT */
/* compare/bound.h: what no model can pass on this machine: its cores together, and its memory. */
#ifndef COMPARE_BOUND_H
#define COMPARE_BOUND_H

#include "compare/compare.h"

/** How many serial programs to run at once: one a worker, as far as there are cores; 0: it would
    tell nothing, or not fit the memory. */
int plx_bound_copies(const plx_compare_result *);

/**
 * Run so many copies of a row at once: the mean of their times, negative if one of them failed.
 * *process_s: their processor time.
 */
double plx_bound_together(const plx_compare_result *, const plx_compare_row *, int copies,
                          double *process_s);

/** Bytes in a second that the kernel `square` moves with all workers; 0: not known. */
double plx_bound_memory(const plx_compare_result *);

#endif
