/* SPDX-License-Identifier: MIT */
/*
 * cli/run_patterns.c: what each pattern needs, and its one public call.
 *
 * map and reduce are plain. fan cuts [0, n) into tasks of equal length and joins their accumulators
 * with the kernel's own combine; the tasks run a copy of the kernel without finish, which is for
 * the whole. batch streams the same items that map would hold.
 */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "error.h"
#include "generate.h"
#include "run.h"
#include "type.h"

enum { ALIGN = 64, SLICES = 1000000 }; /* slices of all calls together */

/* A stride that keeps neighbours off each other's cache lines. */
static size_t acc_stride(const plx_kernel *kernel)
{
    return (kernel->acc_size + ALIGN - 1) / ALIGN * ALIGN;
}

static void set_identity(const plx_cli_work *work, void *acc)
{
    const plx_kernel *kernel = work->ask->kernel;
    if (kernel->identity != NULL)
        kernel->identity(acc, work->ask->ctx);
    else
        memset(acc, 0, kernel->acc_size);
}

static void lay_tasks(plx_cli_work *work)
{
    const plx_kernel *kernel = work->ask->kernel;
    size_t share = work->tasks != 0 ? work->n / work->tasks : 0,
           rest = work->tasks != 0 ? work->n % work->tasks : 0;
    for (size_t t = 0, lo = 0; t < work->tasks; t++) {
        size_t hi = lo + share + (t < rest);
        plx_task *task = &work->task[t];
        *task = (plx_task){ .kernel = &work->part, .lo = lo, .hi = hi, .ctx = work->ask->ctx };
        if (work->in != NULL)
            task->in = (const char *)work->in + (work->at != NULL ? 0 : lo * kernel->in_size);
        task->at = work->at != NULL ? work->at + lo : NULL;
        if (work->root)
            task->out = work->ask->folds ? (char *)work->parts + t * acc_stride(kernel)
                                         : (char *)work->out + lo * kernel->out_size;
        lo = hi;
    }
}

/* Each task is prepared on its own. What the kernel refuses as a whole is refused before that. */
static int ask_kernel(const plx_cli_work *work)
{
    const plx_kernel *kernel = work->ask->kernel;
    const char *why = "no reason given";
    void *shared = NULL;
    if (!work->root || kernel->prepare == NULL)
        return 0;
    if (kernel->prepare(work->n, work->ask->ctx, &shared, &why) != 0)
        return plx_cli_error(PLX_EXIT_DATA, "fan: kernel %s: %s", kernel->name, why);
    if (kernel->release != NULL)
        kernel->release(shared);
    return 0;
}

static int prepare_fan(plx_cli_work *work)
{
    int code = ask_kernel(work);
    if (code != 0)
        return code;
    work->part = *work->ask->kernel;
    work->part.finish = NULL;
    work->task = plx_cli_work_room(work->tasks, sizeof *work->task, &code);
    if (code == 0 && work->root && work->ask->folds)
        work->parts = plx_cli_work_room(work->tasks, acc_stride(work->ask->kernel), &code);
    if (code == 0)
        lay_tasks(work);
    work->job.kernel = NULL;
    work->job.n = work->tasks;
    work->job.in = NULL;
    return code;
}

static int prepare_result(plx_cli_work *work)
{
    const plx_cli_ask *ask = work->ask;
    int code = 0;
    if (ask->folds)
        work->out = plx_cli_work_room(1, acc_stride(ask->kernel), &code);
    else if (work->root && ask->pattern != PLX_BATCH && !ask->filed)
        work->out = plx_cli_work_room(work->n, ask->kernel->out_size, &code);
    if (code == 0 && ask->pattern == PLX_FAN)
        code = prepare_fan(work);
    work->job.out = ask->pattern <= PLX_REDUCE ? work->out : NULL;
    if (work->share != NULL)
        work->job.out = work->share;
    return code;
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
    work->hash = ask->pattern == PLX_BATCH ? XXH64_createState() : NULL;
    bool missing = !work->job.failures || !work->job.by_worker || !work->calls ||
                   (ask->pattern == PLX_BATCH && work->hash == NULL);
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
    if (work->hash != NULL)
        XXH64_freeState(work->hash);
}

