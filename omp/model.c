/* SPDX-License-Identifier: MIT */
/*
 * omp/model.c: the model's row. A team is a number: OpenMP keeps the threads.
 *
 * Opening runs an empty region, which tells how many threads there really are (OMP_THREAD_LIMIT,
 * OMP_DYNAMIC) and starts them, so that the first call does not pay for it.
 */
#include <omp.h>

#include "omp/model.h"

/* The runtimes end the program if they cannot make a thread; libgomp also keeps a word for each on
   the stack, and above some ten thousands it overflows. */
enum { MOST_THREADS = 4096 };

static int choose_threads(int threads, int cores)
{
    int most = omp_get_max_threads(), by_default = cores < most ? cores : most;
    int chosen = threads ? threads : by_default;
    return chosen < MOST_THREADS ? chosen : MOST_THREADS;
}

static plx_status open_team(plx_team *team, const plx_model *inner, int threads, plx_status mine)
{
    (void)inner;
    int got = 1;
    #pragma omp parallel num_threads(choose_threads(threads, team->cores))
    #pragma omp master
    got = omp_get_num_threads();
    team->threads = team->workers = got;
    return mine;
}

const plx_model plx_omp_model = {
    .name = "omp",
    .open = open_team,
    .map = plx_omp_map,
    .reduce = plx_omp_reduce,
    .fan = plx_omp_fan,
    .pipeline = plx_omp_pipeline,
    .scan = plx_omp_scan,
    .divide = plx_omp_divide,
    .queue = plx_omp_queue,
    .task = plx_omp_task,
};
