/* SPDX-License-Identifier: MIT */
/* serial/fan.c: the dearest task left, until none is. */
#include "serial/model.h"

void plx_serial_fan(plx_team *team, plx_fanout *fan)
{
    (void)team;
    while (plx_fan_work(fan, 0)) {
    }
}