static plx_status call_map(plx_cli_work *work, plx_report *report)
{
    return plx_map(work->team, &work->job, report);
}

static plx_status call_reduce(plx_cli_work *work, plx_report *report)
{
    return plx_reduce(work->team, &work->job, report);
}

static void join_part(void *total, size_t task, const plx_task *done, void *user)
{
    const plx_cli_work *work = user;
    (void)task;
    work->ask->kernel->combine(total, done->out, work->ask->ctx);
}

static plx_status call_fan(plx_cli_work *work, plx_report *report)
{
    const plx_kernel *kernel = work->ask->kernel;
    const plx_join join = {
        .size = kernel->acc_size, .total = work->out, .join = join_part, .user = work};
    if (!work->ask->folds)
        return plx_fan(work->team, &work->job, work->task, NULL, report);
    set_identity(work, work->out);
    plx_status status = plx_fan(work->team, &work->job, work->task, &join, report);
    if ((status == PLX_OK || status == PLX_ITEM_FAILED) && kernel->finish != NULL)
        kernel->finish(work->out, work->ask->ctx);
    return status;
}

/* As many as fit: the room is told by the longest line, so none is left over but by a change. */
static plx_status give_lines(plx_cli_work *work, size_t want, void *items, size_t *at, size_t *got)
{
    size_t left = work->n - work->next, room = want * work->lines.longest;
    *got = plx_lines_take(&work->lines, want < left ? want : left, items, room, at);
    work->next += *got;
    work->told = left > 0 && *got == 0 && plx_file_changed(work->ask->input) != 0;
    return work->told ? PLX_NO_INPUT : PLX_OK;
}

static plx_status give_items(void *user, size_t want, void *items, size_t *at, size_t *got)
{
    plx_cli_work *work = user;
    const plx_kernel *kernel = work->ask->kernel;
    size_t left = work->n - work->next, take = want < left ? want : left;
    if (kernel->in_size == PLX_VARIES)
        return give_lines(work, want, items, at, got);
    if (work->in != NULL && take > 0) {
        memcpy(items, (const char *)work->in + work->next * kernel->in_size,
               take * kernel->in_size);
    } else if (kernel->in_size > 0) {
        size_t values = kernel->in_size / plx_cli_type_of(kernel->in_type)->size;
        plx_generate_values(kernel->in_type, work->ask->seed, work->next * values, take * values,
                            items);
    }
    work->next += take;
    *got = take;
    return PLX_OK;
}

static plx_status take_results(void *user, size_t first, size_t n, const void *out,
                               const plx_failure *failed, size_t failures)
{
    plx_cli_work *work = user;
    XXH64_update(work->hash, out, n * work->ask->kernel->out_size);
    if (work->ask->output != NULL || work->ask->bytes != NULL)
        work->told = plx_cli_work_write(work, first, n, out, failed, failures) != 0;
    return work->told ? PLX_IO : PLX_OK;
}

static plx_status call_batch(plx_cli_work *work, plx_report *report)
{
    const plx_stream stream = { .source = give_items, .sink = take_results, .user = work,
                                .item_size = work->lines.longest };
    work->next = 0;
    work->lines.next = work->lines.text;
    XXH64_reset(work->hash, 0);
    return plx_batch(work->team, &work->job, &stream, report);
}

plx_status plx_cli_call_once(plx_cli_work *work, plx_report *report)
{
    static plx_status (*const calls[PLX_PATTERNS])(plx_cli_work *, plx_report *) = {
        [PLX_MAP] = call_map,
        [PLX_REDUCE] = call_reduce,
        [PLX_FAN] = call_fan,
        [PLX_BATCH] = call_batch,
    };
    return calls[work->ask->pattern](work, report);
}
