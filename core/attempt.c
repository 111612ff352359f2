/* SPDX-License-Identifier: MIT */
/*
 * core/attempt.c: one item through its tries: waits, a try, its verdict, and again; see
 * core/policy.h.
 *
 * Whoever waits here sleeps in slices by the policy's clock: between them the calling thread serves
 * messages and tells progress, and every worker sees whether the item is still wanted. Nobody holds
 * a resource while waiting.
 */
#include <math.h>

#include "core/policy.h"
#include "core/run.h"
#include "core/task.h"

/* seconds: how long a wait goes on without a look at stops, at messages, and at first at
   resources: who has waited long looks seldom */
static const double SLICE_S = 0.005, SERVING_SLICE_S = 0.001, LOOK_S = 0.0002;

bool plx_attempt_over(plx_attempt *attempt)
{
    if (!attempt)
        return false;
    if (!attempt->told && plx_pace_level(attempt->pace) == PLX_QUIT)
        attempt->told = true;
    if (!attempt->late && attempt->until_s < INFINITY &&
        plx_pace_now(attempt->pace) > attempt->until_s)
        attempt->late = true;
    return attempt->told || attempt->late;
}

/* One slice of a wait; false: the item is not wanted any more. */
static bool wait_slice(plx_pace *pace, const plx_trial *trial, double until, double slice)
{
    if (plx_run_serve(trial->run, trial->worker) && slice > SERVING_SLICE_S)
        slice = SERVING_SLICE_S;
    if (!plx_run_wants(trial->run, trial->item))
        return false;
    double next = plx_pace_now(pace) + slice;
    pace->clock.sleep(pace->clock.user, until < next ? until : next);
    return true;
}

/* One look at least, unless there is nothing to wait for: so a stop is seen between two tries. */
static bool wait_until(plx_pace *pace, const plx_trial *trial, double until)
{
    if (until > -INFINITY && plx_pace_now(pace) >= until) {
        plx_run_serve(trial->run, trial->worker);
        return plx_run_wants(trial->run, trial->item);
    }
    while (plx_pace_now(pace) < until)
        if (!wait_slice(pace, trial, until, SLICE_S))
            return false;
    return true;
}

/* Each waits for a token of its own, so that not all wake for the same one. */
static bool wait_in_line(plx_pace *pace, const plx_trial *trial, double when)
{
    int ahead = atomic_fetch_add(&pace->waiting, 1);
    bool wanted = wait_until(pace, trial, when + ahead / pace->rate);
    atomic_fetch_sub(&pace->waiting, 1);
    return wanted;
}

static bool wait_for_token(plx_pace *pace, const plx_trial *trial)
{
    double due = atomic_load(&pace->due_s), when, next;
    while (pace->rate > 0) {
        next = due;
        if (!plx_policy_token(pace->rate, pace->burst, plx_pace_now(pace), &next, &when)) {
            if (!wait_in_line(pace, trial, when))
                return false;
            due = atomic_load(&pace->due_s);
        } else if (atomic_compare_exchange_strong(&pace->due_s, &due, next))
            break;
    }
    return true;
}

/* OK, TIMED_OUT, or STOPPED. */
static plx_status wait_for_resource(plx_pace *pace, const plx_trial *trial, void **handle)
{
    const plx_policy *policy = &pace->policy;
    if (!policy->resources)
        return PLX_OK;
    double begun = plx_pace_now(pace);
    double until = policy->acquire_s > 0 ? begun + policy->acquire_s : INFINITY;
    while (plx_resources_take(policy->resources, 0, handle) != PLX_OK) {
        double now = plx_pace_now(pace), slice = fmax(LOOK_S, fmin((now - begun) / 8, SLICE_S));
        if (now >= until)
            return PLX_TIMED_OUT;
        if (!wait_slice(pace, trial, until, slice))
            return PLX_STOPPED;
    }
    return PLX_OK;
}

/* All of the worker's own time that was spent in waiting is not busy. */
static plx_status wait_for_turn(plx_pace *pace, const plx_trial *trial, double from, void **handle)
{
    plx_lane *lane = &trial->run->lanes[trial->worker];
    bool waits = pace->rate > 0 || pace->policy.resources || from > -INFINITY;
    double begun = waits ? plx_clock_s() : 0, served = lane->served_s;
    plx_status status = PLX_STOPPED;
    if (wait_until(pace, trial, from) && wait_for_token(pace, trial))
        status = wait_for_resource(pace, trial, handle);
    if (waits)
        lane->served_s = served + plx_clock_s() - begun;
    return status;
}

/* What the library finds on its own stands above what the kernel said. */
static plx_status judge(const plx_attempt *attempt, plx_status status, double begun, double ended,
                        plx_failure *failure)
{
    if (attempt->told)
        return PLX_STOPPED;
    bool over = attempt->late || ended > attempt->until_s;
    if (!over || (status != PLX_OK && status != PLX_STOPPED && !plx_task_failed(status)))
        return status;
    failure->code = PLX_CODE_TIMED_OUT;
    plx_check_say(failure->why, "took %.4g s, the time-out is %g s", ended - begun,
                  attempt->pace->policy.timeout_s);
    return PLX_ITEM_FAILED;
}

static plx_status try_once(plx_pace *pace, const plx_trial *trial, void *handle,
                           plx_failure *failure)
{
    const plx_policy *policy = &pace->policy;
    bool timed = policy->timeout_s > 0;
    double begun = timed ? plx_pace_now(pace) : 0;
    plx_attempt attempt = {.pace = pace, .until_s = INFINITY, .resource = handle};
    if (timed)
        attempt.until_s = begun + policy->timeout_s;
    plx_status status = trial->once(trial->arg, &attempt, failure);
    double ended = timed ? plx_pace_now(pace) : 0;
    if (policy->resources)
        plx_resources_give(policy->resources, handle);
    status = judge(&attempt, status, begun, ended, failure);
    if (attempt.told)
        plx_run_trouble(trial->run, PLX_STOPPED);
    return status;
}

static plx_status try_in_turn(plx_pace *pace, const plx_trial *trial, double from,
                              plx_failure *failure)
{
    void *handle = NULL;
    plx_status status = wait_for_turn(pace, trial, from, &handle);
    if (status == PLX_OK)
        return try_once(pace, trial, handle, failure);
    if (status != PLX_TIMED_OUT)
        return status;
    failure->code = PLX_CODE_NO_RESOURCE;
    plx_check_say(failure->why, "no resource came free within %g s", pace->policy.acquire_s);
    return PLX_ITEM_FAILED;
}

plx_status plx_pace_run(plx_pace *pace, const plx_trial *trial, plx_failure *failure)
{
    const plx_policy *policy = &pace->policy;
    double from = -INFINITY;
    for (int tries = 1;; tries++) {
        *failure = (plx_failure){.item = trial->item, .rank = trial->run->rank, .tries = tries};
        plx_status status = try_in_turn(pace, trial, from, failure);
        if (!plx_task_failed(status))
            return status;
        if (!plx_policy_retries(policy, tries, failure->code)) {
            if (policy->fallback)
                trial->fall_back(trial->arg, policy->fallback);
            return policy->fallback ? PLX_OK : status;
        }
        from = plx_pace_now(pace) + plx_policy_delay(policy, trial->item, tries);
    }
}
