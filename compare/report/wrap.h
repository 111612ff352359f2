/* SPDX-License-Identifier: MIT */
/* compare/report/wrap.h: sentences in lines that fit a terminal. */
#ifndef COMPARE_WRAP_H
#define COMPARE_WRAP_H

#include <stdio.h>

/**
 * Print lines below 100 columns of plain ASCII: broken at blanks, within a word only if it is
 * longer than a line; what follows is indented. Any other character becomes '?'.
 */
void plx_wrap_write(const char *text, FILE *out);

#endif
