/* SPDX-License-Identifier: MIT */
/*
 * pthread/bed.h: where one thread sleeps until another has something for it.
 *
 * The sleeper says that it sleeps and then looks once more whether it may; whoever has something
 * for it first shows that, then looks whether it sleeps. All of it is seq_cst, so one of the two
 * sees the other. Each post answers exactly one claim, each claim exactly one sleep.
 */
#ifndef PLX_PTHREAD_BED_H
#define PLX_PTHREAD_BED_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>

typedef struct plx_bed {
    _Atomic bool taken;             /* its thread sleeps, or is about to, and nobody wakes it yet */
    sem_t woken;
} plx_bed;

void plx_bed_make(plx_bed *);
void plx_bed_unmake(plx_bed *);

/**
 * Sleep until somebody claims and posts, unless due(arg) says that there is no time for it. False:
 * it was so, and nobody has claimed.
 */
bool plx_bed_sleep(plx_bed *, bool (*due)(void *), void *arg);

/** True: it sleeps, and the caller must post. */
static inline bool plx_bed_claim(plx_bed *bed)
{
    return atomic_load(&bed->taken) && atomic_exchange(&bed->taken, false);
}

void plx_bed_post(plx_bed *);
void plx_bed_wake(plx_bed *);       /* claim and post, if it sleeps */

#endif
