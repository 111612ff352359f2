/* SPDX-License-Identifier: MIT */
/* serial/queue.c: one step after another: make an item, take it, make the next. */
#include "serial/model.h"

void plx_serial_queue(plx_team *team, plx_stepping *stepping)
{
    (void)team;
    for (plx_step step; plx_steps_next(stepping, 0, &step);)
        plx_steps_run(stepping, 0, &step);
}
