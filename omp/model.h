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
void plx_omp_pipeline(plx_team *, plx_flow *);
void plx_omp_scan(plx_team *, plx_prefix *);
void plx_omp_divide(plx_team *, plx_forks *);
void plx_omp_queue(plx_team *, plx_stepping *);
void plx_omp_task(plx_team *, plx_tasks *);

#endif
