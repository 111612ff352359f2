/* SPDX-License-Identifier: MIT */
/*
 * core/divide.h: fork and join in one process: a strand for each worker.
 *
 * What plx_both() does is the model's and stands in the strand, so that it costs one jump to get
 * there. A part that a worker took from another is timed; those that it runs inside that one, and
 * those that nobody took, are not: they cost no look at the clock.
 */
#ifndef PLX_CORE_DIVIDE_H
#define PLX_CORE_DIVIDE_H

#include "core/run.h"
#include "plx/divide.h"

typedef void plx_both_call(plx_strand *, plx_part_call *f, void *x, plx_part_call *g, void *y);
typedef void plx_across_call(plx_strand *, plx_part_call *f, void *x, plx_bytes f_writes,
                             plx_part_call *g, void *y, plx_bytes g_writes);

/** One call. */
typedef struct plx_forks {
    plx_run *run;
    plx_part_call *body;
    void *arg;
    plx_team *team;                 /* that was called, with all its ranks */
    plx_strand *strands;            /* by worker */
    plx_across_call *across;        /* NULL: there are no ranks to deal out to */
    bool (*stopped)(const plx_strand *);    /* of ranks; NULL: as the run says */
    void *own;                      /* the model's */
    void *ranks;                    /* of what deals out to ranks */
} plx_forks;

struct plx_strand {
    _Alignas(PLX_LINE) plx_both_call *both;
    void *own;                      /* the model's: where this worker's offers lie */
    plx_forks *forks;
    int worker;
    int nested;                     /* parts under way on this worker's stack */
    _Atomic int room;               /* omp: how many more of its tasks may wait to be begun */
    double idle_s;                  /* waited inside the lowest of them, with nothing to run */
};

/* The model's loop: set what plx_both() is, then run the body as worker 0. */
void plx_forks_ready(plx_forks *, int worker, plx_both_call *, void *own);
void plx_forks_body(plx_forks *);
/* run a part that was taken, or the body */
void plx_forks_part(plx_strand *, plx_part_call *, void *arg);

#endif
