/* SPDX-License-Identifier: MIT */
/*
 * compare/course.c: one round.
 *
 * Each round launches every row once, and over as many rounds as there are rows each stands in each
 * place once, so that whatever drifts (clock states, neighbours) meets all of them alike and a
 * round's times can be paired. Every launch proves its answer again: a model that is wrong now and
 * then is wrong.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/course.h"

#include <stdarg.h>
#include <stdlib.h>

#include "compare/answer.h"
#include "compare/bound.h"
#include "compare/order.h"
#include "compare/plan.h"
#include "compare/why.h"

void plx_course_progress(const plx_course *course, const char *format, ...)
{
    if (!course->result->plan.progress)
        return;
    va_list args;
    va_start(args, format);
    fprintf(stderr, "\r%s: ", course->result->plan.kernel->name);
    vfprintf(stderr, format, args);
    fputs(" ...\033[K", stderr);
    va_end(args);
    fflush(stderr);
}

static bool keep_sample(plx_compare_row *row, const plx_answer *answer)
{
    if (!plx_plan_room(row, row->samples + 1))
        return false;
    row->work_s[row->samples] = answer->work_s;
    row->open_s[row->samples] = answer->open_s;
    row->launch_s[row->samples] = answer->launch_s;
    row->phases[row->samples++] = answer->phases;
    return true;
}

static bool keep_order(plx_compare_result *result, size_t r)
{
    size_t *larger = realloc(result->order, (result->order_count + 1) * sizeof *larger);
    if (!larger)
        return false;
    result->order = larger;
    result->order[result->order_count++] = r;
    return true;
}

static int time_row(plx_course *course, size_t r, int round, char why[320])
{
    plx_compare_result *result = course->result;
    plx_compare_row *row = &result->rows[r];
    plx_answer answer;
    char when[32], where[160];
    snprintf(when, sizeof when, "round %d: ", round);
    snprintf(where, sizeof where, "%s, round %d", row->label, round);
    plx_load_moment since = plx_load_now();
    plx_answer_get(&answer, &result->plan, row);
    plx_load_moment until = plx_load_now();
    int code = plx_why_stopped(why);
    if (code == 0 && (!keep_sample(row, &answer) || !keep_order(result, r)))
        code = plx_why_no_memory(why);
    if (code == 0) {
        plx_load_count(&course->load, &result->load, &since, &until, answer.process_s, where);
        plx_judge_row(&course->judge, result, r, &answer, when);
        code = plx_why_stopped(why);
    }
    plx_answer_free(&answer);
    if (code == 0 && r == course->oracle && row->state != PLX_COMPARE_TIMED) {
        snprintf(why, 320, "serial, %.300s", row->why);
        code = row->state == PLX_COMPARE_DIFFERS ? plx_status_exit(PLX_MISMATCH) : row->exit_code;
    }
    return code;
}

/* Copies of serial at once. That they fail costs the ceiling, not the comparison. */
static int time_copies(plx_course *course, int round, double *together_s, char why[320])
{
    double process_s;
    char where[160];
    snprintf(where, sizeof where, "%d copies of serial, round %d", course->copies, round);
    plx_load_moment since = plx_load_now();
    *together_s = plx_bound_together(course->result, &course->result->rows[course->oracle],
                                     course->copies, &process_s);
    plx_load_moment until = plx_load_now();
    plx_load_count(&course->load, &course->result->load, &since, &until, process_s, where);
    return plx_why_stopped(why);
}

static int keep_ceiling(plx_course *course, double together_s, char why[320])
{
    const plx_compare_row *serial = &course->result->rows[course->oracle];
    double *larger = realloc(course->ceiling, serial->samples * sizeof *larger);
    if (!larger)
        return plx_why_no_memory(why);
    course->ceiling = larger;
    if (together_s > 0)
        larger[serial->samples - 1] =
            serial->work_s[serial->samples - 1] * course->copies / together_s;
    else
        course->copies = 0;
    return 0;
}

size_t plx_course_timed(const plx_course *course, size_t *timed)
{
    const plx_compare_result *result = course->result;
    size_t count = 0;
    for (size_t r = 0; r < result->rows_count; r++)
        if (result->rows[r].state == PLX_COMPARE_TIMED)
            timed[count++] = r;
    return count;
}

int plx_course_round(plx_course *course, char why[320])
{
    plx_compare_result *result = course->result;
    size_t count = plx_course_timed(course, course->timed), places = count + (course->copies > 0);
    double together_s = -1;
    int code = 0, round = result->rounds + 1;
    plx_order_fill(course->turn, places, (size_t)result->rounds, result->plan.seed);
    for (size_t i = 0; code == 0 && i < places; i++) {
        if (course->turn[i] < count)
            code = time_row(course, course->timed[course->turn[i]], round, why);
        else
            code = time_copies(course, round, &together_s, why);
    }
    if (code == 0 && course->copies > 0)
        code = keep_ceiling(course, together_s, why);
    result->rounds = round;
    result->took_s = plx_launch_now_s() - course->began_s;
    return code;
}
