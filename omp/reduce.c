/* SPDX-License-Identifier: MIT */
/*
 * omp/reduce.c: as a map, but each block is folded and joined by its number.
 *
 * Not OpenMP's reduction clause: it joins in no stated order, so floating point would change from
 * run to run.
 */
#include <omp.h>

#include "omp/model.h"

void plx_omp_reduce(plx_team *team, plx_run *run)
{
    #pragma omp parallel num_threads(team->threads)
    #pragma omp single
    for (size_t step = 0, lo, hi; plx_run_hand(run, team->threads, step, &lo, &hi); step++) {
        #pragma omp task firstprivate(lo, hi)
        plx_run_reduce(run, lo, hi, omp_get_thread_num());
    }
}
