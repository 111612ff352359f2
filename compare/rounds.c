/* SPDX-License-Identifier: MIT */
/*
 * compare/rounds.c: what is launched when.
 *
 * Each round launches every model once, in an order shuffled afresh, so that whatever drifts
 * (clock states, neighbours) meets all of them alike and a round's times can be paired. Every
 * launch proves its answer again: a model that is wrong now and then is wrong.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/rounds.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "compare/answer.h"
#include "compare/interrupt.h"
#include "compare/plan.h"
#include "compare/probe.h"
#include "compare/stats.h"

__attribute__((format(printf, 2, 3)))
static void progress(const plx_compare_plan *plan,
                                                           const char *format, ...)
{
    if (!plan->progress)
        return;
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fflush(stderr);
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

/* Judge an answer that is not serial's first. */
static void judge(plx_compare_row *row, const plx_answer *answer, const plx_answer *serial,
                  const char *when)
{
    char why[320];
    row->exit_code = answer->exit_code;
    if (answer->kind == PLX_ANSWER_MISSING)
        drop(row, PLX_COMPARE_MISSING, when, answer->why);
    else if (answer->kind == PLX_ANSWER_BAD)
        drop(row, PLX_COMPARE_FAILED, when, answer->why);
    else if (answer->kind == PLX_ANSWER_GOOD && !plx_answer_same(answer, serial, row->label, why))
        drop(row, PLX_COMPARE_DIFFERS, when, why);
}

static void take_numbers(plx_compare_row *row, const plx_answer *answer)
{
    row->workers = answer->workers;
    row->ranks = answer->ranks;
    row->threads = answer->threads;
}

static int stopped(const plx_answer *answer, char why[320])
{
    if (answer->kind != PLX_ANSWER_INTERRUPTED)
        return 0;
    why[0] = '\0';
    return 128 + plx_interrupt_signal();
}

/* What serial's own command line would say too is said as it is; a crash needs the model's name. */
static void blame_serial(const plx_answer *serial, char why[320])
{
    bool told = serial->exit_code != plx_status_exit(PLX_INTERNAL);
    snprintf(why, 320, "%s%.310s", told ? "" : "serial: ", serial->why);
}

/* Serial's answer, by which all others are judged. */
static int take_base(plx_compare_result *result, plx_answer *serial, char why[320])
{
    progress(&result->plan, "\r%s: the answer under serial ...\033[K", result->plan.kernel->name);
    plx_answer_get(serial, &result->plan, &result->rows[result->base]);
    int code = stopped(serial, why);
    if (code == 0 && serial->kind != PLX_ANSWER_GOOD) {
        blame_serial(serial, why);
        code = serial->exit_code;
    }
    if (code == 0) {
        take_numbers(&result->rows[result->base], serial);
        snprintf(result->about.n, sizeof result->about.n, "%s", serial->n);
        snprintf(result->about.grain, sizeof result->about.grain, "%s", serial->grain);
    }
    return code;
}

static int check_row(plx_compare_result *result, plx_compare_row *row, const plx_answer *serial,
                     char why[320])
{
    plx_answer answer;
    progress(&result->plan, "\r%s: the answer under %s ...\033[K", result->plan.kernel->name,
             row->label);
    plx_answer_get(&answer, &result->plan, row);
    int code = stopped(&answer, why);
    judge(row, &answer, serial, "");
    if (answer.kind == PLX_ANSWER_GOOD)
        take_numbers(row, &answer);
    plx_answer_free(&answer);
    return code;
}

static int time_row(plx_compare_result *result, plx_compare_row *row, const plx_answer *serial,
                    char why[320])
{
    plx_answer answer;
    char when[32];
    snprintf(when, sizeof when, "round %zu: ", row->samples + 1);
    plx_answer_get(&answer, &result->plan, row);
    int code = stopped(&answer, why);
    row->work_s[row->samples] = answer.work_s;
    row->open_s[row->samples] = answer.open_s;
    row->launch_s[row->samples++] = answer.launch_s;
    judge(row, &answer, serial, when);
    plx_answer_free(&answer);
    return code;
}

static int check_all(plx_compare_result *result, const plx_answer *serial, char why[320])
{
    int code = 0;
    for (size_t r = 0; code == 0 && r < result->rows_count; r++)
        if (r != result->base)
            code = check_row(result, &result->rows[r], serial, why);
    return code;
}

static int time_round(plx_compare_result *result, const plx_answer *serial, size_t *turn,
                      uint64_t *next, char why[320])
{
    const plx_compare_row *base = &result->rows[result->base];
    size_t count = 0;
    for (size_t r = 0; r < result->rows_count; r++)
        if (result->rows[r].state == PLX_COMPARE_TIMED)
            turn[count++] = r;
    plx_stats_shuffle(turn, count, result->plan.seed, next);
    int code = 0;
    for (size_t i = 0; code == 0 && i < count; i++) {
        result->order[result->order_count++] = turn[i];
        code = time_row(result, &result->rows[turn[i]], serial, why);
        if (code == 0 && base->state != PLX_COMPARE_TIMED) {
            snprintf(why, 320, "serial, %.300s", base->why);
            code = base->state == PLX_COMPARE_DIFFERS ? plx_status_exit(PLX_MISMATCH)
                                                      : base->exit_code;
        }
    }
    return code;
}

static int time_all(plx_compare_result *result, const plx_answer *serial, char why[320])
{
    const plx_compare_plan *plan = &result->plan;
    uint64_t next = 0;
    int code = 0;
    size_t *turn = calloc(result->rows_count, sizeof *turn);
    if (!turn) {
        snprintf(why, 320, "out of memory");
        return plx_status_exit(PLX_NO_MEMORY);
    }
    for (int round = 1; code == 0 && round <= plan->rounds; round++) {
        progress(plan, "\r%s: round %d of %d ...\033[K", plan->kernel->name, round, plan->rounds);
        code = time_round(result, serial, turn, &next, why);
        result->rounds = round;
    }
    free(turn);
    return code;
}

/* What has to be known before there is an answer to compare. */
static int probe(plx_compare_result *result, char why[320])
{
    const plx_compare_plan *plan = &result->plan;
    int code = 0;
    if (plan->file) {
        progress(plan, "\r%s: does it keep a kernel's laws? ...\033[K", plan->kernel->name);
        code = plx_probe_laws(plan, why);
    }
    if (code == 0 && plan->choose_n) {
        progress(plan, "\r%s: how many items? ...\033[K", plan->kernel->name);
        code = plx_probe_items(result, why);
        result->about.n_chosen = plan->choose_n;
    }
    return code;
}

int plx_rounds_run(plx_compare_result *result, char why[320])
{
    plx_interrupt interrupt;
    plx_answer serial = {.kind = PLX_ANSWER_BAD};
    plx_interrupt_begin(&interrupt);
    int code = probe(result, why);
    if (code == 0)
        code = take_base(result, &serial, why);
    if (code == 0)
        code = check_all(result, &serial, why);
    if (code == 0)
        code = time_all(result, &serial, why);
    progress(&result->plan, "\r\033[K");
    plx_answer_free(&serial);
    plx_interrupt_end(&interrupt);
    return code;
}
