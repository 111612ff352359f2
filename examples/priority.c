/* SPDX-License-Identifier: MIT */
/*
 * priority.c: urgent things first: the lower number, first come first served among equals.
 *
 * First the queue alone; then tasks of a scope, which one worker runs in that order. With more
 * workers they begin in about that order.
 */
#include <plx/kernels.h>
#include <plx/task.h>
#include <stdio.h>

enum { TASKS = 4, ROUTINE = 3, NORMAL = 2, URGENT = 1 };
static const int how_urgent[TASKS] = { NORMAL, ROUTINE, URGENT, NORMAL };

static plx_status order_by_queue(void)
{
    plx_priority *queue;
    plx_status status = plx_priority_open(sizeof(int), &queue);
    for (int i = 0; i < TASKS && status == PLX_OK; i++)
        status = plx_priority_push(queue, how_urgent[i], &i);
    for (int item; status == PLX_OK && plx_priority_pop(queue, NULL, &item);)
        printf("queue: item %d, priority %d\n", item, how_urgent[item]);
    plx_priority_close(queue);
    return status;
}

static void body(plx_tasks *tasks, void *user)
{
    plx_end end;
    plx_future future;
    uint64_t sum[TASKS][2];
    plx_status *status = user;
    for (size_t i = 0; i < TASKS && *status == PLX_OK; i++) {
        const plx_task task = { .kernel = plx_kernel_find("sum_squares"), .hi = 10 * (i + 1),
                                .out = sum[i], .priority = how_urgent[i] };
        *status = plx_submit(tasks, &task, &future);
    }
    while (plx_next(tasks, -1, &end) == PLX_OK)
        printf("scope: task %zu, priority %d, sum %d\n", end.task, how_urgent[end.task],
               (int)sum[end.task][0]);
}

int main(int argc, char **argv)
{
    const plx_kernel *const kernels[] = { plx_kernel_find("sum_squares"), NULL };
    const plx_job job = { .kernels = kernels };
    plx_team *team;
    plx_status submitted = order_by_queue();
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 1, &team);
    if (status == PLX_OK)
        status = plx_scope(team, &job, body, &submitted, NULL);
    plx_close(team);
    return plx_status_exit(status != PLX_OK ? status : submitted);
}
