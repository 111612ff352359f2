/* SPDX-License-Identifier: MIT */
/* compare/report/words.h: the verdict in sentences. */
#ifndef COMPARE_WORDS_H
#define COMPARE_WORDS_H

#include "compare/compare.h"

/** Write what the result's numbers say; reports wrap the lines. False: out of memory. */
bool plx_words_write(const plx_compare_result *, FILE *);

#endif
