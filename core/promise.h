/* SPDX-License-Identifier: MIT */
/*
 * core/promise.h: a task from submit to the end of its scope: what its future stands for.
 *
 * The body's thread alone makes and looks at promises; workers see the errand in it. Numbered as
 * submitted, so a future is a number and all[number] its promise.
 */
#ifndef PLX_CORE_PROMISE_H
#define PLX_CORE_PROMISE_H

#include "core/tasks.h"

typedef struct plx_then {
    struct plx_then *next;
    struct plx_promise *promise;
    void (*call)(void *user, const plx_end *);
    void *user;
} plx_then_call;

typedef struct plx_promise {
    plx_errand errand; /* first: they are told apart by nobody */
    bool detached, over;
    struct plx_promise *next; /* ended after it */
    plx_then_call *thens, *last_then;
    _Alignas(16) unsigned char ctx[];
} plx_promise;

#endif
