/* SPDX-License-Identifier: MIT */
/*
 * compare/rounds.c: what is launched when, from the first answer to the last round.
 *
 * How many rounds the budget allows is settled after the second of them, from how long they took
 * and from nothing else; from then on the samples only say whether the intervals are narrow enough,
 * never whom they favour.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/rounds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/answer.h"
#include "compare/bound.h"
#include "compare/course.h"
#include "compare/interrupt.h"
#include "compare/looks.h"
#include "compare/probe.h"
#include "compare/stage.h"
#include "compare/stats.h"
#include "compare/verdict.h"
#include "compare/why.h"

enum { SETTLE = 2 };                /* rounds after which the looks are planned */
static const double overdrawn = 1.25; /* of the budget: the machine got slower, and we stop */

static bool is_serial(const plx_compare_row *row)
{
    return strcmp(row->model, "serial") == 0;
}

/* What serial's own command line would say too is said as it is; a crash needs the model's name. */
static int blame_serial(const plx_compare_row *row, const plx_answer *serial, char why[320])
{
    bool told = serial->exit_code != plx_status_exit(PLX_INTERNAL);
    snprintf(why, 320, "%.60s%s%.255s", told ? "" : row->label, told ? "" : ": ", serial->why);
    return serial->exit_code;
}

static void take_numbers(plx_course *course, size_t r, const plx_answer *answer)
{
    plx_compare_row *row = &course->result->rows[r];
    row->workers = answer->workers;
    row->ranks = answer->ranks;
    row->threads = answer->threads;
    snprintf(row->level[PLX_FACTOR_GRAIN], sizeof row->level[PLX_FACTOR_GRAIN], "%s",
             answer->grain);
    if (r != course->oracle)
        return;
    plx_compare_about *about = &course->result->about;
    snprintf(about->n, sizeof about->n, "%s", answer->n);
    snprintf(about->grain, sizeof about->grain, "%s", answer->grain);
    about->operations = answer->operations;
    about->bytes = answer->bytes;
}

/* The first launch of a row: its answer. Without a serial row that it needs nothing can be said. */
static int check_row(plx_course *course, size_t r, char why[320])
{
    plx_compare_result *result = course->result;
    plx_compare_row *row = &result->rows[r];
    plx_answer answer;
    double from_s = plx_launch_now_s();
    plx_course_progress(course, "the answer under %s", row->label);
    plx_answer_get(&answer, &result->plan, row);
    double took_s = plx_launch_now_s() - from_s;
    int code = plx_why_stopped(why);
    if (code == 0 && is_serial(row) && answer.kind != PLX_ANSWER_GOOD)
        code = blame_serial(row, &answer, why);
    if (code == 0) {
        plx_judge_row(&course->judge, result, r, &answer, "");
        code = plx_why_stopped(why);
    }
    if (code == 0 && answer.kind == PLX_ANSWER_GOOD) {
        take_numbers(course, r, &answer);
        if (course->judge.by[r] == r)
            plx_judge_keep(&course->judge, r, &answer);
    }
    course->check_s += row->state == PLX_COMPARE_TIMED ? took_s : 0;
    course->oracle_s = r == course->oracle ? took_s : course->oracle_s;
    plx_answer_free(&answer);
    return code;
}

/* Serial first: by its answers all others are judged. */
static int check_all(plx_course *course, char why[320])
{
    const plx_compare_result *result = course->result;
    int code = check_row(course, course->oracle, why);
    for (int serial = 1; serial >= 0; serial--)
        for (size_t r = 0; code == 0 && r < result->rows_count; r++)
            if (r != course->oracle && is_serial(&result->rows[r]) == (serial == 1))
                code = check_row(course, r, why);
    return code;
}

static void show_round(const plx_course *course)
{
    const plx_compare_result *result = course->result;
    int round = result->rounds + 1;
    if (result->budget_s > 0)
        plx_course_progress(course, "round %d, %.0f s left", round,
                 fmax(0, result->budget_s - result->took_s));
    else
        plx_course_progress(course, "round %d of %d", round, result->plan.rounds);
}

static int time_until(plx_course *course, int rounds, char why[320])
{
    const plx_compare_result *result = course->result;
    int code = 0;
    while (code == 0 && result->rounds < rounds &&
           !(result->budget_s > 0 && result->took_s > overdrawn * result->budget_s)) {
        show_round(course);
        code = plx_course_round(course, why);
    }
    return code;
}

/* The launches for the answers took about as long as a round will. */
static int check_budget(const plx_course *course, char why[320])
{
    const plx_compare_result *result = course->result;
    double needed_s = SETTLE * (course->check_s + (course->copies > 0 ? course->oracle_s : 0));
    if (result->budget_s <= 0 || needed_s <= result->budget_s)
        return 0;
    return plx_why_refuse(why, "--budget %gs: two rounds need about %.*f s", result->budget_s,
                          needed_s < 0.95 ? 2 : needed_s < 9.5 ? 1 : 0, needed_s);
}

