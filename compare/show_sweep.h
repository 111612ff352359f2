/* SPDX-License-Identifier: MIT */
/* compare/show_sweep.h: a sweep that was read back, as it was printed. */
#ifndef COMPARE_SHOW_SWEEP_H
#define COMPARE_SHOW_SWEEP_H

#include "compare/show.h"

/** The host of the largest point, and the sweep's text, judged anew from its points. */
void plx_show_sweep_text(const plx_show *, FILE *);

#endif
