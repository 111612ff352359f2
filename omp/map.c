/* SPDX-License-Identifier: MIT */
/*
 * omp/map.c: one thread generates a task for each hand-out, all threads run tasks.
 *
 * Not taskloop: libgomp runs all tasks of one in a single thread when they are more than 64 a
 * thread.
 */
#include <omp.h>

#include "omp/model.h"

void plx_omp_map(plx_team *team, plx_run *run)
{
    #pragma omp parallel num_threads(team->threads)
    #pragma omp single
    for (size_t step = 0, lo, hi; plx_run_hand(run, team->threads, step, &lo, &hi); step++) {
        #pragma omp task firstprivate(lo, hi)
        plx_run_map(run, lo, hi, omp_get_thread_num());
    }
}
