/* SPDX-License-Identifier: MIT */
/* serial/pipeline.c: source, all stages, sink: one batch after another; batch runs too. */
#include "serial/model.h"

void plx_serial_pipeline(plx_team *team, plx_flow *flow)
{
    (void)team;
    for (size_t b = 0; !plx_flow_over(flow); b++) {
        plx_slot *slot = plx_flow_slot(flow, b);
        if (plx_flow_source(flow, slot))
            while (plx_leg_take(flow, 0, NULL)) {
            }
        plx_flow_sink(flow, slot);
    }
}
