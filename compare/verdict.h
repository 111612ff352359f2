/* SPDX-License-Identifier: MIT */
/* compare/verdict.h: from samples to what may be said. */
#ifndef COMPARE_VERDICT_H
#define COMPARE_VERDICT_H

#include "compare/compare.h"

/** Medians, intervals, speed-ups, outcomes of all pairs, words. False: out of memory. */
bool plx_verdict_make(plx_compare_result *);

/** The intervals and outcomes of all pairs as the samples now are. False: out of memory. */
bool plx_verdict_pairs(plx_compare_result *);

/** The largest plx_looks_width() of all pairs. */
double plx_verdict_widest(const plx_compare_result *);

/** What an interval of a / b says of a: it must lie beyond 1 and not wholly within 1 % of it. */
plx_compare_outcome plx_verdict_outcome(const plx_interval *ratio);

#endif
