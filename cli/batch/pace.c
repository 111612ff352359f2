/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/pace.c: how a batch drains: what runs ends, nothing new begins, and nobody waits.
 *
 * A stream gives all that its source has given to somebody, who comes here before an item: that one
 * is then not run. Items that wait for their rate or before another try would keep a drain waiting;
 * so while nothing runs in this process, its clock leaps over their waits. An item whose try such a
 * leap made late has not been begun, which its note says, or has ended, which done.c sees.
 */
#define _POSIX_C_SOURCE 200809L
#include <time.h>

#include "../progress.h"
#include "../signals.h"
#include "../since.h"
#include "batch.h"

static const double leap_s = 3600;
static _Atomic double leapt_s;

static double now(void *user)
{
    (void)user;
    return (double)plx_cli_since_now() * 1e-9 + atomic_load(&leapt_s);
}

static void leap(void)
{
    double before = atomic_load(&leapt_s);
    while (!atomic_compare_exchange_weak(&leapt_s, &before, before + leap_s)) {
    }
}

bool plx_batch_leapt(void)
{
    return atomic_load(&leapt_s) > 0;
}

static void wait_until(void *user, double until_s)
{
    const plx_batch_run *run = user;
    if (plx_batch_drains() && atomic_load(&run->running) == 0) {
        leap();
        return;
    }
    const double wait = until_s - now(NULL);
    const struct timespec time = { .tv_sec = (time_t)wait,
                                   .tv_nsec = (long)((wait - (double)(time_t)wait) * 1e9) };
    if (wait > 0)
        nanosleep(&time, NULL);
}

const plx_clock *plx_batch_clock(plx_batch_run *run)
{
    static plx_clock clock = { now, wait_until, NULL };
    clock.user = run;
    return &clock;
}

bool plx_batch_drains(void)
{
    return plx_stop_asked(plx_cli_signals_stop()) != PLX_GO;
}

void plx_batch_begin(plx_batch_run *run)
{
    atomic_fetch_add(&run->running, 1);
}

void plx_batch_end(plx_batch_run *run)
{
    atomic_fetch_sub(&run->running, 1);
}

static void (*show)(void *user, const plx_progress *);
static double begun_s;

/* Of all items, those of earlier sessions too; the rate is this session's. The core counts what was
   not run in a drain as done, and what was not sunk yet not at all. */
static void tell(void *user, const plx_progress *told)
{
    const plx_batch_run *run = user;
    plx_progress mine = *told;
    const uint64_t failed = atomic_load(&run->failed), ok = atomic_load(&run->ok),
                   ended = ok + atomic_load(&run->fallen) + failed + run->others_ended;
    mine.n = (size_t)run->plan.n;
    mine.failed = (size_t)(failed + atomic_load(&run->others_failed) + run->before_failed);
    mine.done = (size_t)(ended + run->before) - mine.failed;
    mine.elapsed_s = (double)plx_cli_since_now() * 1e-9 - begun_s;
    mine.per_s = mine.elapsed_s > 0 ? (double)ended / mine.elapsed_s : 0;
    mine.left_s = -1;
    if (mine.n > 0 && ended > 0)
        mine.left_s = ((double)mine.n - (double)run->before - (double)ended) / mine.per_s;
    show(NULL, &mine);
}

void plx_batch_progress_begin(plx_batch_run *run)
{
    plx_cli_progress_begin(&run->policy);
    begun_s = (double)plx_cli_since_now() * 1e-9;
    show = run->policy.progress;
    run->policy.progress = tell;
    run->policy.progress_user = run;
}
