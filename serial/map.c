/* SPDX-License-Identifier: MIT */
/* serial/map.c: every block, one after another. */
#include "serial/model.h"

void plx_serial_map(plx_team *team, plx_run *run)
{
    (void)team;
    plx_run_map(run, run->first, run->end, 0);
}
