/* SPDX-License-Identifier: MIT */
/*
 * compare/judge.c: equal answers first.
 *
 * The oracle is serial. Blocks decide how a floating-point sum is rounded, so a row is held to the
 * serial row of its own grain; and where blocks cannot matter (maps, exact folds) these are held to
 * the first of them.
 */
#include "compare/judge.h"

#include <stdlib.h>
#include <string.h>

#include "compare/differ.h"

static bool is_serial(const plx_compare_row *row)
{
    return strcmp(row->model, "serial") == 0;
}

bool plx_judge_begin(plx_judge *judge, const plx_compare_result *result)
{
    judge->rows = result->rows_count;
    judge->by = calloc(judge->rows, sizeof *judge->by);
    judge->answers = calloc(judge->rows, sizeof *judge->answers);
    if (!judge->by || !judge->answers)
        return false;
    for (size_t r = 0; r < judge->rows; r++) {
        judge->by[r] = result->base;
        for (size_t s = judge->rows; s-- > 0;)
            if (is_serial(&result->rows[s]) &&
                strcmp(result->rows[s].level[PLX_FACTOR_GRAIN],
                       result->rows[r].level[PLX_FACTOR_GRAIN]) == 0)
                judge->by[r] = s;
    }
    return true;
}

void plx_judge_free(plx_judge *judge)
{
    for (size_t r = 0; judge->answers && r < judge->rows; r++)
        plx_answer_free(&judge->answers[r]);
    free(judge->answers);
    free(judge->by);
}

void plx_judge_keep(plx_judge *judge, size_t row, plx_answer *answer)
{
    plx_answer_free(&judge->answers[row]);
    judge->answers[row] = *answer;
    answer->result = NULL;
}

/* A row leaves the comparison and keeps no times. Reports are plain ASCII, so its why is. */
static void drop(plx_compare_row *row, plx_compare_state state, const char *when, const char *why)
{
    row->state = state;
    row->samples = 0;
    snprintf(row->why, sizeof row->why, "%s%s", when, why);
    for (char *c = row->why; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}

/* Do the blocks of a job leave no trace in its answer? */
static bool is_exact(const plx_compare_plan *plan)
{
    bool items = strcmp(plan->pattern, plx_pattern_name(PLX_MAP)) == 0 ||
                 strcmp(plan->pattern, plx_pattern_name(PLX_BATCH)) == 0 ||
                 strcmp(plan->pattern, plx_pattern_name(PLX_PIPELINE)) == 0;
    return items || !plan->kernel->fold || (plan->kernel->flags & PLX_EXACT) != 0;
}

/* Held to the oracle of its own grain; an oracle to the first of them, whose grain is another. */
static bool agrees(const plx_judge *judge, const plx_compare_result *result, size_t r,
                   const plx_answer *answer, size_t *by, char why[320])
{
    plx_answer same = *answer;
    *by = judge->by[r] == r ? result->base : judge->by[r];
    const plx_answer *serial = &judge->answers[*by];
    if (judge->answers[r].result) { /* it was taken as an oracle before: it contradicts itself */
        *by = r;
        serial = &judge->answers[r];
    } else if (judge->by[r] == r) {
        if (!is_exact(&result->plan))
            return true;
        memcpy(same.grain, serial->grain, sizeof same.grain);
    }
    return !serial->result || plx_answer_same(&same, serial, result->rows[r].label, why);
}

void plx_judge_row(const plx_judge *judge, plx_compare_result *result, size_t r,
                   const plx_answer *answer, const char *when)
{
    plx_compare_row *row = &result->rows[r];
    char why[320];
    size_t by;
    row->exit_code = answer->exit_code;
    if (answer->kind == PLX_ANSWER_MISSING) {
        drop(row, PLX_COMPARE_MISSING, when, answer->why);
    } else if (answer->kind == PLX_ANSWER_BAD) {
        drop(row, PLX_COMPARE_FAILED, when, answer->why);
    } else if (answer->kind == PLX_ANSWER_GOOD && !agrees(judge, result, r, answer, &by, why)) {
        if (by != r)
            plx_differ_explain(result, row, &result->rows[by], why);
        drop(row, PLX_COMPARE_DIFFERS, when, why);
    }
}
