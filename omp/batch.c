/* SPDX-License-Identifier: MIT */
/*
 * omp/batch.c: the calling thread sources and sinks, tasks run the batches.
 *
 * A slot is a dependence: the empty undeferred task waits until the slot's last batch has run, and
 * the waiting thread runs other tasks meanwhile (libgomp's taskyield would do nothing).
 */
#include <omp.h>

#include "omp/model.h"

void plx_omp_batch(plx_team *team, plx_flow *flow)
{
    #pragma omp parallel num_threads(team->threads)
    #pragma omp master
    for (size_t b = 0; !plx_flow_over(flow); b++) {
        plx_slot *slot = plx_flow_slot(flow, b);
        #pragma omp task if(0) depend(inout: slot[0])
        {}
        plx_flow_sink(flow, slot);
        if (plx_flow_source(flow, slot)) {
            #pragma omp task firstprivate(slot) depend(inout: slot[0])
            plx_flow_work(flow, slot, omp_get_thread_num());
        }
    }
}
