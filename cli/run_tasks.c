/* SPDX-License-Identifier: MIT */
/*
 * cli/run_tasks.c: the items as tasks of about equal length: fan, task, priority.
 *
 * What they and a map or reduce come to must be the same: so the tasks run a copy of the kernel
 * without finish, and their accumulators are joined, in task order, with the kernel's own combine.
 */
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "plx/task.h"
#include "run.h"

size_t plx_cli_acc_stride(const plx_kernel *kernel)
{
    enum { LINE = 64 };
    return (kernel->acc_size + LINE - 1) / LINE * LINE;
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
            task->out = work->ask->folds ? (char *)work->parts + t * plx_cli_acc_stride(kernel)
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
        return plx_cli_error(PLX_EXIT_DATA, "%s: kernel %s: %s",
                             plx_pattern_name(work->ask->pattern), kernel->name, why);
    if (kernel->release != NULL)
        kernel->release(shared);
    return 0;
}

/* A task and what it costs, for sorting. */
typedef struct dear {
    double work;
    size_t task;
} dear;

static int by_work(const void *one, const void *other)
{
    const dear *a = one, *b = other;
    if (a->work != b->work)
        return a->work > b->work ? -1 : 1;
    return a->task < b->task ? -1 : 1;
}

/* The dearest first: its place in that order is a task's priority. */
static int rank_tasks(plx_cli_work *work)
{
    const plx_kernel *kernel = work->ask->kernel;
    int code = 0;
    dear *order = plx_cli_work_room(work->tasks, sizeof *order, &code);
    for (size_t t = 0; code == 0 && t < work->tasks; t++) {
        const plx_task *task = &work->task[t];
        order[t].task = t;
        order[t].work = kernel->work != NULL
                            ? kernel->work(task->lo, task->hi, work->ask->ctx, NULL)
                            : (double)(task->hi - task->lo);
    }
    if (code == 0)
        qsort(order, work->tasks, sizeof *order, by_work);
    for (size_t place = 0; code == 0 && place < work->tasks; place++)
        work->task[order[place].task].priority = (int)place;
    free(order);
    return code;
}

int plx_cli_tasks_prepare(plx_cli_work *work)
{
    int code = ask_kernel(work);
    if (code != 0)
        return code;
    work->part = *work->ask->kernel;
    work->part.finish = NULL;
    work->kernels[0] = &work->part;
    work->task = plx_cli_work_room(work->tasks, sizeof *work->task, &code);
    if (code == 0 && work->root && work->ask->folds)
        work->parts = plx_cli_work_room(work->tasks, plx_cli_acc_stride(work->ask->kernel), &code);
    if (code == 0 && work->ask->pattern != PLX_FAN)
        work->good = plx_cli_work_room(work->tasks, sizeof *work->good, &code);
    if (code == 0)
        lay_tasks(work);
    if (code == 0 && work->ask->pattern == PLX_PRIORITY)
        code = rank_tasks(work);
    work->job.kernels = work->kernels;
    work->job.kernel = NULL;
    work->job.n = work->tasks;
    work->job.in = NULL;
    return code;
}

static void join_part(void *total, size_t task, const plx_task *done, void *user)
{
    const plx_cli_work *work = user;
    (void)task;
    work->ask->kernel->combine(total, done->out, work->ask->ctx);
}

static void finish_total(const plx_cli_work *work, plx_status status)
{
    const plx_kernel *kernel = work->ask->kernel;
    if ((status == PLX_OK || status == PLX_ITEM_FAILED) && kernel->finish != NULL)
        kernel->finish(work->out, work->ask->ctx);
}

plx_status plx_cli_tasks_fan(plx_cli_work *work, plx_report *report)
{
    const plx_join join = { .size = work->ask->kernel->acc_size, .total = work->out,
                            .join = join_part, .user = work };
    if (!work->ask->folds)
        return plx_fan(work->team, &work->job, work->task, NULL, report);
    set_identity(work, work->out);
    plx_status status = plx_fan(work->team, &work->job, work->task, &join, report);
    finish_total(work, status);
    return status;
}

/* On rank 0: all are submitted, then taken as they end. */
static void run_body(plx_tasks *tasks, void *user)
{
    plx_cli_work *work = user;
    plx_future future;
    plx_end end;
    memset(work->good, 0, work->tasks * sizeof *work->good);
    for (size_t t = 0; t < work->tasks && work->submitted == PLX_OK; t++)
        work->submitted = plx_submit(tasks, &work->task[t], &future);
    while (plx_next(tasks, -1, &end) == PLX_OK)
        work->good[end.task] = end.status == PLX_OK;
}

plx_status plx_cli_tasks_scope(plx_cli_work *work, plx_report *report)
{
    work->submitted = PLX_OK;
    plx_status status = plx_scope(work->team, &work->job, run_body, work, report);
    plx_status worst = plx_agree(work->team, work->submitted > status ? work->submitted : status);
    if (worst != status)
        strncpy(report->why, plx_status_text(worst), sizeof report->why - 1);
    if (!work->ask->folds || !work->root)
        return worst;
    set_identity(work, work->out);
    for (size_t t = 0; t < work->tasks; t++)
        if (work->good[t])
            join_part(work->out, t, &work->task[t], work);
    finish_total(work, worst);
    return worst;
}
