/* SPDX-License-Identifier: MIT */
/* compare/why.h: the line that tells why there is no report, with the exit code for it. */
#ifndef COMPARE_WHY_H
#define COMPARE_WHY_H

/** Write the line. 64: it cannot be done as it was asked for. */
__attribute__((format(printf, 2, 3)))
int plx_why_refuse(char why[320], const char *format, ...);

/** "out of memory": 71. */
int plx_why_no_memory(char why[320]);

/** 128 + n if a signal came to us (why is empty then), else 0. */
int plx_why_stopped(char why[320]);

#endif
