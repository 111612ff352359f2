/* SPDX-License-Identifier: MIT */
/* serial/reduce.c: every block folded and joined, one after another. */
#include "serial/model.h"

void plx_serial_reduce(plx_team *team, plx_run *run)
{
    (void)team;
    plx_run_reduce(run, run->first, run->end, 0);
}
