/* SPDX-License-Identifier: MIT */
/* compare/report/read.h: one parallax.compare/1 object into a result. */
#ifndef COMPARE_READ_H
#define COMPARE_READ_H

#include "compare/report/fields.h"

/** What is believed at most: workers, seconds, ratios and rates. */
enum { PLX_READ_WORKERS = 1 << 24 };
#define PLX_READ_SECONDS 1e12
#define PLX_READ_RATIO 1e300

/** Fill a zeroed result. False: see the place's fault; the result is to be freed either way. */
bool plx_read_result(const plx_place *, plx_compare_result *);

/** Fill a zeroed row; rounds: launches of each row. Other rows' labels are the caller's matter. */
bool plx_read_row(const plx_place *, int rounds, plx_compare_row *);

#endif
