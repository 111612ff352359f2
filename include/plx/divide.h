/* SPDX-License-Identifier: MIT */
/*
 * plx/divide.h: fork and join: a function that splits its problem calls plx_both() on the halves.
 *
 * What the user writes is the serial recursion with plx_both(w, f, x, g, y) in place of f(x); g(y).
 * Nothing is allocated: what is offered lies in the caller's frame until both have ended.
 */
#ifndef PLX_DIVIDE_H
#define PLX_DIVIDE_H

#include "plx/plx.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The worker that runs a part. Lives as long as the plx_divide() call; pass it on, keep it not. */
typedef struct plx_strand plx_strand;

typedef void plx_part_call(plx_strand *, void *arg);

/** Bytes that a part writes. */
typedef struct plx_bytes {
    void *at;
    size_t size;
} plx_bytes;

/**
 * Run body(strand, arg) on a team, and all that it offers by plx_both().
 *
 * Shape    job: NULL, or its by_worker, slices and policy (deadline, stop, progress) are used; the
 *          report's n is 1
 * Order    body runs on the calling thread
 * Errors   PLX_STOPPED: a part heard from plx_strand_stopped() that it is to return: what the body
 *          left is not whole. The body runs and returns in any case. Else as plx_map
 * Ranks    collective; every rank passes the same body and its own copy of arg and of the data, and
 *          runs it: see plx_both_across()
 */
PLX_API plx_status plx_divide(plx_team *, const plx_job *, plx_part_call *body, void *arg,
                              plx_report *);

/**
 * Run f(strand, x) here and offer g(strand, y) to the others; return when both have ended.
 *
 * Order    f runs here at once; g runs elsewhere meanwhile, or here after f if nobody took it. While
 *          g runs elsewhere this worker runs other parts: so a part may not hold a lock across
 *          plx_both(), nor count on what it finds in thread-local memory afterwards
 * Ranks    both run on this rank
 * Cost     some nanoseconds while the others are busy; under omp that of a task for few of them. No
 *          cut-off is needed for its sake. Stack: of whoever runs the part, some hundred bytes for
 *          each level; a worker that waits has what it took meanwhile on top
 */
PLX_API void plx_both(plx_strand *, plx_part_call *f, void *x, plx_part_call *g, void *y);

/**
 * The same, but while there are several ranks at this level f runs on one half of them and g on the
 * other, and afterwards all of them hold what both wrote. With one rank left it is plx_both().
 *
 * Shape    f_writes, g_writes: all that f and g leave for their caller, disjoint, of the same size
 *          on every rank
 * Ranks    called in the same order on every rank, not inside a part that plx_both() offered, each
 *          rank with the same bytes so far. Each level moves every byte once: worth it for the top
 *          levels
 */
PLX_API void plx_both_across(plx_strand *, plx_part_call *f, void *x, plx_bytes f_writes,
                             plx_part_call *g, void *y, plx_bytes g_writes);

/** This worker's number within its process, from 0. */
PLX_API int plx_strand_worker(const plx_strand *);

/**
 * True if a stop of either level or the deadline asks parts to return.
 *
 * Ranks    from the first plx_both_across() on a rank sees its own stop only within parts that it
 *          runs alone, and the others' with what these wrote: so all take the same way
 */
PLX_API bool plx_strand_stopped(const plx_strand *);

#ifdef __cplusplus
}
#endif
#endif
