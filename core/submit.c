/* SPDX-License-Identifier: MIT */
/*
 * core/submit.c: a task is checked, copied and queued; see core/promise.h.
 *
 * Whatever can fail does before the task has a number: one that was refused leaves no trace.
 */
#include <stdlib.h>
#include <string.h>

#include "core/promise.h"
#include "core/task.h"

static bool make_room(plx_futures *futures)
{
    if (futures->n < futures->room)
        return true;
    size_t room = futures->room ? 2 * futures->room : 64;
    plx_promise **all = realloc((void *)futures->all, room * sizeof *all);
    if (!all)
        return false;
    futures->all = all;
    futures->room = room;
    return true;
}

static plx_promise *make_promise(plx_tasks *tasks, const plx_task *task, const plx_known *known)
{
    size_t size = task->ctx ? known->kernel.ctx_size : 0;
    plx_promise *promise = malloc(sizeof *promise + size);
    if (!promise)
        return NULL;
    memset(promise, 0, sizeof *promise);
    promise->errand = (plx_errand){
        .task = *task, .kernel = &known->kernel, .place = known->place, .number = tasks->futures.n};
    if (size)
        memcpy(promise->ctx, task->ctx, size);
    promise->errand.task.ctx = size ? promise->ctx : known->ctx;
    return promise;
}

static plx_status submit(plx_tasks *tasks, const plx_task *task, bool detached)
{
    plx_futures *futures = &tasks->futures;
    const plx_known *known;
    char why[108];
    plx_status status = plx_scope_know(tasks, task->kernel, &known, why);
    if (status != PLX_OK)
        return status;
    plx_task mine = *task;
    mine.ctx = task->ctx ? task->ctx : known->ctx;
    status = plx_task_check(&mine, &known->kernel, true, why);
    if (status == PLX_OK && tasks->run->pace)
        status = plx_policy_check_fold(&tasks->run->pace->policy, known->kernel.fold, why);
    if (status != PLX_OK)
        return status;
    plx_promise *promise = make_room(futures) ? make_promise(tasks, task, known) : NULL;
    if (!promise)
        return PLX_NO_MEMORY;
    promise->detached = detached;
    futures->all[futures->n] = promise;
    status = plx_tasks_push(tasks, &promise->errand);
    if (status != PLX_OK) {
        free(promise);
        return status;
    }
    futures->n++;
    futures->futures += !detached;
    plx_tasks_serve(tasks);
    return PLX_OK;
}

plx_status plx_submit(plx_tasks *tasks, const plx_task *task, plx_future *future)
{
    plx_status status = submit(tasks, task, false);
    if (status == PLX_OK && future)
        future->task = tasks->futures.n - 1;
    return status;
}

plx_status plx_detach(plx_tasks *tasks, const plx_task *task)
{
    return submit(tasks, task, true);
}
