/* SPDX-License-Identifier: MIT */
/* serial/model.c: the model's row. One worker, the caller; nothing to open. */
#include "serial/model.h"

static plx_status open_team(plx_team *team, const plx_model *inner, int threads, plx_status mine)
{
    (void)inner;
    (void)threads;
    team->threads = team->workers = 1;
    return mine;
}

const plx_model plx_serial_model = {
    .name = "serial",
    .open = open_team,
    .map = plx_serial_map,
    .reduce = plx_serial_reduce,
    .fan = plx_serial_fan,
    .pipeline = plx_serial_pipeline,
    .scan = plx_serial_scan,
    .divide = plx_serial_divide,
    .queue = plx_serial_queue,
    .task = plx_serial_task,
};
