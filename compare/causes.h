/* SPDX-License-Identifier: MIT */
/* compare/causes.h: why rows are not as fast as they could be, in sentences. */
#ifndef COMPARE_CAUSES_H
#define COMPARE_CAUSES_H

#include "compare/compare.h"

/** A factor below GOOD is worth a sentence; below LOW, POP's own limit, it is called low. */
#define PLX_CAUSES_GOOD 0.9
#define PLX_CAUSES_LOW 0.8

/** Of a row's time in other_s, above which it is said, for work that takes this long. */
#define PLX_CAUSES_OTHER 0.02
#define PLX_CAUSES_OTHER_S 0.1

/**
 * A sentence for each of POP's factors that is low in some row: what it means, what to try; each
 * ends a line. A cause is named only if the result's numbers show it.
 */
void plx_causes_write(const plx_compare_result *, FILE *);

#endif
