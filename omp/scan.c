/* SPDX-License-Identifier: MIT */
/*
 * omp/scan.c: a task for each hand-out, twice; the end of a region is where all have ended.
 *
 * Not OpenMP's scan directive: it cuts the loop by the number of threads, so floating point would
 * change with it.
 */
#include <omp.h>

#include "omp/model.h"

void plx_omp_scan(plx_team *team, plx_prefix *prefix)
{
    const plx_run *run = prefix->run;
    #pragma omp parallel num_threads(team->threads)
    #pragma omp single
    for (size_t step = 0, lo, hi; plx_run_hand(run, team->threads, step, &lo, &hi); step++) {
        #pragma omp task firstprivate(lo, hi)
        plx_prefix_fold(prefix, lo, hi, omp_get_thread_num());
    }
    plx_prefix_link(prefix);
    #pragma omp parallel num_threads(team->threads)
    #pragma omp single
    for (size_t step = 0, lo, hi; plx_run_hand(run, team->threads, step, &lo, &hi); step++) {
        #pragma omp task firstprivate(lo, hi)
        plx_prefix_write(prefix, lo, hi, omp_get_thread_num());
    }
}
