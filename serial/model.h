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
void plx_serial_batch(plx_team *, plx_flow *);

#endif
