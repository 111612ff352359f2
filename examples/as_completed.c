/* SPDX-License-Identifier: MIT */
/*
 * as_completed.c: submit ten tasks, take each result as it comes, join them at the end.
 *
 * Who ends first differs from run to run, so partial results are told on stderr; the total does not
 * depend on it. The body runs on one thread, rank 0's first, and needs no lock.
 */
#include <plx/kernels.h>
#include <plx/task.h>
#include <stdio.h>

enum { TASKS = 10 };
typedef struct sums { uint64_t part[TASKS][2], total; size_t came; } sums;

static void body(plx_tasks *tasks, void *user)
{
    sums *all = user;
    plx_future future[TASKS];
    plx_end end;
    for (size_t t = 0; t < TASKS; t++) {
        const plx_task task = { .kernel = plx_kernel_find("sum_squares"), .hi = 1000 * (t + 1),
                                .out = all->part[t] };
        if (plx_submit(tasks, &task, &future[t]) != PLX_OK)
            return;                                     /* those submitted end all the same */
    }
    while (plx_next(tasks, -1, &end) == PLX_OK)
        if (end.status == PLX_OK) {
            fprintf(stderr, "task %zu: %llu\n", end.task,
                    (unsigned long long)all->part[end.task][0]);
            all->total += all->part[end.task][0];
            all->came++;
        }
}

int main(int argc, char **argv)
{
    const plx_kernel *const kernels[] = { plx_kernel_find("sum_squares"), NULL };
    const plx_job job = { .kernels = kernels };
    sums all = { 0 };
    plx_report report = { 0 };
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_scope(team, &job, body, &all, &report);
    if (status != PLX_OK)
        fprintf(stderr, "as_completed: %s\n",
                report.why[0] ? report.why : plx_status_text(status));
    else if (plx_team_rank(team) == 0)
        printf("%zu results, total %llu\n", all.came, (unsigned long long)all.total);
    plx_close(team);
    return plx_status_exit(status);
}
