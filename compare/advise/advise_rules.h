/* SPDX-License-Identifier: MIT */
/* compare/advise/advise_rules.h: from facts to predictions and a choice: arithmetic, no launch. */
#ifndef COMPARE_ADVISE_RULES_H
#define COMPARE_ADVISE_RULES_H

#include "compare/advise/advise.h"

/**
 * How long so many workers take over blocks of these costs, each taking the next hand-out of the
 * schedule as it gets free. each: blocks of cost_s that make one block of the run; hand_s: what one
 * hand-out costs. Negative: no memory.
 */
double plx_advise_span(const double *cost_s, size_t blocks, size_t each, const char *schedule,
                       int workers, double hand_s);

/** The same for a candidate's workers, in one process or in ranks. */
double plx_advise_replay(const plx_advise_facts *, const plx_advise_candidate *, size_t each);

/** Seconds of all blocks; 0: not known. */
double plx_advise_sum(const plx_advise_facts *);

/** More than half of the time is waiting. */
bool plx_advise_waits(const plx_advise_facts *);

/** Worker counts worth a thought, ascending, all above 1; how many. */
size_t plx_advise_workers(const plx_advise_facts *, int workers[16]);

/** All candidates with simulated_s and predicted_s, serial first. False: no memory. */
bool plx_advise_list(plx_advise_result *);

/** Seconds of probe_n items to seconds of n. */
double plx_advise_scale(const plx_advise_facts *, double seconds);

/**
 * Which candidates are to be run: serial, the best few that need no ranks, the best that does if it
 * may win. Their indices; how many.
 */
size_t plx_advise_shortlist(const plx_advise_result *, size_t index[16]);

/** Fill measured_s and predicted_s from the samples. */
void plx_advise_measure(plx_advise_result *);

/**
 * The candidate to name: the simplest of those that no more than noise tells from the best; serial
 * if nothing is 5 % faster, and one with ranks only if it is 5 % faster than all without.
 */
size_t plx_advise_choose(const plx_advise_result *);

#endif
