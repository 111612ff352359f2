/* SPDX-License-Identifier: MIT */
/*
 * core/pace.c: what a policy asks of a whole call: its clock, its end, its progress; see
 * core/policy.h, and core/attempt.c for one item.
 *
 * A stage's pace stands for the call's in all of this, by whole.
 */
#include <math.h>
#include <string.h>

#include "core/policy.h"
#include "core/run.h"

enum { STOP = 1, DEADLINE }; /* causes */

static double machine_now(void *user)
{
    (void)user;
    return plx_clock_s();
}

static void machine_sleep(void *user, double until_s)
{
    (void)user;
    plx_clock_sleep(until_s - plx_clock_s());
}

static plx_clock clock_of(const plx_policy *policy)
{
    static const plx_clock machine = {machine_now, machine_sleep, NULL};
    bool own = policy && policy->clock && policy->clock->now && policy->clock->sleep;
    return own ? *policy->clock : machine;
}

double plx_pace_now(const plx_pace *pace)
{
    return pace->clock.now(pace->clock.user);
}

double plx_pace_first(const plx_policy *policy)
{
    plx_clock clock = clock_of(policy);
    return clock.now(clock.user);
}

void plx_pace_open(plx_pace *pace, const plx_policy *policy, double begun_s, plx_pace *whole)
{
    memset(pace, 0, sizeof *pace);
    if (policy)
        pace->policy = *policy;
    pace->clock = whole ? whole->clock : clock_of(policy);
    pace->begun_s = pace->shown_s = begun_s;
    pace->each = plx_policy_each(policy);
    pace->whole = whole;
    pace->rate = pace->policy.rate;
    pace->burst = pace->policy.burst;
    atomic_init(&pace->due_s, -INFINITY);
}

void plx_pace_part(plx_pace *pace, int parts)
{
    pace->rate = pace->policy.rate / parts;
    pace->burst = pace->policy.burst / parts < 1 ? 1 : pace->policy.burst / parts;
}

static void blame(plx_pace *pace, int cause)
{
    int none = 0;
    atomic_compare_exchange_strong(&pace->cause, &none, cause);
}

plx_stop_level plx_pace_level(plx_pace *pace)
{
    while (pace && pace->whole)
        pace = pace->whole;
    if (!pace)
        return PLX_GO;
    const plx_policy *policy = &pace->policy;
    plx_stop_level asked = policy->stop ? plx_stop_asked(policy->stop) : PLX_GO;
    bool late = policy->deadline_s > 0 && plx_pace_now(pace) - pace->begun_s >= policy->deadline_s;
    if (asked != PLX_GO || late)
        blame(pace, asked != PLX_GO ? STOP : DEADLINE);
    return late ? PLX_QUIT : asked;
}

bool plx_pace_why(plx_pace *pace, char why[108])
{
    int cause = pace ? atomic_load(&pace->cause) : 0;
    if (cause == STOP)
        plx_check_say(why, "stopped on request");
    else if (cause == DEADLINE)
        plx_check_say(why, "stopped by the deadline of %g s", pace->policy.deadline_s);
    return cause != 0;
}

void plx_pace_count(plx_pace *pace, size_t done, size_t failed)
{
    while (pace->whole)
        pace = pace->whole;
    if (!pace->policy.progress)
        return;
    if (done)
        atomic_fetch_add_explicit(&pace->done, done, memory_order_relaxed);
    if (failed)
        atomic_fetch_add_explicit(&pace->failed, failed, memory_order_relaxed);
}

static void show(plx_pace *pace, size_t n, size_t done, size_t failed, double now)
{
    double elapsed = now - pace->begun_s, ended = (double)(done + failed);
    plx_progress progress = {.n = n, .done = done, .failed = failed, .elapsed_s = elapsed};
    progress.per_s = elapsed > 0 ? ended / elapsed : 0;
    progress.left_s = n && progress.per_s > 0 ? ((double)n - ended) / progress.per_s : -1;
    pace->shown_s = now;
    pace->policy.progress(pace->policy.progress_user, &progress);
}

bool plx_pace_shows(const plx_pace *pace)
{
    while (pace && pace->whole)
        pace = pace->whole;
    return pace && pace->policy.progress;
}

void plx_pace_show(plx_pace *pace)
{
    if (!plx_pace_shows(pace))
        return;
    while (pace->whole)
        pace = pace->whole;
    double now = plx_pace_now(pace), every = pace->policy.every_s > 0 ? pace->policy.every_s : 0.1;
    if (now - pace->shown_s < every)
        return;
    if (pace->collect)
        pace->collect(pace->collect_arg);
    show(pace, pace->n, atomic_load_explicit(&pace->done, memory_order_relaxed),
         atomic_load_explicit(&pace->failed, memory_order_relaxed), now);
}

void plx_pace_show_end(plx_pace *pace, const plx_report *report)
{
    if (pace->policy.progress)
        show(pace, report->n, report->done, report->failed, plx_pace_now(pace));
}
