/* SPDX-License-Identifier: MIT */
/* serial/batch.c: source, run, sink: one batch after another. */
#include "serial/model.h"

void plx_serial_batch(plx_team *team, plx_flow *flow)
{
    (void)team;
    for (size_t b = 0; !plx_flow_over(flow); b++) {
        plx_slot *slot = plx_flow_slot(flow, b);
        if (plx_flow_source(flow, slot))
            plx_flow_take(flow, 0);
        plx_flow_sink(flow, slot);
    }
}
