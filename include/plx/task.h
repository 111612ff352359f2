/* SPDX-License-Identifier: MIT */
/*
 * plx/task.h: tasks and futures in a structured scope, and the priority queue behind them.
 *
 * plx_scope() runs a function of the user's, the body, inside the team and returns when all that it
 * submitted has ended. Each submit puts the task into one queue, lower priority number first, first
 * come first served among equals, and makes one ticket: an OpenMP task, a pool job or a message
 * that runs the best task queued at that moment. A wait runs tickets itself until its future is
 * done: so it helps instead of deadlocking, with one worker too.
 */
#ifndef PLX_TASK_H
#define PLX_TASK_H

#include "plx/plx.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The tasks of one scope; valid inside its body and callbacks. */
typedef struct plx_tasks plx_tasks;

/** Names one task of a scope: its index, in the order of submitting. Zero-cost to copy. */
typedef struct plx_future {
    size_t task;
} plx_future;

/** How a task ended. */
typedef struct plx_end {
    size_t task;
    plx_status status;              /* OK, ITEM_FAILED, REFUSED, STOPPED (cancelled, not run) … */
    /* code: of the failure, or 0; rank: that ran it; tries: 0 if it did not run to its end */
    int32_t code, rank, tries;
    char why[108];
} plx_end;

/**
 * Run body(tasks, user) as worker 0 inside the team.
 *
 * Shape    job: NULL, or keep_going, failures, by_worker, slices, policy (an item is a task),
 *          kernels and n (tasks if known, for progress only, else 0) are used. The report counts
 *          tasks, each as it ended; its n is how many were submitted
 * Order    with one worker tasks run in the order of priority, then of submitting, when something
 *          waits or the body returns; with more they begin in about that order
 * Errors   PLX_ITEM_FAILED: a task failed or was refused, detached ones too; without keep_going
 *          those not yet begun are not run then (PLX_STOPPED is their end), the lowest failed one of
 *          those that ran is told. Cancelled tasks count as not run and are no failure. Else as
 *          plx_map
 * Ranks    collective; body runs on rank 0, the others run tasks. Kernels travel by their place in
 *          job->kernels, which is the same on every rank (else PLX_MISMATCH); a task whose kernel is
 *          not there runs on rank 0. in and out are rank 0's. priority orders what rank 0 hands out,
 *          and within a rank; a rank holds one task more than it has threads, and what was handed
 *          out has begun
 */
PLX_API plx_status plx_scope(plx_team *, const plx_job *,
                             void (*body)(plx_tasks *, void *user), void *user, plx_report *);

/**
 * Submit a task; what it points to must live until it has ended. Kernel, range and ctx are copied.
 *
 * Shape    future: NULL if only plx_next() is to tell of it
 * Order    from the body and from callbacks only, as all that follows
 * Errors   PLX_NO_MEMORY, PLX_BAD_JOB, PLX_BAD_KERNEL: it was not submitted
 */
PLX_API plx_status plx_submit(plx_tasks *, const plx_task *, plx_future *);

/** Submit and forget: no future, its failure stands in the scope's report. */
PLX_API plx_status plx_detach(plx_tasks *, const plx_task *);

/**
 * Wait for one task, running others meanwhile. timeout_s: negative: no limit; 0: only look. After
 * that time it begins no task; one that it has begun it ends first.
 *
 * Errors   PLX_TIMED_OUT: not ended yet; PLX_BAD_JOB: there is no such future; else PLX_OK, and *end
 *          (may be NULL) says how it ended
 */
PLX_API plx_status plx_wait(plx_tasks *, plx_future, double timeout_s, plx_end *end);

/** Wait for one of n; *which (may be NULL): its place in futures. n = 0: PLX_BAD_JOB. */
PLX_API plx_status plx_wait_any(plx_tasks *, const plx_future *futures, size_t n, double timeout_s,
                                size_t *which, plx_end *end);

/**
 * As completed: the next task that ended and that this has not given yet, in the order of ending;
 * detached ones are left out. PLX_STOPPED: all that were submitted have been given.
 */
PLX_API plx_status plx_next(plx_tasks *, double timeout_s, plx_end *end);

/** True if it will not run: it had not begun. Its end is then PLX_STOPPED. */
PLX_API bool plx_cancel(plx_tasks *, plx_future);

/**
 * Call then(user, end) once the task has ended: on the body's thread, inside a wait, plx_next() or
 * the end of the scope, one at a time, in the order of ending and, for one task, of asking; of one
 * that has ended, behind what is to be called already. It may submit and wait; what ends meanwhile
 * is called back after it. Errors: PLX_NO_MEMORY, PLX_BAD_JOB.
 */
PLX_API plx_status plx_then(plx_tasks *, plx_future, void (*then)(void *user, const plx_end *end),
                            void *user);

/** The priority queue alone: lower number first, first in first out among equals. Not for several
    threads at once. */
typedef struct plx_priority plx_priority;

/** Errors: PLX_NO_MEMORY. item_size: bytes, may be 0. */
PLX_API plx_status plx_priority_open(size_t item_size, plx_priority **);
PLX_API void plx_priority_close(plx_priority *);
PLX_API plx_status plx_priority_push(plx_priority *, int priority, const void *item);
/** Look at the best one and leave it there. False: it is empty. priority and item may be NULL. */
PLX_API bool plx_priority_top(const plx_priority *, int *priority, void *item);
/** Take it out. */
PLX_API bool plx_priority_pop(plx_priority *, int *priority, void *item);
PLX_API size_t plx_priority_count(const plx_priority *);

#ifdef __cplusplus
}
#endif
#endif
