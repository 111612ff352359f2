/* SPDX-License-Identifier: MIT */
/*
 * core/fan.c: tasks, each whole on one worker; see core/fan.h.
 *
 * How one task runs is core/task.c's; what it ended with stands in status[].
 */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "core/fan.h"
#include "core/task.h"

double plx_fan_cost(const plx_fanout *fan, size_t task)
{
    const plx_task *t = &fan->tasks[task];
    const plx_kernel *kernel = &fan->kernels[task];
    if (kernel->work)
        return kernel->work(t->lo, t->hi, t->ctx, NULL);
    return (double)(t->hi - t->lo) * (kernel->item_ns > 0 ? kernel->item_ns : 1);
}

size_t plx_fan_out_size(const plx_fanout *fan, size_t task)
{
    return plx_task_out_size(&fan->tasks[task], &fan->kernels[task]);
}

size_t plx_fan_in_size(const plx_fanout *fan, size_t task)
{
    return plx_task_in_size(&fan->tasks[task], &fan->kernels[task]);
}

/* The ctx of tasks that have none. */
struct plx_defaults {
    struct plx_defaults *next;
    const plx_kernel *kernel;       /* the user's */
    const void *ctx;                /* bytes, or NULL: there are no defaults */
    _Alignas(16) unsigned char bytes[PLX_CTX_MAX];
};

/* Made once for each kernel, and found again for the next task. */
static bool fill_ctx(plx_fanout *fan, size_t i)
{
    plx_task *task = &fan->tasks[i];
    struct plx_defaults *made = fan->defaults;
    if (task->ctx || fan->kernels[i].ctx_size == 0)
        return true;
    while (made && made->kernel != task->kernel)
        made = made->next;
    if (!made) {
        made = aligned_alloc(16, sizeof *made);
        if (!made)
            return false;
        made->next = fan->defaults;
        made->kernel = task->kernel;
        made->ctx = plx_check_ctx(&fan->kernels[i], NULL, made->bytes);
        fan->defaults = made;
    }
    task->ctx = made->ctx;
    return true;
}

static plx_status check_task(plx_fanout *fan, size_t i, bool root, char why[108])
{
    const plx_task *t = &fan->tasks[i];
    char text[108];
    plx_status status = plx_check_kernel(t->kernel, PLX_FAN, &fan->kernels[i], text);
    if (status == PLX_OK && !fill_ctx(fan, i)) {
        plx_check_say(text, "%s", plx_status_text(PLX_NO_MEMORY));
        status = PLX_NO_MEMORY;
    }
    if (status == PLX_OK)
        status = plx_task_check(t, &fan->kernels[i], root, text);
    if (status != PLX_OK)
        plx_check_say(why, "task %zu: %.80s", i, text);
    return status;
}

typedef struct cost {
    double cost;
    size_t task;
} cost;

static int dearest_first(const void *a, const void *b)
{
    const cost *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost > y->cost ? -1 : 1;
    return x->task < y->task ? -1 : x->task > y->task;
}

static bool sort_tasks(plx_fanout *fan)
{
    cost *costs = malloc((fan->n + 1) * sizeof *costs);
    if (!costs)
        return false;
    for (size_t i = 0; i < fan->n; i++)
        costs[i] = (cost){plx_fan_cost(fan, i), i};
    qsort(costs, fan->n, sizeof *costs, dearest_first);
    for (size_t i = 0; i < fan->n; i++)
        fan->order[i] = costs[i].task;
    fan->orders = fan->n;
    free(costs);
    return true;
}

static bool make_room(plx_fanout *fan)
{
    size_t n = fan->n + 1;
    if (n > SIZE_MAX / 2 / sizeof *fan->kernels)
        return false;
    fan->tasks = malloc(n * sizeof *fan->tasks);
    fan->kernels = malloc(n * sizeof *fan->kernels);
    fan->order = malloc(n * sizeof *fan->order);
    fan->status = malloc(n * sizeof *fan->status);
    fan->link = malloc(n * sizeof *fan->link);
    return fan->tasks && fan->kernels && fan->order && fan->status && fan->link;
}

