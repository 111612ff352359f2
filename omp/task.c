/* SPDX-License-Identifier: MIT */
/*
 * omp/task.c: the calling thread runs the body; what it pushes, OpenMP tasks run.
 *
 * Each runs the best tasks queued until none is, and there are no more of them than other threads:
 * beyond 64 a thread libgomp would run them at once, in the body. The priority clause is of no use,
 * since without an environment variable all priorities are 0. One that ends looks again after it
 * has been counted out, so that none is left lying between its last look and a push that found
 * enough of them.
 */
#include <omp.h>

#include "omp/model.h"

typedef struct state {
    plx_tasks *tasks;
    int others;                     /* threads */
    _Atomic int running;            /* OpenMP tasks of ours */
} state;

static bool count_in(state *s)
{
    int running = atomic_load(&s->running);
    while (running < s->others)
        if (atomic_compare_exchange_weak(&s->running, &running, running + 1))
            return true;
    return false;
}

static void work(state *s)
{
    do {
        while (plx_tasks_work(s->tasks, omp_get_thread_num())) {
        }
        atomic_fetch_sub(&s->running, 1);
    } while (plx_tasks_wait(s->tasks) && count_in(s));
}

static void push(void *arg)
{
    state *s = arg;
    if (count_in(s)) {
        #pragma omp task firstprivate(s)
        work(s);
    }
}

void plx_omp_task(plx_team *team, plx_tasks *tasks)
{
    state s = {.tasks = tasks};
    tasks->model = &s;
    tasks->push = push;
    #pragma omp parallel num_threads(team->threads)
    #pragma omp master
    {
        s.others = omp_get_num_threads() - 1;
        tasks->body(tasks);
    }
}
