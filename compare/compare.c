/* SPDX-License-Identifier: MIT */
/* compare/compare.c: the whole of a comparison in one place: plan, launches, verdict. */
#include "compare/compare.h"

#include <stdlib.h>
#include <string.h>

#include "compare/host.h"
#include "compare/plan.h"
#include "compare/rounds.h"
#include "compare/verdict.h"

int plx_compare(const plx_compare_plan *plan, plx_compare_result *result, char why[320])
{
    memset(result, 0, sizeof *result);
    why[0] = '\0';
    int code = plx_plan_make(plan, result, why);
    if (code == 0)
        plx_host_look(&result->host); /* before the launches: they are the load afterwards */
    if (code == 0)
        code = plx_rounds_run(result, why);
    if (code == 0 && !plx_verdict_make(result)) {
        snprintf(why, 320, "out of memory");
        code = plx_status_exit(PLX_NO_MEMORY);
    }
    return code;
}

void plx_compare_free(plx_compare_result *result)
{
    for (size_t r = 0; r < result->rows_count; r++) {
        free(result->rows[r].work_s);
        free(result->rows[r].open_s);
        free(result->rows[r].launch_s);
        free(result->rows[r].phases);
    }
    free(result->about.better);
    free(result->about.params);
    free(result->rows);
    free(result->order);
    free(result->pairs);
    free(result->text);
    memset(result, 0, sizeof *result);
}

int plx_compare_exit(const plx_compare_result *result)
{
    int code = 0;
    for (size_t r = 0; r < result->rows_count; r++) {
        const plx_compare_row *row = &result->rows[r];
        if (row->state == PLX_COMPARE_DIFFERS)
            return plx_status_exit(PLX_MISMATCH);
        if (row->state == PLX_COMPARE_FAILED && code == 0)
            code = row->exit_code;
    }
    return code;
}
