/* SPDX-License-Identifier: MIT */
/*
 * core/call.c: one pattern call from beginning to end, once for all models and patterns.
 *
 * Everything that can fail is done and agreed before the first data moves: check, rank 0's job,
 * cut, prepare, lanes, room. Then the model's own loop runs. An error is a value in the run, so
 * that no rank ever leaves a collective out.
 */
#include <string.h>

#include "core/team.h"

static plx_status agree(plx_team *team, plx_status mine)
{
    return team->model->agree ? team->model->agree(team, mine) : mine;
}

/* What only this process's arguments tell. */
static plx_status check(const plx_team *team, plx_call *call)
{
    const plx_job *job = &call->job;
    char *why = call->run.why;
    if (!plx_models_offer(team->model, call->pattern) ||
        (team->inner && !plx_models_offer(team->inner->model, call->pattern)))
        return PLX_UNSUPPORTED;
    if (call->missing) {
        plx_check_say(why, "job is missing");
        return PLX_BAD_JOB;
    }
    plx_status status = plx_check_rooms(job, why);
    if (status == PLX_OK && call->pattern != PLX_FAN)
        status = plx_check_kernel(job->kernel, call->pattern, &call->kernel, why);
    if (status == PLX_OK && call->pattern != PLX_FAN)
        call->job.ctx = plx_check_ctx(&call->kernel, job->ctx, call->ctx);
    if (status == PLX_OK && team->rank == 0)
        status = plx_check_job(job, &call->kernel, why);
    if (status == PLX_OK && call->pattern == PLX_BATCH && !call->stream.source) {
        plx_check_say(why, "stream or its source is missing");
        status = PLX_BAD_JOB;
    }
    bool has_data = team->rank == 0 && !(team->ranks > 1 && job->where == PLX_LOCAL);
    if (status == PLX_OK && has_data && call->pattern <= PLX_REDUCE)
        status = plx_check_data(job, &call->kernel, call->pattern, why);
    return status;
}

/* A fan's tasks are what its digest is made of. */
static plx_status open_fan(plx_team *team, plx_call *call)
{
    plx_run_cut(&call->run, &call->job, &call->kernel, NULL, call->job.n);
    plx_status status = plx_fan_open(&call->fan, &call->run, call->tasks, call->join,
                                     team->rank == 0, call->run.why);
    call->digest = status == PLX_OK ? plx_fan_digest(&call->fan) : 0;
    return status;
}

static plx_status begin(plx_team *team, plx_call *call)
{
    plx_status status = check(team, call);
    if (status == PLX_OK && call->pattern == PLX_FAN)
        status = open_fan(team, call);
    else if (status == PLX_OK)
        call->digest = plx_check_digest(&call->kernel, (uint64_t)call->pattern);
    return team->model->begin ? team->model->begin(team, call, status) : status;
}

/* In a map or reduce a lane has a slice for each hand-out, of which one for each worker may be
   empty, across ranks three for the messages of each, and few more: no more need be kept. */
static size_t most_slices(const plx_call *call)
{
    const plx_run *run = &call->run;
    size_t cap = call->job.slices_cap;
    size_t most = 4 * (run->end - run->first) + (size_t)run->workers + 8;
    return call->pattern <= PLX_REDUCE && most < cap ? most : cap;
}

static plx_status open_run(plx_team *team, plx_call *call)
{
    plx_run *run = &call->run;
    if (call->pattern == PLX_FAN)
        plx_run_rules(run, &call->job);
    else
        plx_run_cut(run, &call->job, &call->kernel, call->job.ctx, call->job.n);
    run->rank = team->rank;
    plx_status status = plx_run_open(run, team->threads, call->pattern == PLX_REDUCE);
    if (status == PLX_OK && call->pattern == PLX_BATCH)
        status = plx_flow_open(&call->flow, run, &call->job, &call->stream,
                               team->rank ? 1 : 2 * (size_t)team->workers, run->why);
    if (status == PLX_OK && team->model->enter)
        status = team->model->enter(team, call);
    return status == PLX_OK && call->traced ? plx_trace_open(run, most_slices(call)) : status;
}

static void run_model(plx_team *team, plx_call *call)
{
    const plx_model *model = team->model;
    switch (call->pattern) {
    case PLX_MAP:
        model->map(team, &call->run);
        break;
    case PLX_REDUCE:
        model->reduce(team, &call->run);
        break;
    case PLX_FAN:
        model->fan(team, &call->fan);
        break;
    default:
        model->batch(team, &call->flow);
        break;
    }
    plx_run_settle(&call->run);
}

/* The result stands in the run; hand it out if the call promises one. */
static plx_status hand_over(plx_team *team, plx_call *call)
{
    plx_status status = plx_run_status(&call->run);
    bool has_result = status == PLX_OK || (status == PLX_ITEM_FAILED && call->run.keep_going);
    if (has_result && call->pattern == PLX_REDUCE) {
        plx_status done = plx_run_result(&call->run, call->job.out);
        return done == PLX_OK ? status : done;
    }
    if (has_result && call->pattern == PLX_FAN && team->rank == 0)
        plx_fan_join(&call->fan);
    return status;
}

