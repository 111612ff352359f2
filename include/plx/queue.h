/* SPDX-License-Identifier: MIT */
/*
 * plx/queue.h: producers and consumers with one bounded queue between them; and that queue alone,
 * for programs with threads of their own.
 *
 * In the pattern producers and consumers are *steps*: functions that make or take one item and
 * never wait. So every model can run them, one worker too, and closing, draining and joining are
 * the library's.
 */
#ifndef PLX_QUEUE_H
#define PLX_QUEUE_H

#include "plx/plx.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Who makes and who takes. Steps of one producer (or consumer) run one at a time, by any worker. */
typedef struct plx_steps {
    size_t producers, consumers;    /* at least 1 each */
    size_t item_size;               /* bytes, may be 0; an item is aligned to 16 */
    size_t capacity;                /* items; 0: 16 for each producer and consumer */
    /** Make one item; false: this producer has ended, and item is not read. */
    bool (*produce)(void *user, size_t producer, void *item);
    /** Take one item; not 0: it failed with that code, *why says it in one line. */
    int (*consume)(void *user, size_t consumer, const void *item, const char **why);
    void *user;
} plx_steps;

/**
 * Run producers and consumers until every producer has ended and every item is consumed: none is
 * lost, none is consumed twice.
 *
 * Shape    job: keep_going, failures, by_worker, policy (deadline, stop, progress); NULL: none. The
 *          report's n is the number of items produced
 * Order    one producer's items enter the queue in their order; which consumer takes an item is
 *          open. Item number: p + producers * i for the i-th of producer p
 * Errors   a consumer's code fails that item; without keep_going nothing is begun once one failed,
 *          and the failure told is the lowest of those that did; items in the queue are dropped and
 *          count as not run. Else as plx_map
 * Ranks    collective; producer p and consumer c run on rank p % ranks and c % ranks with that
 *          rank's own user; the queue is rank 0's and items travel through it. The four numbers are
 *          the same on every rank (PLX_MISMATCH if not). Other ranks hear of a failure or a stop
 *          with their next message
 * Cost     memory for capacity and the items being consumed, got before the first step; mpi: some
 *          four short messages for an item that leaves its rank
 */
PLX_API plx_status plx_produce(plx_team *, const plx_job *, const plx_steps *, plx_report *);

/** A bounded first-in first-out queue for threads. */
typedef struct plx_queue plx_queue;

/** Errors: PLX_BAD_JOB (a size of 0), PLX_TOO_BIG, PLX_NO_MEMORY. */
PLX_API plx_status plx_queue_open(size_t capacity, size_t item_size, plx_queue **);

/** No thread may be in a call on it. NULL is fine. */
PLX_API void plx_queue_free(plx_queue *);

/**
 * Append a copy of an item, waiting for room. timeout_s: 0: do not wait; negative: no limit.
 *
 * Errors   PLX_TIMED_OUT: no room came; PLX_STOPPED: the queue is closed, the item was not taken
 */
PLX_API plx_status plx_queue_push(plx_queue *, const void *item, double timeout_s);

/** Take the oldest item. PLX_TIMED_OUT: none came; PLX_STOPPED: closed, and empty. */
PLX_API plx_status plx_queue_pop(plx_queue *, void *item, double timeout_s);

/** No more pushes; what is inside can still be popped, and whoever waits wakes. */
PLX_API void plx_queue_close(plx_queue *);

/** Items inside, at some moment. */
PLX_API size_t plx_queue_count(plx_queue *);

#ifdef __cplusplus
}
#endif
#endif
