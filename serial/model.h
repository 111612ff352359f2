/* SPDX-License-Identifier: MIT */
/* serial/model.h: one plain loop each: the specification of results and the base of every
   speed-up. */
#ifndef PLX_SERIAL_MODEL_H
#define PLX_SERIAL_MODEL_H

#include "core/team.h"

extern const plx_model plx_serial_model;

void plx_serial_map(plx_team *, plx_run *);
void plx_serial_reduce(plx_team *, plx_run *);
void plx_serial_fan(plx_team *, plx_fanout *);
void plx_serial_pipeline(plx_team *, plx_flow *);
void plx_serial_scan(plx_team *, plx_prefix *);
void plx_serial_divide(plx_team *, plx_forks *);
void plx_serial_queue(plx_team *, plx_stepping *);
void plx_serial_task(plx_team *, plx_tasks *);

#endif
