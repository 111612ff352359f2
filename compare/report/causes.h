/* SPDX-License-Identifier: MIT */
/* compare/report/causes.h: why rows are not as fast as they could be, in sentences. */
#ifndef COMPARE_CAUSES_H
#define COMPARE_CAUSES_H

#include "compare/compare.h"

/**
 * A sentence for each of POP's factors that is low in some row: what it means, what to try; each
 * ends a line. A cause is named only if the result's numbers show it.
 */
void plx_causes_write(const plx_compare_result *, FILE *);

#endif
