/* SPDX-License-Identifier: MIT */
/* pthread/fan.c: every thread runs the dearest task left until none is. */
#include "pthread/model.h"

static void take_tasks(void *arg, int worker)
{
    while (plx_fan_work(arg, worker)) {
    }
}

void plx_pthread_fan(plx_team *team, plx_fanout *fan)
{
    plx_pool_run(team->own, take_tasks, fan);
}
