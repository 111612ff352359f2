/* SPDX-License-Identifier: MIT */
/* compare/compare.c: the whole of a comparison in one place: plan, launches, verdict. */
#include "compare/compare.h"

#include <stdlib.h>
#include <string.h>

#include "compare/report/explain.h"
#include "compare/host.h"
#include "compare/plan.h"
#include "compare/rounds.h"
#include "compare/verdict.h"
#include "compare/why.h"

int plx_compare(const plx_compare_plan *plan, plx_compare_result *result, char why[320])
{
    memset(result, 0, sizeof *result);
    why[0] = '\0';
    int code = plx_plan_make(plan, result, why);
    if (code == 0)
        plx_host_look(&result->host); /* before the launches: they are the load afterwards */
    if (code == 0)
        code = plx_rounds_run(result, why);
    if (code == 0 && !plx_verdict_make(result))
        code = plx_why_no_memory(why);
    if (code == 0)
        plx_explain_rows(result);
    return code;
}
