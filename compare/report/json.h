/* SPDX-License-Identifier: MIT */
/* compare/report/json.h: values as reports write them: what was not measured is null. */
#ifndef COMPARE_JSON_H
#define COMPARE_JSON_H

#include <jansson.h>

#include "compare/compare.h"

/** Null if it is not finite. */
json_t *plx_json_real(double);

/** Null also if it is not above 0. */
json_t *plx_json_positive(double);

/** Null if empty; what is no UTF-8 becomes '?', so that a strange file name costs no report. */
json_t *plx_json_text(const char *);

/** [low, high], or null if the interval is not known. */
json_t *plx_json_interval(const plx_interval *);

/** The object on one line, to be freed; the object is given up. NULL without memory. */
char *plx_json_line(json_t *object);

#endif
