/* SPDX-License-Identifier: MIT */
/* serial/task.c: the body; its waits, and then its end, run the best task queued, until none is. */
#include "serial/model.h"

void plx_serial_task(plx_team *team, plx_tasks *tasks)
{
    (void)team;
    tasks->body(tasks);
}
