/* SPDX-License-Identifier: MIT */
/* compare/result.c: a result, fresh or read back: its exit code, and its memory given back. */
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"

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
