/* SPDX-License-Identifier: MIT */
/* core/clock.c: the one clock: monotonic, in seconds. */
#define _POSIX_C_SOURCE 200809L
#include <time.h>

#include "core/run.h"

double plx_clock_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