/* From look to look. What a look decides it decides for later, see looks.h. */
static int time_looks(plx_course *course, const plx_looks *looks, char why[320])
{
    plx_compare_result *result = course->result;
    int code = 0, last = looks->at[looks->count - 1], until = last;
    for (size_t i = 0; code == 0 && i < looks->count && result->rounds < until; i++) {
        code = time_until(course, looks->at[i], why);
        if (code != 0 || result->rounds < looks->at[i])
            break;
        if (!plx_verdict_pairs(result))
            return plx_why_no_memory(why);
        if (until == last && i + 1 < looks->count)
            until = plx_looks_until(looks, i, plx_verdict_widest(result));
    }
    if (code == 0 && !plx_verdict_pairs(result))
        return plx_why_no_memory(why);
    bool narrow = code == 0 && plx_verdict_widest(result) <= 1,
         decided = until < last && result->rounds >= until;
    result->end = decided || narrow ? PLX_COMPARE_NARROW : PLX_COMPARE_BUDGET;
    return code;
}

static int time_all(plx_course *course, char why[320])
{
    plx_compare_result *result = course->result;
    plx_looks looks;
    course->copies = plx_bound_copies(result);
    result->budget_s = result->plan.rounds > 0 ? 0 : result->plan.budget_s;
    int code = check_budget(course, why);
    if (code != 0)
        return code;
    result->load.before = -1;
    if (!result->plan.bare)
        plx_load_rest(&result->load);
    course->began_s = plx_launch_now_s();
    if (result->plan.rounds > 0) {
        result->end = PLX_COMPARE_ROUNDS;
        return time_until(course, result->plan.rounds, why);
    }
    code = time_until(course, SETTLE, why);
    int fit = plx_looks_fit(result->budget_s, result->took_s / result->rounds);
    plx_looks_plan(&looks, plx_course_timed(course, course->timed), fit > SETTLE ? fit : SETTLE);
    return code == 0 ? time_looks(course, &looks, why) : code;
}

/* The base is the best serial code that was run. */
static void find_base(plx_compare_result *result)
{
    double least = INFINITY;
    for (size_t r = 0; r < result->rows_count; r++) {
        const plx_compare_row *row = &result->rows[r];
        if (!is_serial(row) || row->state != PLX_COMPARE_TIMED)
            continue;
        double median = plx_stats_median(row->work_s, row->samples);
        if (median < least) {
            least = median;
            result->base = r;
        }
    }
}

static void finish(plx_course *course)
{
    plx_compare_result *result = course->result;
    plx_compare_bound *bound = &result->bound;
    plx_load_finish(&course->load, &result->load);
    find_base(result);
    bound->copies = course->copies;
    if (course->copies > 0)
        bound->ceiling = plx_stats_interval(course->ceiling, (size_t)result->rounds,
                                            PLX_STATS_CONFIDENCE);
}

/* What has to be known before there is an answer to compare. */
static int probe(plx_course *course, char why[320])
{
    plx_compare_result *result = course->result;
    const plx_compare_plan *plan = &result->plan;
    int code = 0;
    if (plan->file) {
        plx_course_progress(course, "does it keep a kernel's laws?");
        code = plx_probe_laws(plan, why);
    }
    if (code == 0 && plan->choose_n) {
        plx_course_progress(course, "how many items?");
        code = plx_probe_items(result, why);
        result->about.n_chosen = plan->choose_n;
    }
    return code;
}

static int run(plx_course *course, char why[320])
{
    plx_compare_result *result = course->result;
    int code = probe(course, why);
    if (code == 0)
        code = plx_stage_make(&course->stage, result, why);
    if (code == 0)
        code = check_all(course, why);
    if (code == 0) {
        plx_course_progress(course, "what the memory gives");
        result->bound.bytes_per_s = plx_bound_memory(result);
        code = plx_why_stopped(why);
    }
    if (code == 0)
        code = time_all(course, why);
    if (code == 0)
        finish(course);
    if (result->plan.progress)
        fputs("\r\033[K", stderr);
    return code;
}

int plx_rounds_run(plx_compare_result *result, char why[320])
{
    plx_course course = {.result = result, .oracle = result->base};
    plx_interrupt interrupt;
    plx_interrupt_begin(&interrupt);
    course.turn = calloc(result->rows_count + 1, sizeof *course.turn);
    course.timed = calloc(result->rows_count + 1, sizeof *course.timed);
    bool room = plx_judge_begin(&course.judge, result) && course.turn && course.timed;
    int code = room ? run(&course, why) : plx_why_no_memory(why);
    plx_stage_remove(&course.stage, result);
    plx_judge_free(&course.judge);
    free(course.turn);
    free(course.timed);
    free(course.ceiling);
    plx_interrupt_end(&interrupt);
    return code;
}
