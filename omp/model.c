/* SPDX-License-Identifier: MIT */
/*
 * omp/model.c: the model's row. A team is a number: OpenMP keeps the threads.
 *
 * Opening runs an empty region, which tells how many threads there really are (OMP_THREAD_LIMIT,
 * OMP_DYNAMIC) and starts them, so that the first call does not pay for it.
 */
#include <omp.h>

#include "omp/model.h"

static int default_threads(int cores)
{
    int most = omp_get_max_threads();
    return cores < most ? cores : most;
}

static plx_status open_team(plx_team *team, const plx_model *inner, int threads, plx_status mine)
{
    (void)inner;
    int got = 1;
    #pragma omp parallel num_threads(threads ? threads : default_threads(team->cores))
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
    .batch = plx_omp_batch,
};
