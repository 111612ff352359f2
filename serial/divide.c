/* SPDX-License-Identifier: MIT */
/* serial/divide.c: the recursion as it stands: first f, then g. */
#include "serial/model.h"

static void both(plx_strand *strand, plx_part_call *f, void *x, plx_part_call *g, void *y)
{
    f(strand, x);
    g(strand, y);
}

void plx_serial_divide(plx_team *team, plx_forks *forks)
{
    (void)team;
    plx_forks_ready(forks, 0, both, NULL);
    plx_forks_body(forks);
}
