/* SPDX-License-Identifier: MIT */
/* cli/run_text.c: a run's report for people: aligned plain text, no colour, nothing that is not
   measured. */
#include <stdio.h>
#include <stdlib.h>

#include "names.h"
#include "run.h"
#include "type.h"

enum { WORKERS_SHOWN = 64 };

static void print_title(const plx_cli_work *work, const plx_report *report)
{
    printf("%s %s under %s: ", plx_pattern_name(work->ask->pattern), work->ask->kernel->name,
           work->ask->model.name);
    if (work->ask->across)
        printf("%d rank%s x %d thread%s%s\n\n", report->ranks, report->ranks == 1 ? "" : "s",
               report->threads, report->threads == 1 ? "" : "s",
               report->serving > 0 ? ", rank 0 only hands out" : "");
    else
        printf("%d worker%s\n\n", report->workers, report->workers == 1 ? "" : "s");
}

static void print_result_lines(const plx_cli_work *work)
{
    const plx_field *field = work->ask->folds ? work->ask->kernel->results : NULL;
    if (!plx_cli_work_has_result(work)) {
        printf("%-14s %s\n", "result", "none");
        return;
    }
    if (field == NULL || field->name == NULL)
        printf("%-14s %016llx (XXH64 of the result's bytes)\n", "digest",
               (unsigned long long)work->digest);
    for (; field != NULL && field->name != NULL; field++) {
        char *value = plx_cli_field_text(field, work->out);
        printf("%-14s %s\n", field->name, value ? value : "?");
        free(value);
    }
}

static void print_items(const plx_cli_work *work, const plx_report *report)
{
    printf("%-14s %zu done", work->ask->in_tasks ? "tasks" : "items", report->done);
    if (report->failed > 0 || report->not_run > 0)
        printf(", %zu failed, %zu not run", report->failed, report->not_run);
    if (work->ask->in_tasks)
        printf(" (%zu items)\n", work->n);
    else
        printf(", %s %zu, of up to %zu items, %s\n",
               work->ask->streams ? "batches" : "blocks", report->blocks,
               report->grain, plx_cli_schedule_name(work->ask->schedule));
}

static void print_failures(const plx_cli_work *work, const plx_report *report)
{
    for (size_t i = 0; i < report->failures && i < work->ask->failures; i++) {
        const plx_failure *failure = &work->job.failures[i];
        printf("%-14s %zu: %s (code %d, rank %d", i == 0 ? "failed" : "", failure->item,
               failure->why, failure->code, failure->rank);
        if (failure->tries > 1)
            printf(", %d tries", failure->tries);
        puts(")");
    }
}

static void print_seconds(const char *name, double seconds)
{
    printf("%-14s %12.6f s\n", name, seconds);
}

static void print_times(const plx_cli_work *work, const plx_cli_call *call)
{
    const plx_report *report = &call->report;
    puts("");
    print_seconds("time", report->elapsed_s);
    print_seconds("  prepare", report->prepare_s);
    print_seconds("  hand out", report->hand_out_s);
    print_seconds("  compute", report->compute_s);
    print_seconds("  imbalance", report->imbalance_s);
    print_seconds("  collect", report->collect_s);
    print_seconds("  other", report->other_s);
    if (call->read_s >= 0)
        print_seconds("read in", call->read_s);
    if (call->write_s >= 0)
        print_seconds("written in", call->write_s);
    if (work->sync_s >= 0)
        print_seconds("synced in", work->sync_s);
    print_seconds("team opened in", work->open_s);
    if (work->launch_s >= 0)
        print_seconds("launched in", work->launch_s);
}

static void print_workers(const plx_cli_work *work, const plx_cli_call *call)
{
    size_t workers = (size_t)call->report.workers;
    if (workers > work->job.by_worker_cap)
        workers = work->job.by_worker_cap;
    printf("\n%6s %6s %14s %10s %12s\n", "rank", "thread",
           work->ask->in_tasks ? "tasks" : "items", "chunks", "busy");
    for (size_t i = 0; i < workers && i < WORKERS_SHOWN; i++) {
        const plx_worker *worker = &call->by_worker[i];
        printf("%6d %6d %14zu %10zu %10.6f s\n", worker->rank, worker->thread, worker->items,
               worker->chunks, worker->busy_s);
    }
    if (workers > WORKERS_SHOWN)
        printf("%6s %zu more; --json lists them\n", "", workers - WORKERS_SHOWN);
}

void plx_cli_print_text(const plx_cli_work *work)
{
    const plx_cli_call *call = &work->calls[work->median];
    print_title(work, &call->report);
    print_result_lines(work);
    print_items(work, &call->report);
    print_failures(work, &call->report);
    print_times(work, call);
    print_workers(work, call);
}
