/* SPDX-License-Identifier: MIT */
/* compare/rounds.h: the launches: once each for the answers, then rounds for the times. */
#ifndef COMPARE_ROUNDS_H
#define COMPARE_ROUNDS_H

#include "compare/compare.h"

/**
 * Launch serial, then every other row once; then, round by round and in random order, every row
 * whose answer equals serial's, keeping its samples. A row whose answer differs, then or later, is
 * not timed.
 *
 * Errors   0; without serial there is no base: the exit code its launch ended with (78: it
 *          contradicts itself), with a line in why; 128 + n on signal n
 */
int plx_rounds_run(plx_compare_result *, char why[320]);

#endif
