/* SPDX-License-Identifier: MIT */
/*
 * core/fan.h: fan-out/fan-in in one process.
 *
 * Each task is a small run of its own with one worker. A worker asks for the dearest task not yet
 * taken; what ended is told one at a time by whoever finds nobody telling, so that no worker ever
 * waits.
 */
#ifndef PLX_CORE_FAN_H
#define PLX_CORE_FAN_H

#include "core/run.h"

typedef struct plx_fanout {
    plx_run *run;                   /* its items are the tasks: lanes, failures, trouble */
    size_t n;                       /* tasks of the whole job */
    plx_task *tasks;                /* a copy: a rank puts its own in and out */
    plx_kernel *kernels;            /* by task, filled up with zeros */
    struct plx_defaults *defaults;  /* of tasks without ctx, by kernel */
    const plx_join *join;           /* never NULL */
    size_t *order;                  /* dearest first: those that this process runs */
    size_t orders;
    _Atomic size_t next;            /* position in order */
    plx_status *status;             /* by task: how it ended */
    _Atomic size_t *link;           /* by task: the one that ended before it */
    _Atomic size_t ended;           /* a stack of tasks that ended and were not told yet */
    atomic_flag telling;
    bool hold;                      /* leave the telling to plx_fan_take_ended() */
} plx_fanout;

plx_status plx_fan_open(plx_fanout *, plx_run *, const plx_task *tasks, const plx_join *,
                        bool root, char why[108]);
void plx_fan_close(plx_fanout *);
uint64_t plx_fan_digest(const plx_fanout *);
double plx_fan_cost(const plx_fanout *, size_t task);
size_t plx_fan_out_size(const plx_fanout *, size_t task);
size_t plx_fan_in_size(const plx_fanout *, size_t task);   /* bytes of in; VARIES: needs at */
/* run the dearest task left; false: none is */
bool plx_fan_work(plx_fanout *, int worker);
void plx_fan_tell(plx_fanout *, size_t task);
/* the earliest of what ended so far, the rest by link; PLX_NONE */
size_t plx_fan_take_ended(plx_fanout *);
void plx_fan_join(plx_fanout *);                           /* rank 0, after the last task */

#endif
