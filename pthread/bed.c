/* SPDX-License-Identifier: MIT */
/* pthread/bed.c: see pthread/bed.h. A semaphore, since a post before the wait is not lost. */
#include "pthread/bed.h"

void plx_bed_make(plx_bed *bed)
{
    atomic_init(&bed->taken, false);
    sem_init(&bed->woken, 0, 0);
}

void plx_bed_unmake(plx_bed *bed)
{
    sem_destroy(&bed->woken);
}

bool plx_bed_sleep(plx_bed *bed, bool (*due)(void *), void *arg)
{
    atomic_store(&bed->taken, true);
    if (due(arg) && atomic_exchange(&bed->taken, false))
        return false;
    while (sem_wait(&bed->woken) != 0) { /* a signal came */
    }
    return true;
}

void plx_bed_post(plx_bed *bed)
{
    sem_post(&bed->woken);
}

void plx_bed_wake(plx_bed *bed)
{
    if (plx_bed_claim(bed))
        plx_bed_post(bed);
}
