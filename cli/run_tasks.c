/* SPDX-License-Identifier: MIT */
/*
 * cli/run_tasks.c: the items as tasks of about equal length: fan.
 *
 * What a fan and a map come to must be the same: so the tasks run a copy of the kernel without
 * finish, and their accumulators are joined, in task order, with the kernel's own combine.
 */
#include <string.h>

#include "error.h"
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

int plx_cli_tasks_prepare(plx_cli_work *work)
{
    int code = ask_kernel(work);
    if (code != 0)
        return code;
    work->part = *work->ask->kernel;
    work->part.finish = NULL;
    work->task = plx_cli_work_room(work->tasks, sizeof *work->task, &code);
    if (code == 0 && work->root && work->ask->folds)
        work->parts = plx_cli_work_room(work->tasks, plx_cli_acc_stride(work->ask->kernel), &code);
    if (code == 0)
        lay_tasks(work);
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
