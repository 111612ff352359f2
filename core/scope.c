/* SPDX-License-Identifier: MIT */
/*
 * core/scope.c: the patterns task and priority: a scope from beginning to end, and its kernels.
 *
 * A kernel is checked and copied when a task first comes with it. Those that the job lists are
 * known from the start, to all ranks alike: between ranks a kernel is a place in that list.
 */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "core/team.h"

static plx_known *make_known(plx_tasks *tasks, const plx_kernel *users, const plx_kernel *copy)
{
    plx_known *known = aligned_alloc(16, sizeof *known);
    if (!known)
        return NULL;
    *known = (plx_known){.users = users, .place = PLX_NONE, .kernel = *copy};
    known->ctx = plx_check_ctx(&known->kernel, NULL, known->bytes);
    plx_known **end = &tasks->futures.known;
    while (*end)
        end = &(*end)->next;
    return *end = known;
}

/* The copy is compared: the user may have put another kernel where the first one was. */
plx_status plx_scope_know(plx_tasks *tasks, const plx_kernel *users, const plx_known **found,
                          char why[108])
{
    plx_kernel copy;
    plx_status status = plx_check_kernel(users, PLX_TASK, &copy, why);
    if (status != PLX_OK)
        return status;
    const plx_known *known = tasks->futures.known;
    while (known && (known->users != users || memcmp(&known->kernel, &copy, sizeof copy) != 0))
        known = known->next;
    *found = known ? known : make_known(tasks, users, &copy);
    return *found ? PLX_OK : PLX_NO_MEMORY;
}

const plx_known *plx_scope_known(const plx_tasks *tasks, size_t place)
{
    const plx_known *known = tasks->futures.known;
    while (known && known->place != place)
        known = known->next;
    return known;
}

/* One that is listed twice has its first place. */
static plx_status know_all(plx_call *call)
{
    const plx_kernel *const *kernels = call->job.kernels;
    for (size_t i = 0; kernels && kernels[i]; i++) {
        char text[108] = "";
        const plx_known *known = NULL;
        plx_status status = plx_scope_know(&call->tasks, kernels[i], &known, text);
        if (status != PLX_OK) {
            plx_check_say(call->run.why, "kernels[%zu]: %.80s", i,
                          text[0] ? text : plx_status_text(status));
            return status;
        }
        if (known->place == PLX_NONE)
            ((plx_known *)known)->place = i;
        call->digest = plx_check_digest(&known->kernel, call->digest + i);
    }
    return PLX_OK;
}

static bool offers_task(const plx_model *model)
{
    return model->task != NULL;
}

static plx_status check_scope(const plx_team *team, plx_call *call)
{
    bool root = team->rank == 0;
    call->job.n = 0; /* the report's is how many were submitted */
    plx_run_cut(&call->run, &call->job, &call->kernel, NULL, 0);
    plx_status status = root ? plx_check_job(&call->job, &call->kernel, call->run.why) : PLX_OK;
    if (status == PLX_OK && root && !call->ask.body) {
        plx_check_say(call->run.why, "body is missing");
        status = PLX_BAD_JOB;
    }
    call->digest = (uint64_t)PLX_TASK;
    return status == PLX_OK ? know_all(call) : status;
}

static plx_status open_scope(plx_team *team, plx_call *call)
{
    plx_run *run = &call->run;
    plx_tasks *tasks = &call->tasks;
    plx_run_rules(run, &call->job);
    run->rank = team->rank;
    tasks->body = plx_future_drive;
    tasks->futures.body = call->ask.body;
    tasks->futures.user = call->ask.user;
    plx_status status = plx_tasks_open(tasks, run);
    return status == PLX_OK ? plx_run_open(run, team->threads, false) : status;
}

static void run_scope(plx_team *team, plx_call *call)
{
    call->pace.n = call->ask.expected;
    team->model->task(team, &call->tasks);
}

static void count_tasks(const plx_call *call, plx_report *report)
{
    const plx_futures *futures = &call->tasks.futures;
    report->n = futures->n;
    report->done = futures->done;
    report->failed = futures->failed;
}

static void close_scope(plx_call *call)
{
    plx_future_close(&call->tasks);
    plx_tasks_close(&call->tasks);
    for (plx_known *known = call->tasks.futures.known, *next; known; known = next) {
        next = known->next;
        free(known);
    }
}

plx_status plx_scope(plx_team *team, const plx_job *job, void (*body)(plx_tasks *, void *user),
                     void *user, plx_report *report)
{
    static const plx_job plainly = {0};
    return plx_call_make(team, PLX_TASK, job ? job : &plainly,
                         &(plx_ask){.body = body, .user = user, .expected = job ? job->n : 0},
                         report);
}

const plx_pattern_row plx_row_task = {
    .name = "task",
    .about = "tasks and futures in a scope",
    .offered = offers_task,
    .check = check_scope,
    .open = open_scope,
    .run = run_scope,
    .count = count_tasks,
    .close = close_scope,
};

/* Every scope orders its tasks by priority: it is called as task is. */
const plx_pattern_row plx_row_priority = {
    .name = "priority",
    .about = "tasks by priority: lower first, then first come; mpi: within a rank",
    .offered = offers_task,
};
