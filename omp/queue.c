/* SPDX-License-Identifier: MIT */
/*
 * omp/queue.c: a task runs steps until none is possible, and makes a task for each further one that
 * is, as long as there are threads without one.
 *
 * So nobody waits for a step: a task that finds none ends, and whoever makes one possible makes a
 * task for it. Threads without a task wait in the region's barrier, where OpenMP gives them tasks.
 */
#include <omp.h>

#include "omp/model.h"

typedef struct state {
    plx_stepping *stepping;
    int threads;
    atomic_int busy; /* tasks that run steps, the calling thread's included */
} state;

static void run_steps(state *s);

static void begin_another(state *s)
{
    if (atomic_fetch_add(&s->busy, 1) >= s->threads) {
        atomic_fetch_sub(&s->busy, 1);
        return;
    }
    #pragma omp task
    run_steps(s);
}

static void run_step(state *s, const plx_step *step)
{
    if (step->more)
        begin_another(s);
    plx_steps_run(s->stepping, omp_get_thread_num(), step);
}

static void run_steps(state *s)
{
    for (plx_step step; plx_steps_claim(s->stepping, omp_get_thread_num(), &step) == PLX_STEP;)
        run_step(s, &step);
    atomic_fetch_sub(&s->busy, 1);
}

/* The calling thread of a rank has messages to look after, so it stays to the end. */
static void look_and_run_steps(state *s)
{
    for (plx_step step; plx_steps_next(s->stepping, 0, &step);)
        run_step(s, &step);
}

void plx_omp_queue(plx_team *team, plx_stepping *stepping)
{
    state s = {.stepping = stepping, .threads = team->threads, .busy = 1};
    #pragma omp parallel num_threads(team->threads)
    #pragma omp master
    if (plx_steps_looks(stepping))
        look_and_run_steps(&s);
    else
        run_steps(&s);
}
