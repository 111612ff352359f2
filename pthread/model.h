/* SPDX-License-Identifier: MIT */
/* pthread/model.h: the patterns on a pool of raw pthreads; the calling thread is worker 0. */
#ifndef PLX_PTHREAD_MODEL_H
#define PLX_PTHREAD_MODEL_H

#include "core/team.h"
#include "pthread/bed.h"
#include "pthread/deque.h"

extern const plx_model plx_pthread_model;

void plx_pthread_map(plx_team *, plx_run *);
void plx_pthread_reduce(plx_team *, plx_run *);
void plx_pthread_fan(plx_team *, plx_fanout *);
void plx_pthread_pipeline(plx_team *, plx_flow *);
void plx_pthread_scan(plx_team *, plx_prefix *);
void plx_pthread_queue(plx_team *, plx_stepping *);
void plx_pthread_task(plx_team *, plx_tasks *);

void plx_pthread_divide(plx_team *, plx_forks *);

/* pool.c */
typedef struct plx_pool plx_pool;

/* A worker's place in a divide: what it offers to the others, and where it sleeps meanwhile. */
typedef struct plx_seat {
    plx_deque deque;
    plx_bed bed;
    int victim;                     /* whom it took from last */
} plx_seat;

/* NULL: no memory. Fewer threads than asked is no failure */
plx_pool *plx_pool_open(int threads);
int plx_pool_threads(const plx_pool *);                 /* the caller included */
int plx_pool_spins(const plx_pool *);                   /* how long to look before one sleeps */
plx_seat *plx_pool_seat(plx_pool *, int worker);
/* The caller works as worker 0 and the others as they come, each at most once; one that comes only
   after the caller's work has returned does not. So work returns only when nothing is left to
   begin. Returns when all that came have left. */
void plx_pool_run(plx_pool *, void (*work)(void *arg, int worker), void *arg);
void plx_pool_close(plx_pool *);

static inline void plx_pool_relax(void)
{
#if defined __x86_64__ || defined __i386__
    __builtin_ia32_pause();
#endif
}

#endif
