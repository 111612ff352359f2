/* SPDX-License-Identifier: MIT */
/*
 * core/tasks.c: queueing, running and ending the tasks of a scope; see core/tasks.h.
 *
 * The queue's lock is held for a push or a pop alone.
 */
#include "core/tasks.h"

#include "core/task.h"

plx_status plx_tasks_open(plx_tasks *tasks, plx_run *run)
{
    tasks->run = run;
    plx_lock_open(&tasks->lock);
    return plx_priority_open(sizeof(plx_errand *), &tasks->queue);
}

void plx_tasks_close(plx_tasks *tasks)
{
    plx_priority_close(tasks->queue);
}

plx_status plx_tasks_push(plx_tasks *tasks, plx_errand *errand)
{
    plx_lock_take(&tasks->lock);
    plx_status status = plx_priority_push(tasks->queue, errand->task.priority, &errand);
    if (status == PLX_OK)
        atomic_fetch_add(&tasks->waiting, 1);
    plx_lock_give(&tasks->lock);
    if (status == PLX_OK && tasks->push)
        tasks->push(tasks->model);
    return status;
}

bool plx_tasks_wait(const plx_tasks *tasks)
{
    return atomic_load(&tasks->waiting) != 0;
}

/* Those that were cancelled meanwhile have ended already. */
static plx_errand *best_of(plx_tasks *tasks)
{
    plx_errand *best = NULL;
    while (plx_priority_top(tasks->queue, NULL, &best) && best->cancelled) {
        plx_priority_pop(tasks->queue, NULL, NULL);
        best = NULL;
    }
    return best;
}

plx_errand *plx_tasks_take(plx_tasks *tasks, bool listed)
{
    if (!plx_tasks_wait(tasks))
        return NULL;
    plx_lock_take(&tasks->lock);
    plx_errand *best = best_of(tasks);
    if (best && listed && best->place == PLX_NONE)
        best = NULL;
    if (best) {
        plx_priority_pop(tasks->queue, NULL, NULL);
        best->begun = true;
        atomic_fetch_sub(&tasks->waiting, 1);
    }
    plx_lock_give(&tasks->lock);
    return best;
}

bool plx_tasks_cancel(plx_tasks *tasks, plx_errand *errand)
{
    plx_lock_take(&tasks->lock);
    bool mine = !errand->begun && !errand->cancelled;
    if (mine) {
        errand->cancelled = true;
        atomic_fetch_sub(&tasks->waiting, 1);
    }
    plx_lock_give(&tasks->lock);
    if (mine)
        plx_tasks_end(tasks, errand, PLX_STOPPED, NULL);
    return mine;
}

/* Nobody but worker 0 takes from the stack, and it takes all: so no errand can come back while
   another is pushing. Afterwards it may be gone. */
void plx_tasks_end(plx_tasks *tasks, plx_errand *errand, plx_status status,
                   const plx_failure *failure)
{
    errand->status = status;
    if (plx_task_failed(status)) {
        errand->failure = *failure;
        plx_fails_lower(&tasks->run->lowest, errand->number);
    } else if (status != PLX_STOPPED)
        plx_run_trouble(tasks->run, status);
    plx_errand *top = atomic_load(&tasks->ended);
    do
        errand->link = top;
    while (!atomic_compare_exchange_weak(&tasks->ended, &top, errand));
    if (tasks->end)
        tasks->end(tasks->model);
}

bool plx_tasks_tell(const plx_tasks *tasks)
{
    return atomic_load(&tasks->ended) != NULL;
}

plx_errand *plx_tasks_ended(plx_tasks *tasks)
{
    plx_errand *errand = atomic_exchange(&tasks->ended, NULL), *earliest = NULL;
    while (errand) {
        plx_errand *before = errand->link;
        errand->link = earliest;
        earliest = errand;
        errand = before;
    }
    return earliest;
}

/* In stop mode any failure ends the running of tasks, whatever its number: more may be submitted at
   any time, so there is no lowest one to be looked for. */
bool plx_tasks_work(plx_tasks *tasks, int worker)
{
    plx_errand *errand = plx_tasks_take(tasks, false);
    if (!errand)
        return false;
    plx_status status = PLX_STOPPED;
    plx_failure failure = {.tries = 1};
    if (plx_run_wants(tasks->run, PLX_NONE)) {
        status = plx_task_run(&errand->task, errand->kernel, errand->number, tasks->run, worker,
                              &failure);
        errand->rank = tasks->run->rank;
        errand->tries = status == PLX_STOPPED ? 0 : failure.tries;
    }
    plx_tasks_end(tasks, errand, status, &failure);
    return true;
}

void plx_tasks_serve(plx_tasks *tasks)
{
    if (tasks->serve)
        tasks->serve(tasks->ranks);
}

/* What ranks bring wakes nobody, nor does the time to tell progress: they are looked for. */
void plx_tasks_rest(plx_tasks *tasks, unsigned looks, double until_s)
{
    plx_pace_show(tasks->run->pace);
    if (tasks->rest && !tasks->serve && !plx_pace_shows(tasks->run->pace))
        tasks->rest(tasks->model, until_s);
    else
        plx_clock_nap(looks);
}