static void report_items(const plx_call *call, plx_status status, plx_report *report)
{
    const plx_run *run = &call->run;
    bool stopped = status == PLX_ITEM_FAILED && !run->keep_going;
    report->n = call->pattern == PLX_BATCH ? call->flow.sunk : call->job.n;
    report->grain = call->pattern == PLX_BATCH ? call->flow.batch : run->grain;
    report->blocks = call->pattern == PLX_BATCH ? call->flow.drained : run->blocks;
    bool ran = status == PLX_OK || status == PLX_ITEM_FAILED || call->pattern == PLX_BATCH;
    report->failed = !ran ? 0 : stopped ? 1 : run->fails.count;
    report->done = !ran ? 0 : stopped ? run->fails.list[0].item : report->n - report->failed;
    report->not_run = report->n - report->done - report->failed;
}

static void report_failures(plx_call *call, plx_status status, plx_report *report)
{
    const plx_fails *fails = &call->run.fails;
    size_t room = call->failures_room, cap = call->job.failures_cap;
    bool ran = status == PLX_OK || status == PLX_ITEM_FAILED || call->pattern == PLX_BATCH;
    report->failures = !ran ? 0 : fails->n < cap ? fails->n : cap;
    size_t fit = report->failures < room ? report->failures : room;
    if (fit)
        memcpy(call->own_failures, fails->list, fit * sizeof *fails->list);
}

/* Room that no worker filled reads as zeros. */
static void report_workers(const plx_call *call)
{
    const plx_run *run = &call->run;
    plx_worker *rows = call->job.by_worker;
    if (!rows)
        return;
    memset(rows, 0, call->job.by_worker_cap * sizeof *rows);
    for (int w = 0; w < run->workers && (size_t)w < call->job.by_worker_cap; w++) {
        const plx_lane *lane = &run->lanes[w];
        rows[w] = (plx_worker){run->rank, w, lane->items, lane->chunks, lane->busy_s};
    }
}

static void fill_report(plx_team *team, plx_call *call, plx_status status, plx_report *report)
{
    memset(report, 0, sizeof *report);
    if (status != PLX_OK && status != PLX_ITEM_FAILED)
        plx_check_say(report->why, "%.107s",
                      call->run.why[0] ? call->run.why : plx_status_text(status));
    report_items(call, status, report);
    report_failures(call, status, report);
    report->ranks = team->ranks;
    report->threads = team->threads;
    report->workers = team->workers;
    if (team->rank == 0)
        report_workers(call);
}

/* One process has all that there is; ranks put theirs together on the way. */
static void share_report(plx_team *team, plx_call *call, plx_status status, plx_report *report)
{
    plx_times *times = &call->times;
    plx_times_take(times, &call->run);
    if (team->model->report)
        team->model->report(team, call, status, report);
    else if (call->traced && (status == PLX_OK || status == PLX_ITEM_FAILED)) {
        report->slices = plx_trace_count(&call->run);
        plx_trace_take(&call->run, times->entered_s, call->job.slices, call->job.slices_cap);
    }
    plx_times_tell(times, team->workers, report);
}

static plx_status carry_out(plx_team *team, plx_call *call, plx_report *report)
{
    call->times.entered_s = plx_clock_s();
    plx_status status = begin(team, call);
    if (status == PLX_OK)
        status = open_run(team, call);
    call->mine = status;
    status = agree(team, status);
    call->times.began_s = call->times.ended_s = plx_clock_s();
    if (status == PLX_OK) {
        run_model(team, call);
        status = hand_over(team, call);
        call->times.ended_s = plx_clock_s();
    }
    fill_report(team, call, status, report);
    share_report(team, call, status, report);
    if (team->model->leave)
        team->model->leave(team, call);
    plx_fan_close(&call->fan);
    plx_flow_close(&call->flow);
    plx_run_close(&call->run);
    return status;
}

static plx_status call(plx_team *team, plx_pattern pattern, const plx_job *job,
                       const plx_task *tasks, const plx_join *join, const plx_stream *stream,
                       plx_report *report)
{
    plx_report ignored;
    report = report ? report : &ignored;
    memset(report, 0, sizeof *report);
    if (!team)
        return PLX_BAD_JOB;
    if (team->apart[0]) {
        plx_check_say(report->why, "%s", team->apart);
        return PLX_MISMATCH;
    }
    if (atomic_flag_test_and_set(&team->busy))
        return PLX_BUSY;
    plx_call *call = &team->call;
    memset(call, 0, sizeof *call);
    call->pattern = pattern;
    call->missing = job == NULL;
    if (job)
        call->job = *job;
    call->traced = call->job.slices != NULL;
    call->failures_room = call->job.failures_cap;
    call->own_failures = call->job.failures;
    call->tasks = tasks;
    call->join = join;
    if (stream)
        call->stream = *stream;
    plx_status status = carry_out(team, call, report);
    atomic_flag_clear(&team->busy);
    return status;
}

plx_status plx_map(plx_team *team, const plx_job *job, plx_report *report)
{
    return call(team, PLX_MAP, job, NULL, NULL, NULL, report);
}

plx_status plx_reduce(plx_team *team, const plx_job *job, plx_report *report)
{
    return call(team, PLX_REDUCE, job, NULL, NULL, NULL, report);
}

plx_status plx_fan(plx_team *team, const plx_job *job, const plx_task *tasks, const plx_join *join,
                   plx_report *report)
{
    return call(team, PLX_FAN, job, tasks, join, NULL, report);
}

plx_status plx_batch(plx_team *team, const plx_job *job, const plx_stream *stream,
                     plx_report *report)
{
    return call(team, PLX_BATCH, job, NULL, NULL, stream, report);
}
