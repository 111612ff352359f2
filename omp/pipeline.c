/* SPDX-License-Identifier: MIT */
/*
 * omp/pipeline.c: the calling thread sources and sinks, tasks run the stages; batch runs too.
 *
 * A task is a ticket: one is made for each batch that comes to wait for a worker, and runs the
 * oldest that waits in the latest stage at that moment. So a stage in order blocks no thread. The
 * caller runs some too while the slot that it needs next is under way. OpenMP has no way to wait
 * for one task that serves here: libgomp's taskyield does nothing, and libomp up to 18 crashes at
 * times in an undeferred task with a dependence (llvm-project #85963). So the caller looks, and
 * naps longer the longer it looks.
 */
#include <omp.h>

#include "omp/model.h"

static bool take(plx_flow *flow)
{
    size_t more;
    if (!plx_leg_take(flow, omp_get_thread_num(), &more))
        return false;
    for (; more > 0; more--) {
        #pragma omp task
        take(flow);
    }
    return true;
}

static void wait_for(plx_flow *flow, const plx_slot *slot)
{
    for (unsigned looks = 0; atomic_load(&slot->running); looks++)
        if (take(flow))
            looks = 0;
        else
            plx_clock_nap(looks);
}

void plx_omp_pipeline(plx_team *team, plx_flow *flow)
{
    #pragma omp parallel num_threads(team->threads)
    #pragma omp master
    for (size_t b = 0; !plx_flow_over(flow); b++) {
        plx_slot *slot = plx_flow_slot(flow, b);
        wait_for(flow, slot);
        plx_flow_sink(flow, slot);
        if (plx_flow_source(flow, slot)) {
            #pragma omp task
            take(flow);
        }
    }
}
