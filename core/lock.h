/* SPDX-License-Identifier: MIT */
/*
 * core/lock.h: the one lock of core, which has no threads to put to sleep.
 *
 * A flag, held for a few instructions and never over a call of the user's. Who finds it taken looks
 * again, and sleeps after many looks: its holder may wait for this very core.
 */
#ifndef PLX_CORE_LOCK_H
#define PLX_CORE_LOCK_H

#include <stdatomic.h>

typedef struct plx_lock {
    atomic_flag taken;
} plx_lock;

void plx_lock_open(plx_lock *); /* holds nothing: there is no close */
void plx_lock_take(plx_lock *);
void plx_lock_give(plx_lock *);

#endif
