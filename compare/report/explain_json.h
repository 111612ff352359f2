/* SPDX-License-Identifier: MIT */
/* compare/report/explain_json.h: phases, factors and bounds as JSON. */
#ifndef COMPARE_EXPLAIN_JSON_H
#define COMPARE_EXPLAIN_JSON_H

#include <jansson.h>

#include "compare/compare.h"

/** Set "phases", "busy_max_s", "transfer_s", "cpu_s", "efficiencies" of a row; null: not known. */
void plx_explain_json_row(json_t *object, const plx_compare_row *);

/** The object "bounds". */
json_t *plx_explain_json_bounds(const plx_compare_result *);

#endif
