/* SPDX-License-Identifier: MIT */
/* compare/sweep/sweep_judge.h: inside a sweep: its numbers, and its sentences. */
#ifndef COMPARE_SWEEP_JUDGE_H
#define COMPARE_SWEEP_JUDGE_H

#include "compare/sweep/sweep.h"

enum { PLX_SWEEP_WORD = 40 };

/** A point's number as people write it: "8", "3e4". */
const char *plx_sweep_number(size_t x, char word[PLX_SWEEP_WORD]);

/** "1 worker", "8 workers", "n = 3e4". */
const char *plx_sweep_place(plx_sweep_axis, size_t x, char word[PLX_SWEEP_WORD]);

/** A point whose number a trend or a law may use: no more workers than cores if it computes. */
bool plx_sweep_counts(const plx_sweep_result *, const plx_sweep_curve *, size_t point);

/** The sentences on all curves. False: out of memory. */
bool plx_sweep_words_write(const plx_sweep_result *, FILE *);

#endif
