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

/* A sleep ends some 50 us late: so the last of it is left to who looks at the clock. */
void plx_clock_sleep(double s)
{
    static const double LATE_S = 1e-4;
    if (s <= LATE_S)
        return;
    struct timespec nap = {.tv_sec = (time_t)(s - LATE_S)};
    nap.tv_nsec = (long)((s - LATE_S - (double)nap.tv_sec) * 1e9);
    nanosleep(&nap, NULL);
}
