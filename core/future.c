/* SPDX-License-Identifier: MIT */
/*
 * core/future.c: what a scope's body does with what it submitted: wait, take what ended, call back.
 *
 * All of it happens on the body's thread, so nothing here is locked. What other workers ended is
 * taken from tasks->ended at each look, in order: a task is over for the user from then on, and its
 * callbacks have been called before any wait tells of it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/promise.h"
#include "core/task.h"

static plx_end tell_end(const plx_promise *promise)
{
    const plx_errand *errand = &promise->errand;
    const plx_failure *failure = plx_task_failed(errand->status) ? &errand->failure : NULL;
    plx_end end = {.task = errand->number,
                   .status = errand->status,
                   .code = failure ? failure->code : 0,
                   .rank = errand->rank,
                   .tries = errand->tries};
    if (errand->status != PLX_OK)
        snprintf(end.why, sizeof end.why, "%s",
                 failure              ? failure->why
                 : errand->cancelled  ? "cancelled before it began"
                 : errand->tries == 0 ? "not run to its end"
                                      : plx_status_text(errand->status));
    return end;
}

static void free_promise(plx_promise *promise)
{
    for (plx_then_call *then = promise->thens, *next; then; then = next) {
        next = then->next;
        free(then);
    }
    free(promise);
}

/* Callbacks of a task that is over: behind all that are due already. */
static void make_due(plx_futures *futures, plx_then_call *first, plx_then_call *last)
{
    if (!first)
        return;
    *(futures->due ? &futures->last_due->next : &futures->due) = first;
    futures->last_due = last;
}

static void count(plx_tasks *tasks, const plx_errand *errand)
{
    plx_futures *futures = &tasks->futures;
    if (errand->status == PLX_OK)
        futures->done++;
    else if (plx_task_failed(errand->status)) {
        futures->failed++;
        plx_task_fail(tasks->run, 0, &errand->failure);
    } else
        futures->not_run++;
}

static void settle(plx_tasks *tasks, plx_promise *promise)
{
    plx_futures *futures = &tasks->futures;
    count(tasks, &promise->errand);
    if (promise->detached) {
        futures->all[promise->errand.number] = NULL;
        free_promise(promise);
        return;
    }
    promise->over = true;
    *(futures->ended ? &futures->last->next : &futures->ended) = promise;
    futures->last = promise;
    make_due(futures, promise->thens, promise->last_then);
    promise->thens = promise->last_then = NULL;
}

/* A callback may wait itself: what ends then is called back after it. */
static void call_due(plx_futures *futures)
{
    if (futures->calling)
        return;
    futures->calling = true;
    for (plx_then_call *then; (then = futures->due) != NULL;) {
        futures->due = then->next;
        plx_end end = tell_end(then->promise);
        then->call(then->user, &end);
        free(then);
    }
    futures->calling = false;
}

static void look(plx_tasks *tasks)
{
    plx_tasks_serve(tasks);
    for (plx_errand *errand = plx_tasks_ended(tasks), *next; errand; errand = next) {
        next = errand->link;
        settle(tasks, (plx_promise *)errand);
    }
    call_due(&tasks->futures);
}

/* It runs tasks itself while it waits; one that it began it ends, whatever the time. */
static plx_status wait_until(plx_tasks *tasks, bool (*come)(plx_tasks *, void *), void *arg,
                             double timeout_s)
{
    double until = timeout_s >= 0 ? plx_clock_s() + timeout_s : HUGE_VAL;
    for (unsigned looks = 0;; looks++) {
        look(tasks);
        if (come(tasks, arg))
            return PLX_OK;
        if (timeout_s >= 0 && plx_clock_s() >= until)
            return PLX_TIMED_OUT;
        if (plx_tasks_work(tasks, 0))
            looks = 0;
        else
            plx_tasks_rest(tasks, looks, until);
    }
}

/* A detached task has no future, whoever made one up. */
static plx_promise *promise_of(const plx_tasks *tasks, plx_future future)
{
    plx_promise *promise = future.task < tasks->futures.n ? tasks->futures.all[future.task] : NULL;
    return promise && !promise->detached ? promise : NULL;
}

typedef struct wanted {
    const plx_future *futures;
    size_t n, which;
} wanted;

static bool one_is_over(plx_tasks *tasks, void *arg)
{
    wanted *want = arg;
    for (size_t i = 0; i < want->n; i++)
        if (promise_of(tasks, want->futures[i])->over) {
            want->which = i;
            return true;
        }
    return false;
}

plx_status plx_wait_any(plx_tasks *tasks, const plx_future *futures, size_t n, double timeout_s,
                        size_t *which, plx_end *end)
{
    wanted want = {futures, n, 0};
    for (size_t i = 0; i < n; i++)
        if (!promise_of(tasks, futures[i]))
            return PLX_BAD_JOB;
    plx_status status = n ? wait_until(tasks, one_is_over, &want, timeout_s) : PLX_BAD_JOB;
    if (status == PLX_OK && which)
        *which = want.which;
    if (status == PLX_OK && end)
        *end = tell_end(promise_of(tasks, futures[want.which]));
    return status;
}

plx_status plx_wait(plx_tasks *tasks, plx_future future, double timeout_s, plx_end *end)
{
    return plx_wait_any(tasks, &future, 1, timeout_s, NULL, end);
}

static bool one_is_to_give(plx_tasks *tasks, void *arg)
{
    (void)arg;
    const plx_futures *futures = &tasks->futures;
    return futures->ended || futures->given == futures->futures;
}

plx_status plx_next(plx_tasks *tasks, double timeout_s, plx_end *end)
{
    plx_futures *futures = &tasks->futures;
    plx_status status = wait_until(tasks, one_is_to_give, NULL, timeout_s);
    plx_promise *next = futures->ended;
    if (status != PLX_OK || !next)
        return status == PLX_OK ? PLX_STOPPED : status;
    futures->ended = next->next;
    futures->given++;
    if (end)
        *end = tell_end(next);
    return PLX_OK;
}

bool plx_cancel(plx_tasks *tasks, plx_future future)
{
    plx_promise *promise = promise_of(tasks, future);
    return promise && plx_tasks_cancel(tasks, &promise->errand);
}

plx_status plx_then(plx_tasks *tasks, plx_future future,
                    void (*then)(void *user, const plx_end *end), void *user)
{
    plx_promise *promise = promise_of(tasks, future);
    if (!promise || !then)
        return PLX_BAD_JOB;
    plx_then_call *call = malloc(sizeof *call);
    if (!call)
        return PLX_NO_MEMORY;
    *call = (plx_then_call){.promise = promise, .call = then, .user = user};
    if (promise->over)
        make_due(&tasks->futures, call, call);
    else {
        *(promise->thens ? &promise->last_then->next : &promise->thens) = call;
        promise->last_then = call;
    }
    return PLX_OK;
}

static bool all_is_over(plx_tasks *tasks, void *arg)
{
    (void)arg;
    const plx_futures *futures = &tasks->futures;
    return futures->done + futures->failed + futures->not_run == futures->n;
}

void plx_future_drive(plx_tasks *tasks)
{
    tasks->futures.body(tasks, tasks->futures.user);
    wait_until(tasks, all_is_over, NULL, -1);
}

void plx_future_close(plx_tasks *tasks)
{
    plx_futures *futures = &tasks->futures;
    for (size_t i = 0; i < futures->n; i++)
        if (futures->all[i])
            free_promise(futures->all[i]);
    free((void *)futures->all);
}
