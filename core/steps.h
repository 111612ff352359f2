/* SPDX-License-Identifier: MIT */
/*
 * core/steps.h: producers and consumers in one process, and the bounded queue between them.
 *
 * A worker claims whatever step is possible and runs it; what is not possible (the queue is full or
 * empty, or whoever would step is stepping) nobody waits for here: how to wait is the model's. An
 * item stays in the parcel that it was made in, so it is never copied; queues pass parcels.
 *
 * Across ranks each has the producers and consumers that are its own; the queue is rank 0's. A rank
 * makes an item only while it has room for one, which rank 0 gives it.
 */
#ifndef PLX_CORE_STEPS_H
#define PLX_CORE_STEPS_H

#include "core/run.h"
#include "plx/queue.h"

/** One item's place. */
typedef struct plx_parcel {
    size_t item;                    /* its number */
    void *bytes;
    struct plx_parcel *next;
} plx_parcel;

/** First in, first out. */
typedef struct plx_parcels {
    plx_parcel *first, *last;
    size_t n;
} plx_parcels;

/** Producers or consumers that nobody steps, the longest idle first: a ring of `here` places. */
typedef struct plx_actors {
    size_t *ids;
    size_t here, first, idle;
} plx_actors;

enum { PLX_STEPS_AHEAD = 2 };       /* items of a rank for each step that it makes at once */

/** A step that was claimed. */
typedef struct plx_step {
    plx_parcel *parcel;
    size_t who;
    bool consumes;
    bool more;                      /* another is possible besides */
} plx_step;

typedef enum plx_found {
    PLX_STEP,
    PLX_NO_STEP,                    /* now: others are under way, or messages are */
    PLX_NO_MORE                     /* never again */
} plx_found;

typedef struct plx_stepping {
    plx_run *run;
    plx_steps steps;                /* capacity filled in */
    int ranks, rank;
    size_t parcels;                 /* as many as items can be inside */
    plx_parcel *all;
    char *bytes;
    size_t *made;                   /* by producer that is here: items */
    plx_lock lock;                  /* guards all that follows */
    size_t room;                    /* items that may yet be made here */
    plx_parcels spare;
    plx_parcels queue;              /* consumers here take from it */
    plx_parcels out, gone;          /* made here, for rank 0's queue; of it, and consumed here */
    plx_actors producers, consumers;
    size_t ended;                   /* producers that have */
    bool closed;                    /* nothing will come into the queue any more */
    bool stopped;                   /* no step is begun */
    size_t produced, consumed, failed;  /* of all ranks, in the end */
} plx_stepping;

/** How many of them are on that rank, and how many of these it steps at once. */
size_t plx_steps_here(size_t of, int ranks, int rank);
size_t plx_steps_at_once(size_t of, int ranks, int rank, int threads);

/** Any worker; worker 0 serves messages first. */
plx_found plx_steps_claim(plx_stepping *, int worker, plx_step *);
/** Claim, and nap while there is none. False: there will be no more. */
bool plx_steps_next(plx_stepping *, int worker, plx_step *);
/** Run what was claimed. */
void plx_steps_run(plx_stepping *, int worker, const plx_step *);
/** Worker 0 has to look itself, as it has more to do than steps: it does not sleep. */
bool plx_steps_looks(const plx_stepping *);

/* For ranks, on the calling thread. A parcel that was taken is the caller's alone; NULL: the list
   has no more than keep. */
plx_parcel *plx_steps_take(plx_stepping *, plx_parcels *, size_t keep);
void plx_steps_put(plx_stepping *, plx_parcels *, plx_parcel *);
void plx_steps_give(plx_stepping *, size_t room);
size_t plx_steps_lend(plx_stepping *, size_t most);             /* how much room there was */
bool plx_steps_have_ended(plx_stepping *);                      /* the producers that are here */
void plx_steps_shut(plx_stepping *);                            /* closed */
void plx_steps_stop(plx_stepping *);
/* after the last step: what this process did */
void plx_steps_count(plx_stepping *);

#endif
