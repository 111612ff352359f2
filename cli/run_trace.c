/* SPDX-License-Identifier: MIT */
/*
 * cli/run_trace.c: the trace of the reported call: its slices, and the run's own report as the
 * set-up, so that one file says what it shows.
 */
#include "error.h"
#include "run.h"
#include "trace.h"

static json_t *make_about(const plx_cli_work *work, const plx_trace *trace)
{
    json_t *about = plx_cli_work_json(work);
    json_object_set_new(about, "version", json_string(plx_version()));
    json_object_set_new(about, "cores", json_integer(plx_cores()));
    json_object_set_new(about, "params",
                        plx_cli_json_fields(work->ask->kernel->params, work->ask->ctx));
    json_object_set_new(about, "slices", plx_cli_json_count(trace->count + trace->left_out));
    json_object_set_new(about, "slices_left_out", plx_cli_json_count(trace->left_out));
    return about;
}

int plx_cli_work_trace(plx_cli_work *work)
{
    const plx_cli_call *call = &work->calls[work->median];
    const plx_report *report = &call->report;
    size_t room = work->job.slices_cap, workers = (size_t)report->workers;
    plx_trace trace = {
        .slices = call->slices,
        .count = report->slices < room ? report->slices : room,
        .workers = call->by_worker,
        .workers_count = workers < work->job.by_worker_cap ? workers : work->job.by_worker_cap,
        .ranks = report->ranks,
        .threads = report->threads,
        .elapsed_s = report->elapsed_s,
        .chunk = work->ask->pattern == PLX_FAN ? "task" : "chunk",
    };
    trace.left_out = report->slices - trace.count;
    if (trace.left_out > 0)
        plx_cli_note("--trace: room for %zu slices; the last %zu of %zu are left out", room,
                     trace.left_out, report->slices);
    json_t *about = make_about(work, &trace);
    int code = plx_trace_write(&work->trace, &trace, about);
    json_decref(about);
    return code;
}
