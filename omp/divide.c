/* SPDX-License-Identifier: MIT */
/*
 * omp/divide.c: g becomes a task, then comes f, then taskwait.
 *
 * The runtime's cost lies in making a task, so a worker makes one only while few of its own wait to
 * be begun: enough for all the others to find something, and those are the largest. What is not
 * offered is a plain call. Each that is begun makes room for another.
 */
#include <omp.h>

#include "omp/model.h"

static void both(plx_strand *strand, plx_part_call *f, void *x, plx_part_call *g, void *y)
{
    if (atomic_load_explicit(&strand->room, memory_order_relaxed) <= 0) {
        f(strand, x);
        g(strand, y);
        return;
    }
    atomic_fetch_sub_explicit(&strand->room, 1, memory_order_relaxed);
    #pragma omp task firstprivate(strand, g, y)
    {
        plx_strand *here = &strand->forks->strands[omp_get_thread_num()];
        atomic_fetch_add_explicit(&strand->room, 1, memory_order_relaxed);
        plx_forks_part(here, g, y);
    }
    f(strand, x);
    #pragma omp taskwait
}

/* In a region of one thread a task is run at once, before f. */
static void alone(plx_strand *strand, plx_part_call *f, void *x, plx_part_call *g, void *y)
{
    f(strand, x);
    g(strand, y);
}

/* Halves of halves, one left for each of the others, all offered by one worker before any is begun;
   and one more, so that there is something to take when those are gone. */
static int room_for(int threads)
{
    int room = 1;
    for (int parts = 1; parts < threads; parts *= 2)
        room++;
    return room;
}

static void make_ready(plx_forks *forks, int threads)
{
    for (int w = 0; w < threads; w++) {
        plx_forks_ready(forks, w, threads > 1 ? both : alone, NULL);
        atomic_store_explicit(&forks->strands[w].room, room_for(threads), memory_order_relaxed);
    }
}

void plx_omp_divide(plx_team *team, plx_forks *forks)
{
    #pragma omp parallel num_threads(team->threads)
    #pragma omp master
    {
        make_ready(forks, omp_get_num_threads());
        plx_forks_body(forks);
    }
}
