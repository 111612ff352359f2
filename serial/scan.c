/* SPDX-License-Identifier: MIT */
/* serial/scan.c: every block folded, the blocks linked, every item written. */
#include "serial/model.h"

void plx_serial_scan(plx_team *team, plx_prefix *prefix)
{
    const plx_run *run = prefix->run;
    (void)team;
    plx_prefix_fold(prefix, run->first, run->end, 0);
    plx_prefix_link(prefix);
    plx_prefix_write(prefix, run->first, run->end, 0);
}