plx_status plx_fan_open(plx_fanout *fan, plx_run *run, const plx_task *tasks, const plx_join *join,
                        bool root, char why[108])
{
    static const plx_join nothing = {0};
    *fan = (plx_fanout){.run = run, .n = run->n, .join = join ? join : &nothing};
    atomic_flag_clear(&fan->telling);
    atomic_init(&fan->ended, PLX_NONE);
    if (run->n && !tasks) {
        plx_check_say(why, "tasks are missing");
        return PLX_BAD_JOB;
    }
    if (!make_room(fan))
        return PLX_NO_MEMORY;
    for (size_t i = 0; i < fan->n; i++) {
        fan->tasks[i] = tasks[i];
        fan->status[i] = PLX_STOPPED;
        plx_status status = check_task(fan, i, root, why);
        if (status != PLX_OK)
            return status;
    }
    return sort_tasks(fan) ? PLX_OK : PLX_NO_MEMORY;
}

void plx_fan_close(plx_fanout *fan)
{
    free(fan->tasks);
    free(fan->kernels);
    free(fan->order);
    free(fan->status);
    free((void *)fan->link);
    while (fan->defaults) {
        struct plx_defaults *next = fan->defaults->next;
        free(fan->defaults);
        fan->defaults = next;
    }
}

uint64_t plx_fan_digest(const plx_fanout *fan)
{
    uint64_t digest = fan->n + ((uint64_t)fan->join->size << 32);
    for (size_t i = 0; i < fan->n; i++) {
        size_t range[] = {fan->tasks[i].lo, fan->tasks[i].hi, plx_fan_in_size(fan, i)};
        digest = plx_check_digest(&fan->kernels[i], XXH64(range, sizeof range, digest));
        if (fan->kernels[i].ctx_size)
            digest = XXH64(fan->tasks[i].ctx, fan->kernels[i].ctx_size, digest);
    }
    return digest;
}

bool plx_fan_work(plx_fanout *fan, int worker)
{
    size_t position = atomic_fetch_add(&fan->next, 1);
    if (position >= fan->orders)
        return false;
    size_t task = fan->order[position];
    if (!plx_run_wants(fan->run, task))
        return true;
    plx_failure failure;
    fan->status[task] = plx_task_run(&fan->tasks[task], &fan->kernels[task], task, fan->run, worker,
                                     &failure);
    if (plx_task_failed(fan->status[task]))
        plx_task_fail(fan->run, worker, &failure);
    plx_fan_tell(fan, task);
    return true;
}

size_t plx_fan_take_ended(plx_fanout *fan)
{
    size_t task = atomic_exchange(&fan->ended, PLX_NONE), earliest = PLX_NONE;
    while (task != PLX_NONE) {
        size_t before = atomic_load(&fan->link[task]);
        atomic_store(&fan->link[task], earliest);
        earliest = task;
        task = before;
    }
    return earliest;
}

/* Push, then tell all that ended unless somebody is telling; that one looks again after its last
   word. */
void plx_fan_tell(plx_fanout *fan, size_t task)
{
    size_t top = atomic_load(&fan->ended);
    do
        atomic_store(&fan->link[task], top);
    while (!atomic_compare_exchange_weak(&fan->ended, &top, task));
    while (!fan->hold && atomic_load(&fan->ended) != PLX_NONE &&
           !atomic_flag_test_and_set(&fan->telling)) {
        for (size_t t = plx_fan_take_ended(fan), next; t != PLX_NONE; t = next) {
            next = atomic_load(&fan->link[t]);
            if (fan->join->arrived)
                fan->join->arrived(t, &fan->tasks[t], fan->status[t], fan->join->user);
        }
        atomic_flag_clear(&fan->telling);
    }
}

void plx_fan_join(plx_fanout *fan)
{
    if (!fan->join->join)
        return;
    for (size_t i = 0; i < fan->n; i++)
        if (fan->status[i] == PLX_OK)
            fan->join->join(fan->join->total, i, &fan->tasks[i], fan->join->user);
}
