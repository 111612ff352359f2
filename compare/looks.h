/* SPDX-License-Identifier: MIT */
/* compare/looks.h: after which rounds the samples are looked at, and whether that ends it. */
#ifndef COMPARE_LOOKS_H
#define COMPARE_LOOKS_H

#include "compare/compare.h"

enum { PLX_LOOKS_MOST = 24, PLX_LOOKS_ROUNDS = 1000 };

/** Round counts, rising; the comparison ends at one of them. */
typedef struct plx_looks {
    size_t count;
    int at[PLX_LOOKS_MOST];
} plx_looks;

/** The rounds that fit into the budget, PLX_LOOKS_ROUNDS at most. */
int plx_looks_fit(double budget_s, double round_s);

/**
 * The looks of a comparison of so many timed rows with room for so many rounds. If not even the
 * first look fits, there is one look at the last round, which tells nothing apart.
 */
void plx_looks_plan(plx_looks *, size_t rows, int rounds);

/** A single look, for a number of rounds that was told. */
void plx_looks_fixed(plx_looks *, int rounds);

/** Half the width of a ratio's interval over what is wanted of it; INFINITY if not known. */
double plx_looks_width(const plx_interval *ratio);

/** After look i: the round to end with, at[i] for now. widest: the largest width of all pairs. */
int plx_looks_until(const plx_looks *, size_t i, double widest);

#endif
