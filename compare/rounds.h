/* SPDX-License-Identifier: MIT */
/* compare/rounds.h: the launches: once each for the answers, then rounds for the times. */
#ifndef COMPARE_ROUNDS_H
#define COMPARE_ROUNDS_H

#include "compare/compare.h"

/**
 * Launch serial, then every other row once; then, round by round, every row whose answer is right,
 * keeping its samples, until the rounds or the budget end or the intervals are narrow enough. A row
 * whose answer differs, then or later, is not timed.
 *
 * Order    random Latin squares, see order.h; the copies that measure the ceiling are one of the
 *          places
 * Errors   0; without serial there is no base: the exit code its launch ended with (78: it
 *          contradicts itself), with a line in why; 64: the budget is too small for two rounds;
 *          128 + n on signal n
 */
int plx_rounds_run(plx_compare_result *, char why[320]);

#endif
