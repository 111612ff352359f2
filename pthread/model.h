/* SPDX-License-Identifier: MIT */
/* pthread/model.h: the patterns on a pool of raw pthreads; the calling thread is worker 0. */
#ifndef PLX_PTHREAD_MODEL_H
#define PLX_PTHREAD_MODEL_H

#include "core/team.h"

extern const plx_model plx_pthread_model;

void plx_pthread_map(plx_team *, plx_run *);
void plx_pthread_reduce(plx_team *, plx_run *);
void plx_pthread_fan(plx_team *, plx_fanout *);
void plx_pthread_batch(plx_team *, plx_flow *);

/* pool.c */
typedef struct plx_pool plx_pool;

/* NULL: no memory. Fewer threads than asked is no failure */
plx_pool *plx_pool_open(int threads);
int plx_pool_threads(const plx_pool *);                 /* the caller included */
/* returns when all have returned */
void plx_pool_run(plx_pool *, void (*work)(void *arg, int worker), void *arg);
void plx_pool_close(plx_pool *);

#endif
