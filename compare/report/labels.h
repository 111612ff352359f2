/* SPDX-License-Identifier: MIT */
/*
 * compare/report/labels.h: "omp, mpi 0.71, 3 more": rows named in a sentence, few enough to be
 * read.
 */
#ifndef COMPARE_LABELS_H
#define COMPARE_LABELS_H

#include <stddef.h>
#include <stdio.h>

#include "compare/compare.h"

/** Zeroed but for out. */
typedef struct plx_labels {
    FILE *out;
    size_t count;
} plx_labels;

/** Name a row; number, if it is not negative, stands behind it with two decimals. */
void plx_labels_add(plx_labels *, const char *label, double number);

/** How many more there were than could be named. */
void plx_labels_end(const plx_labels *);

/** What a row that was not timed is, before its why; "" for one that was. */
const char *plx_labels_refused(plx_compare_state);

#endif
