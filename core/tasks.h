/* SPDX-License-Identifier: MIT */
/*
 * core/tasks.h: the tasks of one scope in one process: a queue of those that wait, best first, and
 * a list of those that ended.
 *
 * Worker 0 alone pushes and looks at what ended; it runs tasks in its waits. Any worker takes the
 * best one queued, runs it and adds it to the ended ones. How workers come to know that there is
 * something to take is the model's.
 */
#ifndef PLX_CORE_TASKS_H
#define PLX_CORE_TASKS_H

#include "core/run.h"
#include "plx/task.h"

/** One task between being pushed and being looked at after its end. Whoever pushed it owns it. */
typedef struct plx_errand {
    plx_task task;                  /* ctx is a copy or the defaults */
    const plx_kernel *kernel;       /* checked */
    size_t place;                   /* of the kernel in job->kernels; PLX_NONE: it is not there */
    size_t number;                  /* in the order of submitting */
    bool begun, cancelled;          /* under the queue's lock */
    plx_status status;              /* how it ended */
    int32_t rank, tries;
    plx_failure failure;            /* of one that failed */
    struct plx_errand *link;        /* another that ended */
} plx_errand;

/** What the body's thread alone knows: see core/future.c, and core/scope.c for known. */
typedef struct plx_futures {
    void (*body)(plx_tasks *, void *user);
    void *user;
    struct plx_known *known;        /* kernels, those of job->kernels first, in its order */
    struct plx_promise **all;       /* by task; NULL: was detached and has ended */
    size_t n, room;                 /* submitted; of all */
    struct plx_promise *ended, *last;       /* to be given by plx_next(), in order */
    size_t futures, given;          /* not detached; given by plx_next() */
    struct plx_then *due, *last_due;        /* callbacks to be called, in order */
    bool calling;                   /* one of them is running */
    size_t done, failed, not_run;   /* of those that ended */
} plx_futures;

struct plx_tasks {
    plx_run *run;                   /* its items are the tasks: lanes, failures, trouble */
    void (*body)(plx_tasks *);      /* what worker 0 does; returns when all tasks have ended */
    plx_priority *queue;
    plx_lock lock;                  /* of the queue */
    _Atomic size_t waiting;         /* in the queue and not cancelled */
    _Atomic(plx_errand *) ended;    /* a stack */
    /* The model's; each may be NULL. push: one more waits; end: by any worker, one more ended;
       rest: worker 0 has nothing to run: sleep until one has ended or until_s */
    void (*push)(void *);
    void (*end)(void *);
    void (*rest)(void *, double until_s);
    void *model;
    /* Of ranks: worker 0 hands tasks to others and receives what they bring; or NULL */
    void (*serve)(void *);
    void *ranks;
    plx_futures futures;
};

/** A kernel that tasks have. */
typedef struct plx_known {
    struct plx_known *next;
    const plx_kernel *users;
    size_t place;                   /* in job->kernels; PLX_NONE: it is not there */
    plx_kernel kernel;              /* checked, filled up with zeros */
    const void *ctx;                /* the defaults of its parameters; NULL: there are none */
    _Alignas(16) unsigned char bytes[PLX_CTX_MAX];
} plx_known;

/* scope.c */
plx_status plx_scope_know(plx_tasks *, const plx_kernel *users, const plx_known **, char why[108]);
const plx_known *plx_scope_known(const plx_tasks *, size_t place);

/* future.c */
void plx_future_drive(plx_tasks *);     /* a scope's body: the user's, and then all that is left */
void plx_future_close(plx_tasks *);

plx_status plx_tasks_open(plx_tasks *, plx_run *);
void plx_tasks_close(plx_tasks *);

/* Worker 0. */
plx_status plx_tasks_push(plx_tasks *, plx_errand *);
bool plx_tasks_cancel(plx_tasks *, plx_errand *);       /* false: it has begun */
plx_errand *plx_tasks_ended(plx_tasks *);               /* since the last look, in order, by link */
void plx_tasks_serve(plx_tasks *);
/* nothing to run: let time pass; looks: how often in a row */
void plx_tasks_rest(plx_tasks *, unsigned looks, double until_s);

/* Any worker. */
bool plx_tasks_wait(const plx_tasks *);                 /* one waits in the queue */
bool plx_tasks_tell(const plx_tasks *);                 /* one has ended and was not looked at */
/* the best; it has begun then. listed: if its kernel has a place, or none. NULL: none */
plx_errand *plx_tasks_take(plx_tasks *, bool listed);
/* failure: of one that failed. Trouble becomes the call's */
void plx_tasks_end(plx_tasks *, plx_errand *, plx_status, const plx_failure *);
bool plx_tasks_work(plx_tasks *, int worker);           /* take one, run it, end it; false: none */

#endif
