/* SPDX-License-Identifier: MIT */
/* compare/report/schema.c: each word of the schema, once. */
#include "compare/report/schema.h"

const char *const plx_schema_states[] = {[PLX_COMPARE_TIMED] = "timed",
                                         [PLX_COMPARE_DIFFERS] = "differs",
                                         [PLX_COMPARE_MISSING] = "not available",
                                         [PLX_COMPARE_FAILED] = "failed"};
const char *const plx_schema_outcomes[] = {[PLX_COMPARE_FASTER] = "faster",
                                           [PLX_COMPARE_SLOWER] = "slower",
                                           [PLX_COMPARE_SAME] = "no difference"};
const char *const plx_schema_ends[] = {[PLX_COMPARE_ROUNDS] = "rounds",
                                       [PLX_COMPARE_NARROW] = "narrow",
                                       [PLX_COMPARE_BUDGET] = "budget"};

#define FACTOR(name, word) [PLX_FACTOR_##name] = word,
const char *const plx_schema_factors[] = {PLX_FACTORS_LIST(FACTOR)};

#define PARTS_LIST(X)                                                                              \
    X(prepare_s)                                                                                   \
    X(hand_out_s) X(compute_s) X(imbalance_s) X(collect_s) X(other_s) X(busy_max_s) X(transfer_s)  \
        X(cpu_s)
#define PART_NAME(member)  #member,
#define PART_PLACE(member) offsetof(plx_compare_phases, member),
const char *const plx_schema_parts[] = {PARTS_LIST(PART_NAME)};
static const size_t places[] = {PARTS_LIST(PART_PLACE)};

const char *const plx_schema_phases[] = {"prepare",   "hand-out", "compute",
                                         "imbalance", "collect",  "other"};

double *plx_schema_part(plx_compare_phases *phases, size_t part)
{
    return (double *)(void *)((char *)phases + places[part]);
}

double plx_schema_part_of(const plx_compare_phases *phases, size_t part)
{
    return *(const double *)(const void *)((const char *)phases + places[part]);
}
