/* SPDX-License-Identifier: MIT */
/* core/clock.c: the one clock: monotonic, in seconds; and waiting without a lock. */
#define _POSIX_C_SOURCE 200809L
#include <time.h>

#include "core/run.h"

double plx_clock_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Not at all at first, which is when most waits end; then for 1 us (in truth some 50), up to 0.1
   ms. */
void plx_clock_nap(unsigned looks)
{
    if (looks < 1000)
        return;
    struct timespec nap = {.tv_nsec = looks < 1100 ? 1000 : 100000};
    nanosleep(&nap, NULL);
}
