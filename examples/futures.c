/* SPDX-License-Identifier: MIT */
/*
 * futures.c: wait for a submitted task, also with a limit; be called back; take a task back.
 *
 * A wait runs other tasks meanwhile, so it never deadlocks, with one worker too. Whether the last
 * task can still be taken back depends on who was faster; either way it is counted once.
 */
#include <plx/kernels.h>
#include <plx/task.h>
#include <stdio.h>

enum { FIRST, SECOND, REFUSED, LAST, TASKS };
static const double ms[TASKS] = { 5, 50, -1, 5 };       /* the kernel refuses to wait -1 ms */
typedef struct desk { uint64_t out[TASKS]; int called; plx_end end[TASKS]; bool taken; } desk;

static void count_call(void *called, const plx_end *end)
{
    *(int *)called += end->status == PLX_OK;
}

static void body(plx_tasks *tasks, void *user)
{
    desk *d = user;
    plx_future future[TASKS];
    for (size_t t = 0; t < TASKS; t++) {
        const plx_task task = { .kernel = plx_kernel_find("wait"), .lo = t, .hi = t + 1,
                                .ctx = &ms[t], .out = &d->out[t] };
        if (plx_submit(tasks, &task, &future[t]) != PLX_OK)
            return;
    }
    if (plx_then(tasks, future[FIRST], count_call, &d->called) != PLX_OK)
        return;
    d->taken = plx_cancel(tasks, future[LAST]);
    plx_wait(tasks, future[FIRST], -1, &d->end[FIRST]);
    while (plx_wait(tasks, future[SECOND], 0.01, &d->end[SECOND]) == PLX_TIMED_OUT)
        fputs("not yet\n", stderr);
    plx_wait(tasks, future[REFUSED], -1, &d->end[REFUSED]);
    plx_wait(tasks, future[LAST], -1, &d->end[LAST]);
}

int main(int argc, char **argv)
{
    const plx_kernel *const kernels[] = { plx_kernel_find("wait"), NULL };
    const plx_job job = { .kernels = kernels, .keep_going = true };
    desk d = { .called = 0 };
    plx_report report = { 0 };
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_scope(team, &job, body, &d, &report);
    if (plx_team_rank(team) == 0) {
        for (int t = 0; t < LAST; t++)
            printf("task %d: %s%s%s\n", t, plx_status_name(d.end[t].status),
                   d.end[t].why[0] ? ", " : "", d.end[t].why);
        printf("called back: %d, last task ran or was taken back: %s, failed: %zu\n", d.called,
               (d.end[LAST].status == PLX_STOPPED) == d.taken ? "yes" : "both?", report.failed);
    }
    plx_close(team);
    return status == PLX_ITEM_FAILED ? 0 : plx_status_exit(status);
}
