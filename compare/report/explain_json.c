/* SPDX-License-Identifier: MIT */
/*
 * compare/report/explain_json.c: phases, factors and bounds as JSON.
 *
 * All of it follows from what the report holds of each launch, so that a reader may compute it
 * again; it is written out for scripts that will not.
 */
#include "compare/report/explain_json.h"

#include "compare/report/explain.h"
#include "compare/report/json.h"
#include "compare/report/schema.h"

static json_t *efficiencies(const plx_compare_row *row)
{
    const plx_compare_pop *pop = &row->pop;
    if (pop->balance <= 0)
        return json_null();
    return json_pack("{s:f, s:f, s:f, s:f, s:f}", "load_balance", pop->balance, "serialisation",
                     pop->serialisation, "transfer", pop->transfer, "computation_scaling",
                     pop->scaling, "parallel", row->efficiency);
}

void plx_explain_json_row(json_t *object, const plx_compare_row *row)
{
    const bool known = plx_explain_total(&row->spent) > 0;
    json_t *phases = known ? json_object() : json_null();
    for (size_t part = 0; part < PLX_SCHEMA_PARTS; part++) {
        json_t *into = part < PLX_SCHEMA_PHASES ? phases : object;
        if (json_is_object(into))
            json_object_set_new(into, plx_schema_parts[part],
                                known ? plx_json_real(plx_schema_part_of(&row->spent, part))
                                      : json_null());
    }
    json_object_set_new(object, "phases", phases);
    json_object_set_new(object, "efficiencies", efficiencies(row));
}

json_t *plx_explain_json_bounds(const plx_compare_result *result)
{
    const plx_compare_bound *bound = &result->bound;
    json_t *ceiling = json_null();
    if (bound->copies > 0 && bound->ceiling.median > 0)
        ceiling = json_pack("{s:i, s:o, s:o}", "copies", bound->copies, "ratio",
                            plx_json_real(bound->ceiling.median), "ci95",
                            plx_json_interval(&bound->ceiling));
    return json_pack("{s:i, s:o, s:o}", "ideal", result->about.workers, "ceiling", ceiling,
                     "bandwidth_Bps", plx_json_positive(bound->bytes_per_s));
}
