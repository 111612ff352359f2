/* SPDX-License-Identifier: MIT */
/*
 * cli/run_patterns.c: room for the result and the report, and the table of calls.
 *
 * map, reduce and scan are plain; run_tasks.c has those that cut the items into tasks, run_stream.c
 * those that stream them. Whatever the pattern, the same items come to the same bytes.
 */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "error.h"
#include "run.h"

enum { SLICES = 1000000 }; /* slices of all calls together */

static int prepare_result(plx_cli_work *work)
{
    const plx_cli_ask *ask = work->ask;
    int code = 0;
    if (ask->folds)
        work->out = plx_cli_work_room(1, plx_cli_acc_stride(ask->kernel), &code);
    else if (work->root && !ask->streams && !ask->filed)
        work->out = plx_cli_work_room(work->n, ask->item_size, &code);
    if (code == 0 && ask->in_tasks)
        code = plx_cli_tasks_prepare(work);
    work->job.out = ask->in_tasks || ask->streams ? NULL : work->out;
    if (work->share != NULL)
        work->job.out = work->share;
    return code == 0 ? plx_cli_policy_open(work) : code;
}

/* Room for the result, and for what the report lists. */
int plx_cli_call_prepare(plx_cli_work *work)
{
    const plx_cli_ask *ask = work->ask;
    int code = prepare_result(work);
    size_t calls = ask->repeat != 0 ? ask->repeat : 1;
    size_t workers = (size_t)plx_team_ranks(work->team) * (size_t)plx_team_threads(work->team);
    work->job.failures_cap = ask->failures > 0 ? ask->failures : 1;
    if (work->root && ask->pattern == PLX_MAP && ask->table && ask->keep_going &&
        work->n > work->job.failures_cap)
        work->job.failures_cap = work->n; /* a table tells of each item whether it failed */
    work->job.by_worker_cap = workers;
    work->job.failures = calloc(work->job.failures_cap, sizeof *work->job.failures);
    work->job.by_worker = calloc(workers * calls, sizeof *work->job.by_worker);
    work->calls = calloc(calls, sizeof *work->calls);
    if (code == 0 && work->root && ask->trace != NULL)
        work->slices = plx_cli_work_room(SLICES, sizeof *work->slices, &code);
    work->job.slices_cap = work->slices != NULL ? SLICES / calls : 0;
    work->hash = ask->streams ? XXH64_createState() : NULL;
    bool missing = !work->job.failures || !work->job.by_worker || !work->calls ||
                   (ask->streams && work->hash == NULL);
    if (code == 0 && missing)
        code = plx_cli_error(PLX_EXIT_SYSTEM,
                             "no memory for the report of %zu workers and up to %zu failures",
                             workers, work->job.failures_cap);
    return code;
}

void plx_cli_call_close(plx_cli_work *work)
{
    free(work->calls);
    free(work->job.by_worker);
    free(work->job.failures);
    free(work->slices);
    free(work->out);
    free(work->share);
    free(work->parts);
    free(work->task);
    free(work->good);
    if (work->hash != NULL)
        XXH64_freeState(work->hash);
    plx_cli_policy_close(work);
}

static plx_status call_map(plx_cli_work *work, plx_report *report)
{
    return plx_map(work->team, &work->job, report);
}

static plx_status call_reduce(plx_cli_work *work, plx_report *report)
{
    return plx_reduce(work->team, &work->job, report);
}

static plx_status call_scan(plx_cli_work *work, plx_report *report)
{
    return plx_scan(work->team, &work->job, report);
}

plx_status plx_cli_call_once(plx_cli_work *work, plx_report *report)
{
    static plx_status (*const calls[PLX_PATTERNS])(plx_cli_work *, plx_report *) = {
        [PLX_MAP] = call_map,
        [PLX_REDUCE] = call_reduce,
        [PLX_FAN] = plx_cli_tasks_fan,
        [PLX_BATCH] = plx_cli_stream_batch,
        [PLX_PIPELINE] = plx_cli_stream_pipeline,
        [PLX_TASK] = plx_cli_tasks_scope,
        [PLX_PRIORITY] = plx_cli_tasks_scope,
        [PLX_SCAN] = call_scan,
    };
    return calls[work->ask->pattern](work, report);
}
