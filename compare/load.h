/* SPDX-License-Identifier: MIT */
/* compare/load.h: how much of the machine other processes had meanwhile. */
#ifndef COMPARE_LOAD_H
#define COMPARE_LOAD_H

#include "compare/compare.h"

/**
 * Processor seconds of all processes since the machine started, from the text of /proc/stat (steal
 * included: it is others who had them); negative if it does not say.
 */
double plx_load_busy(const char *stat, double ticks_per_s);

/** The machine's and our own processor seconds at a moment. */
typedef struct plx_load_moment { double busy_s, own_s, at_s; } plx_load_moment;

plx_load_moment plx_load_now(void);

/** What launches saw of others: the sums of all so far. */
typedef struct plx_load_sum {
    double others_s, took_s;
    bool unknown;                   /* one of them could not tell */
} plx_load_sum;

/**
 * Count one launch: since then, with children_s processor seconds of its own. A launch that saw the
 * most so far is named in load->where; two ticks of the clock are never somebody else's work.
 */
void plx_load_count(plx_load_sum *, plx_compare_load *load, const plx_load_moment *since,
                    const plx_load_moment *until, double children_s, const char *where);

/** A moment of rest: what others use of the machine while we use nothing. In load->before. */
void plx_load_rest(plx_compare_load *load);

/** Fill in load->during; negative values where nothing is known. */
void plx_load_finish(const plx_load_sum *, plx_compare_load *load);

#endif
