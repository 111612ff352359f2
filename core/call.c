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

/* What only this process's arguments tell: that of every pattern whose job has a kernel. */
plx_status plx_call_check(const plx_team *team, plx_call *call)
{
    const plx_job *job = &call->job;
    char *why = call->run.why;
    plx_status status = plx_check_kernel(job->kernel, call->pattern, &call->kernel, why);
    if (status != PLX_OK)
        return status;
    call->job.ctx = plx_check_ctx(&call->kernel, job->ctx, call->ctx);
    call->digest = plx_check_digest(&call->kernel, (uint64_t)call->pattern);
    if (team->rank == 0)
        status = plx_check_job(job, &call->kernel, why);
    bool has_data = team->rank == 0 && !(team->ranks > 1 && job->where == PLX_LOCAL);
    if (status == PLX_OK && has_data && call->row->cut)
        status = plx_check_data(job, &call->kernel, call->pattern, why);
    return status;
}

static plx_status check(const plx_team *team, plx_call *call)
{
    const plx_pattern_row *row = call->row;
    char *why = call->run.why;
    if (!row->offered(team->model) || (team->inner && !row->offered(team->inner->model)))
        return PLX_UNSUPPORTED;
    if (call->missing) {
        plx_check_say(why, "job is missing");
        return PLX_BAD_JOB;
    }
    plx_status status = plx_check_rooms(&call->job, why);
    if (status == PLX_OK && team->rank == 0)
        status = plx_policy_check(call->job.policy, call->pattern, why);
    return status == PLX_OK ? row->check(team, call) : status;
}

static plx_status begin(plx_team *team, plx_call *call)
{
    plx_status status = check(team, call);
    return team->model->begin ? team->model->begin(team, call, status) : status;
}

/* In a map or reduce a lane has a slice for each hand-out, of which one for each worker may be
   empty, across ranks three for the messages of each, in a scan one more for the second pass, and
   few more: no more need be kept. */
static size_t most_slices(const plx_call *call)
{
    const plx_run *run = &call->run;
    size_t cap = call->job.slices_cap;
    size_t most = 4 * (run->end - run->first) + 2 * (size_t)run->workers + 8;
    return call->row->cut && most < cap ? most : cap;
}

plx_status plx_call_open(plx_team *team, plx_call *call, bool fold)
{
    plx_run *run = &call->run;
    plx_run_cut(run, &call->job, &call->kernel, call->job.ctx, call->job.n);
    run->rank = team->rank;
    return plx_run_open(run, team->threads, fold);
}

/* The job is rank 0's by now, and so is what its policy asks for. */
static void open_pace(plx_call *call, double begun_s)
{
    plx_pace_open(&call->pace, call->job.policy, begun_s, NULL);
    call->pace.n = call->job.n;
}

static plx_status open_run(plx_team *team, plx_call *call)
{
    plx_status status = call->row->open(team, call);
    call->run.pace = plx_policy_asks(call->job.policy) ? &call->pace : NULL;
    if (status == PLX_OK && team->model->enter)
        status = team->model->enter(team, call);
    return status == PLX_OK && call->traced ? plx_trace_open(&call->run, most_slices(call))
                                            : status;
}

/* The result stands in the run; hand it out if the call promises one. */
static plx_status hand_over(plx_team *team, plx_call *call)
{
    plx_status status = plx_run_status(&call->run);
    bool has_result = status == PLX_OK || (status == PLX_ITEM_FAILED && call->run.keep_going);
    return has_result && call->row->hand_over ? call->row->hand_over(team, call, status) : status;
}

static bool has_counts(const plx_call *call, plx_status status)
{
    return status == PLX_OK || status == PLX_ITEM_FAILED || status == PLX_STOPPED ||
           call->pattern == PLX_BATCH || call->pattern == PLX_PIPELINE;
}

static void report_items(const plx_call *call, plx_status status, plx_report *report)
{
    const plx_run *run = &call->run;
    bool stopped = status == PLX_ITEM_FAILED && !run->keep_going;
    report->n = call->job.n;
    report->grain = run->grain;
    report->blocks = run->blocks;
    if (call->row->size)
        call->row->size(call, report);
    bool ran = has_counts(call, status);
    report->failed = !ran ? 0 : stopped ? 1 : run->fails.count;
    report->done = !ran ? 0 : stopped ? run->fails.list[0].item : report->n - report->failed;
    if (status == PLX_STOPPED)
        report->done = run->done;
    if (call->row->count)
        call->row->count(call, report);
    report->not_run = report->n - report->done - report->failed;
}

static void report_failures(plx_call *call, plx_status status, plx_report *report)
{
    const plx_fails *fails = &call->run.fails;
    size_t room = call->failures_room, cap = call->job.failures_cap;
    bool ran = has_counts(call, status);
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
    double begun_s = call->job.policy ? plx_pace_first(call->job.policy) : call->times.entered_s;
    plx_status status = begin(team, call);
    open_pace(call, begun_s);
    if (status == PLX_OK)
        status = open_run(team, call);
    call->mine = status;
    status = agree(team, status);
    call->times.began_s = call->times.ended_s = plx_clock_s();
    if (status == PLX_OK) {
        call->row->run(team, call);
        plx_run_settle(&call->run);
        status = hand_over(team, call);
        if (status == PLX_STOPPED)
            plx_pace_why(&call->pace, call->run.why);
        call->times.ended_s = plx_clock_s();
    }
    fill_report(team, call, status, report);
    share_report(team, call, status, report);
    if (team->rank == 0 && has_counts(call, status))
        plx_pace_show_end(&call->pace, report);
    if (team->model->leave)
        team->model->leave(team, call);
    if (call->row->close)
        call->row->close(call);
    plx_run_close(&call->run);
    return status;
}

plx_status plx_call_make(plx_team *team, plx_pattern pattern, const plx_job *job,
                         const plx_ask *ask, plx_report *report)
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
    call->row = plx_models_pattern(pattern);
    call->missing = job == NULL;
    if (job)
        call->job = *job;
    if (job && job->policy) {
        call->policy = *job->policy;
        call->job.policy = &call->policy;
    }
    call->traced = call->job.slices != NULL;
    call->failures_room = call->job.failures_cap;
    call->own_failures = call->job.failures;
    call->ask = *ask;
    if (ask->stream)
        call->stream = *ask->stream;
    plx_status status = carry_out(team, call, report);
    atomic_flag_clear(&team->busy);
    return status;
}
