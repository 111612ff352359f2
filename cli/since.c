/* SPDX-License-Identifier: MIT */
/*
 * cli/since.c: the start of a process as the kernel knows it: ticks since boot in /proc/PID/stat.
 *
 * A process cannot know when it was started otherwise: its first instruction is already late.
 */
#define _GNU_SOURCE                         /* CLOCK_BOOTTIME */
#include "since.h"

#include <time.h>
#include <unistd.h>

#include "place.h"
#include "proc.h"

static uint64_t main_ns, main_boot_ns;      /* one moment on two clocks */

static uint64_t read_clock(clockid_t clock)
{
    struct timespec now;
    if (clock_gettime(clock, &now) != 0)
        return 0;
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t plx_cli_since_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

void plx_cli_since_mark(void)
{
    main_ns = read_clock(CLOCK_MONOTONIC);
    main_boot_ns = read_clock(CLOCK_BOOTTIME);
}

uint64_t plx_cli_since_main(void)
{
    return main_ns;
}

static double start_of(long pid)
{
    plx_proc proc;
    if (!plx_proc_read(pid, &proc))
        return -1;
    return (double)proc.start_ticks / (double)sysconf(_SC_CLK_TCK);
}

double plx_cli_since_launch(uint64_t started)
{
    if (started != 0)
        return started <= main_ns ? (double)(main_ns - started) * 1e-9 : -1;
    double start = start_of(plx_cli_where().launched ? (long)getppid() : (long)getpid());
    if (start < 0)
        return -1;
    double took = (double)main_boot_ns * 1e-9 - start;
    return took > 0 ? took : 0;             /* within a tick */
}
