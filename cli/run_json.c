/* SPDX-License-Identifier: MIT */
/* cli/run_json.c: a run's report as parallax.run/1. Fields may be added, never changed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "names.h"
#include "run.h"
#include "type.h"

static json_t *digest_text(uint64_t digest)
{
    char text[20];
    snprintf(text, sizeof text, "%016" PRIx64, digest);
    return json_string(text);
}

/* A fold's fields, the first as "value"; an array's digest. null: there is no result. */
static json_t *make_result(const plx_cli_work *work)
{
    const plx_field *fields = work->ask->folds ? work->ask->kernel->results : NULL;
    if (!plx_cli_work_has_result(work))
        return json_null();
    json_t *result = json_object();
    if (fields == NULL || fields->name == NULL)
        json_object_set_new(result, "value", digest_text(work->digest));
    for (const plx_field *field = fields; field != NULL && field->name != NULL; field++) {
        char *text = plx_cli_field_text(field, work->out);
        json_object_set_new(result, field == fields ? "value" : field->name,
                            text ? plx_cli_json_text(text) : plx_cli_json_none());
        free(text);
    }
    return result;
}

static json_t *make_items(const plx_report *report)
{
    json_t *items = json_object();
    json_object_set_new(items, "done", plx_cli_json_count(report->done));
    json_object_set_new(items, "failed", plx_cli_json_count(report->failed));
    json_object_set_new(items, "not_run", plx_cli_json_count(report->not_run));
    return items;
}

