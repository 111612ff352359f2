/* SPDX-License-Identifier: MIT */
/* compare/rows.h: from models and factors to the rows of the table. */
#ifndef COMPARE_ROWS_H
#define COMPARE_ROWS_H

#include "compare/compare.h"

/**
 * A row for each model at each combination of the levels that it knows, serial first unless the
 * user named it elsewhere; the base is the first row of serial.
 *
 * Errors   0; 64 with one line in why: a factor or level that cannot be, too many rows; 71
 */
int plx_rows_make(plx_compare_result *, char why[320]);

#endif
