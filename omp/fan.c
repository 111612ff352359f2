/* SPDX-License-Identifier: MIT */
/*
 * omp/fan.c: an OpenMP task for each task of the fan.
 *
 * Which of ours it runs is decided as it begins: the dearest left. The runtime's own order does not
 * matter.
 */
#include <omp.h>

#include "omp/model.h"

void plx_omp_fan(plx_team *team, plx_fanout *fan)
{
    #pragma omp parallel num_threads(team->threads)
    #pragma omp single
    for (size_t i = 0; i < fan->orders; i++) {
        #pragma omp task
        plx_fan_work(fan, omp_get_thread_num());
    }
}
