/* SPDX-License-Identifier: MIT */
/* compare/report/report_phases.h: the second table: where the time went. */
#ifndef COMPARE_REPORT_PHASES_H
#define COMPARE_REPORT_PHASES_H

#include "compare/compare.h"

/** The timed rows' phases and POP's factors; nothing if no row has any. */
void plx_report_phases_write(const plx_compare_result *, FILE *);

#endif
