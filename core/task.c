/* SPDX-License-Identifier: MIT */
/*
 * core/task.c: running one task; see core/task.h.
 *
 * It goes through the same blocks, join and failures as any call, so that its bytes are those of a
 * map or reduce of the same items.
 */
#include "core/task.h"

#include <stdio.h>
#include <string.h>

size_t plx_task_out_size(const plx_task *task, const plx_kernel *kernel)
{
    return kernel->fold ? kernel->acc_size : (task->hi - task->lo) * kernel->out_size;
}

size_t plx_task_in_size(const plx_task *task, const plx_kernel *kernel)
{
    size_t items = task->hi - task->lo, size = kernel->in_size;
    return size == PLX_VARIES ? task->at[items] - task->at[0] : items * size;
}

plx_status plx_task_check(const plx_task *task, const plx_kernel *kernel, bool root, char why[108])
{
    if (task->lo > task->hi) {
        plx_check_say(why, "lo is above hi");
        return PLX_BAD_JOB;
    }
    if (kernel->in_size == PLX_VARIES && !task->at) {
        plx_check_say(why, "at is missing");
        return PLX_BAD_JOB;
    }
    plx_job job = {.n = task->hi - task->lo,
                   .in = task->in,
                   .at = task->at,
                   .ctx = task->ctx,
                   .out = task->out};
    plx_status status = plx_check_job(&job, kernel, why);
    if (status == PLX_OK && root)
        status = plx_check_data(&job, kernel, kernel->fold ? PLX_REDUCE : PLX_MAP, why);
    if (status == PLX_OK && root && !task->out && (kernel->fold || job.n)) {
        plx_check_say(why, "out is missing");
        status = PLX_BAD_JOB;
    }
    return status;
}

/* One try of a task. */
typedef struct work {
    const plx_task *task;
    const plx_kernel *kernel;
    size_t number;
    plx_run *whole;
    int worker;
} work;

static plx_status run_task(const work *w, plx_attempt *attempt, plx_run *run)
{
    const plx_task *task = w->task;
    const plx_kernel *kernel = w->kernel;
    const plx_run *whole = w->whole;
    plx_job job = {.in = task->in, .at = task->at, .out = task->out};
    plx_run_cut(run, &job, kernel, task->ctx, task->hi - task->lo);
    run->base = task->lo;
    run->rank = whole->rank;
    run->between = whole->between;
    run->between_arg = whole->between_arg;
    run->aside = w->worker != 0 || whole->aside;
    run->pace = attempt ? attempt->pace : NULL;
    run->attempt = attempt;
    plx_status status = plx_run_open(run, 1, kernel->fold);
    if (status != PLX_OK)
        return status;
    if (!kernel->fold)
        plx_run_map(run, 0, run->blocks, 0);
    else
        plx_run_reduce(run, 0, run->blocks, 0);
    plx_run_settle(run);
    status = plx_run_status(run);
    if (attempt && (attempt->told || attempt->late))
        return PLX_STOPPED;
    return status == PLX_OK && kernel->fold ? plx_run_result(run, task->out) : status;
}

bool plx_task_failed(plx_status status)
{
    return status == PLX_ITEM_FAILED || status == PLX_REFUSED;
}

/* An item's failure and a refusal fail the task; the text says which it was. */
static plx_failure tell_failure(const plx_run *run, size_t number, plx_status status)
{
    plx_failure failure = {.item = number, .rank = run->rank, .tries = 1, .code = (int32_t)status};
    if (status == PLX_ITEM_FAILED) {
        const plx_failure *first = &run->fails.list[0];
        failure.code = first->code;
        snprintf(failure.why, sizeof failure.why, "item %zu: %.80s", first->item, first->why);
    } else {
        snprintf(failure.why, sizeof failure.why, "%.100s",
                 run->why[0] ? run->why : plx_status_text(status));
    }
    return failure;
}

static plx_status try_task(void *arg, plx_attempt *attempt, plx_failure *failure)
{
    const work *w = arg;
    plx_run run;
    plx_status status = run_task(w, attempt, &run);
    if (plx_task_failed(status)) {
        int tries = attempt ? failure->tries : 1;
        *failure = tell_failure(&run, w->number, status);
        failure->tries = tries;
    }
    w->whole->lanes[w->worker].served_s += run.workers ? run.lanes[0].served_s : 0;
    plx_run_close(&run);
    return status;
}

/* Each of its items gets the bytes. */
static void fall_back(void *arg, const void *bytes)
{
    const work *w = arg;
    size_t size = w->kernel->out_size;
    for (size_t i = 0; i < w->task->hi - w->task->lo; i++)
        memcpy((char *)w->task->out + i * size, bytes, size);
}

plx_status plx_task_run(const plx_task *task, const plx_kernel *kernel, size_t number,
                        plx_run *whole, int worker, plx_failure *failure)
{
    work w = {task, kernel, number, whole, worker};
    plx_trial trial = {whole, worker, number, try_task, fall_back, &w};
    plx_lane *lane = &whole->lanes[worker];
    double begun = plx_clock_s(), served = lane->served_s;
    plx_status status =
        whole->pace ? plx_pace_run(whole->pace, &trial, failure) : try_task(&w, NULL, failure);
    if (status != PLX_OK && status != PLX_STOPPED && !plx_task_failed(status))
        plx_run_trouble(whole, status);
    plx_run_ran(whole, worker, number, number + 1, begun, lane->served_s - served);
    lane->items += status != PLX_STOPPED;
    lane->done += status == PLX_OK;
    if (whole->pace)
        plx_pace_count(whole->pace, status == PLX_OK, plx_task_failed(status));
    return status;
}

void plx_task_fail(plx_run *whole, int worker, const plx_failure *failure)
{
    plx_fails_add(&whole->lanes[worker].fails, failure, whole->fails_cap, whole);
    plx_fails_lower(&whole->lowest, failure->item);
}
