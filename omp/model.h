/* SPDX-License-Identifier: MIT */
/* omp/model.h: the patterns as OpenMP tasks: one generator, a task per hand-out, never a
   worksharing loop. */
#ifndef PLX_OMP_MODEL_H
#define PLX_OMP_MODEL_H

#include "core/team.h"

extern const plx_model plx_omp_model;

void plx_omp_map(plx_team *, plx_run *);
void plx_omp_reduce(plx_team *, plx_run *);
void plx_omp_fan(plx_team *, plx_fanout *);
void plx_omp_batch(plx_team *, plx_flow *);

#endif