static json_t *make_failures(const plx_cli_work *work, const plx_report *report)
{
    json_t *list = json_array();
    for (size_t i = 0; i < report->failures && i < work->ask->failures; i++) {
        const plx_failure *failure = &work->job.failures[i];
        json_t *one = json_object();
        json_object_set_new(one, "item", plx_cli_json_count(failure->item));
        json_object_set_new(one, "code", json_integer(failure->code));
        json_object_set_new(one, "why", plx_cli_json_text(failure->why));
        json_object_set_new(one, "rank", json_integer(failure->rank));
        json_object_set_new(one, "tries", json_integer(failure->tries));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *make_workers(const plx_cli_work *work, const plx_cli_call *call)
{
    json_t *list = json_array();
    for (size_t i = 0; i < (size_t)call->report.workers && i < work->job.by_worker_cap; i++) {
        const plx_worker *worker = &call->by_worker[i];
        json_t *one = json_object();
        json_object_set_new(one, "rank", json_integer(worker->rank));
        json_object_set_new(one, "thread", json_integer(worker->thread));
        json_object_set_new(one, "items", plx_cli_json_count(worker->items));
        json_object_set_new(one, "chunks", plx_cli_json_count(worker->chunks));
        json_object_set_new(one, "busy_s", plx_cli_json_seconds(worker->busy_s));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *make_phases(const plx_report *report)
{
    json_t *phases = json_object();
    json_object_set_new(phases, "prepare_s", plx_cli_json_seconds(report->prepare_s));
    json_object_set_new(phases, "hand_out_s", plx_cli_json_seconds(report->hand_out_s));
    json_object_set_new(phases, "compute_s", plx_cli_json_seconds(report->compute_s));
    json_object_set_new(phases, "imbalance_s", plx_cli_json_seconds(report->imbalance_s));
    json_object_set_new(phases, "collect_s", plx_cli_json_seconds(report->collect_s));
    json_object_set_new(phases, "other_s", plx_cli_json_seconds(report->other_s));
    return phases;
}

static void set_what(json_t *run, const plx_cli_work *work, const plx_report *report)
{
    const plx_cli_ask *ask = work->ask;
    json_object_set_new(run, "schema", json_string("parallax.run/1"));
    json_object_set_new(run, "pattern", json_string(plx_pattern_name(ask->pattern)));
    json_object_set_new(run, "kernel", json_string(ask->kernel->name));
    json_object_set_new(run, "model", json_string(ask->model.name));
    json_object_set_new(run, "status", json_string(plx_status_name(work->status)));
    json_object_set_new(run, "workers", json_integer(report->workers));
    json_object_set_new(run, "ranks", json_integer(report->ranks));
    json_object_set_new(run, "threads", json_integer(report->threads));
    json_object_set_new(run, "serving", json_integer(report->serving));
    json_object_set_new(run, "n",
                        plx_cli_json_count(ask->in_tasks ? work->n : report->n));
    if (ask->in_tasks)
        json_object_set_new(run, "tasks", plx_cli_json_count(work->tasks));
    json_object_set_new(run, "grain", plx_cli_json_count(report->grain));
    json_object_set_new(run, "blocks", plx_cli_json_count(report->blocks));
    json_object_set_new(run, "schedule", json_string(plx_cli_schedule_name(ask->schedule)));
    json_object_set_new(run, "where", json_string(plx_cli_where_name(ask)));
    json_object_set_new(run, "bind", json_string(plx_cli_bind_name(ask->bind)));
}

/* Of lines the bytes that were read; null for a part of a stream of them, which nobody has added
   up. */
static json_t *make_bytes_in(const plx_cli_work *work)
{
    size_t size = work->ask->kernel->in_size;
    if (size != PLX_VARIES)
        return plx_cli_json_count(work->n * size);
    if (work->at != NULL)
        return plx_cli_json_count(work->at[work->n]);
    return work->n == work->lines.count ? plx_cli_json_count(work->lines.bytes) : json_null();
}

static json_t *number(double value)
{
    json_t *real = json_real(value); /* NULL if it is not finite */
    return real != NULL ? real : json_null();
}

/* What is known of the work beforehand, for whoever wants to say what the times mean. */
static void set_work(json_t *run, const plx_cli_work *work)
{
    const plx_kernel *kernel = work->ask->kernel;
    json_t *told = kernel->work != NULL ? json_object() : json_null();
    if (kernel->work != NULL) {
        double bytes = 0;
        json_object_set_new(told, "operations",
                            number(kernel->work(0, work->n, work->ask->ctx, &bytes)));
        json_object_set_new(told, "bytes", number(bytes));
    }
    json_object_set_new(run, "work", told);
    json_object_set_new(run, "bytes_in", make_bytes_in(work));
    json_object_set_new(run, "bytes_out", plx_cli_json_count(plx_cli_work_out_size(work)));
    json_object_set_new(run, "item_ns", number(kernel->item_ns));
    json_object_set_new(run, "waits", json_boolean(kernel->flags & PLX_WAITS));
    json_object_set_new(run, "better", plx_cli_json_text(kernel->better));
}

/* Of each call. What it had nothing to read or write for is null. */
static void set_all_times(json_t *run, const plx_cli_work *work)
{
    json_t *elapsed = json_array(), *read = json_array(), *written = json_array();
    for (size_t i = 0; i < work->calls_count; i++) {
        const plx_cli_call *call = &work->calls[i];
        json_array_append_new(elapsed, plx_cli_json_seconds(call->report.elapsed_s));
        json_array_append_new(read, plx_cli_json_seconds(call->read_s));
        json_array_append_new(written, plx_cli_json_seconds(call->write_s));
    }
    json_object_set_new(run, "elapsed_all_s", elapsed);
    json_object_set_new(run, "read_all_s", read);
    json_object_set_new(run, "write_all_s", written);
}

static void set_times(json_t *run, const plx_cli_work *work, const plx_report *report)
{
    json_object_set_new(run, "elapsed_s", plx_cli_json_seconds(report->elapsed_s));
    json_object_set_new(run, "open_s", plx_cli_json_seconds(work->open_s));
    json_object_set_new(run, "launch_s", plx_cli_json_seconds(work->launch_s));
    json_object_set_new(run, "cpu_s", plx_cli_json_seconds(work->cpu_s));
    json_object_set_new(run, "busy_max_s", plx_cli_json_seconds(report->busy_max_s));
    json_object_set_new(run, "transfer_s", plx_cli_json_seconds(report->transfer_s));
    json_object_set_new(run, "phases", make_phases(report));
    json_object_set_new(run, "read_s", plx_cli_json_seconds(work->calls[work->median].read_s));
    json_object_set_new(run, "write_s", plx_cli_json_seconds(work->calls[work->median].write_s));
    json_object_set_new(run, "sync_s", plx_cli_json_seconds(work->sync_s));
    if (work->ask->repeat != 0)
        set_all_times(run, work);
}

json_t *plx_cli_work_json(const plx_cli_work *work)
{
    const plx_cli_call *call = &work->calls[work->median];
    json_t *run = json_object();
    set_what(run, work, &call->report);
    json_object_set_new(run, "result", make_result(work));
    json_object_set_new(run, "digest",
                        plx_cli_work_has_result(work) ? digest_text(work->digest) : json_null());
    json_object_set_new(run, "items", make_items(&call->report));
    json_object_set_new(run, "failures", make_failures(work, &call->report));
    json_object_set_new(run, "by_worker", make_workers(work, call));
    set_times(run, work, &call->report);
    set_work(run, work);
    json_t *policy = plx_cli_policy_json(&work->ask->policy);
    if (policy != NULL)
        json_object_set_new(run, "policy", policy);
    if (work->status == PLX_STOPPED)
        json_object_set_new(run, "stopped_by", json_string(plx_cli_policy_stopper(work->ask)));
    return run;
}

int plx_cli_print_json(const plx_cli_work *work)
{
    return plx_cli_json_print(plx_cli_work_json(work));
}
