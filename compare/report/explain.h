/* SPDX-License-Identifier: MIT */
/* compare/report/explain.h: where a row's time went, and POP's factors of its efficiency. */
#ifndef COMPARE_EXPLAIN_H
#define COMPARE_EXPLAIN_H

#include "compare/compare.h"

/** The six parts together: the time of the call; 0 if none was measured. */
double plx_explain_total(const plx_compare_phases *);

/**
 * POP's factors of a call that was split into these phases. Their product is serial_s / workers /
 * plx_explain_total(), whatever the phases are.
 *
 * Errors   all factors are 0 if one of them has no meaning: nothing was computed or measured
 */
plx_compare_pop plx_explain_pop(const plx_compare_phases *, double serial_s, int workers);

/**
 * Fill spent and pop of every timed row from its samples and medians. Rows without phases, and
 * those that are not timed, get zeros: not known.
 */
void plx_explain_rows(plx_compare_result *);

#endif
