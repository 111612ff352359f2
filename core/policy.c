/* SPDX-License-Identifier: MIT */
/*
 * core/policy.c: what a policy asks for, whether it is well formed, and its arithmetic.
 *
 * Nothing here waits or looks at a clock: time is a value that comes in.
 */
#include <math.h>

#include "core/policy.h"
#include "core/run.h"
#include "plx/philox.h"

enum { MOST_BLOCKS = 65536 };

bool plx_policy_each(const plx_policy *p)
{
    return p && (p->timeout_s > 0 || p->fallback || p->retries > 0 || p->rate > 0 || p->resources);
}

static bool watches(const plx_policy *p)
{
    return p->deadline_s > 0 || p->stop || p->progress;
}

bool plx_policy_asks(const plx_policy *p)
{
    return p && (plx_policy_each(p) || watches(p));
}

typedef struct number {
    const char *name;
    double value, most;
} number;

/* NaN is not in any range. */
static plx_status check_numbers(const plx_policy *p, char why[108])
{
    const number all[] = {
        {"timeout_s", p->timeout_s, INFINITY},
        {"retries", p->retries, INFINITY},
        {"backoff_s", p->backoff_s, INFINITY},
        {"backoff_factor", p->backoff_factor, INFINITY},
        {"backoff_max_s", p->backoff_max_s, INFINITY},
        {"jitter", p->jitter, 1},
        {"rate", p->rate, INFINITY},
        {"burst", p->burst, INFINITY},
        {"acquire_s", p->acquire_s, INFINITY},
        {"deadline_s", p->deadline_s, INFINITY},
        {"every_s", p->every_s, INFINITY},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!(all[i].value >= 0 && all[i].value <= all[i].most)) {
            plx_check_say(why, "policy's %s is %g: from 0%s", all[i].name, all[i].value,
                          all[i].most < INFINITY ? " to 1" : " on");
            return PLX_BAD_JOB;
        }
    return PLX_OK;
}

static const char *bad_rest(const plx_policy *p)
{
    if (p->burst > 0 && p->burst < 1)
        return "burst is below 1: no item could ever begin";
    if ((p->retry_codes != NULL) != (p->retry_codes_n > 0))
        return "retry_codes and retry_codes_n do not go together";
    if (p->clock && (!p->clock->now || !p->clock->sleep))
        return "clock has no now or no sleep";
    return NULL;
}

static plx_status check_form(const plx_policy *p, char why[108])
{
    plx_status status = check_numbers(p, why);
    const char *bad = status == PLX_OK ? bad_rest(p) : NULL;
    if (bad) {
        plx_check_say(why, "policy's %s", bad);
        status = PLX_BAD_JOB;
    }
    return status;
}

static const char *first_of_each(const plx_policy *p)
{
    return p->timeout_s > 0 ? "timeout_s"
           : p->fallback    ? "fallback"
           : p->retries > 0 ? "retries"
           : p->rate > 0    ? "rate"
                            : "resources";
}

plx_status plx_policy_check(const plx_policy *p, plx_pattern pattern, char why[108])
{
    plx_status status = p ? check_form(p, why) : PLX_OK;
    bool items = pattern == PLX_MAP || pattern == PLX_FAN || pattern == PLX_BATCH ||
                 pattern == PLX_TASK || pattern == PLX_PRIORITY;
    if (status != PLX_OK || items || !plx_policy_each(p))
        return status;
    plx_check_say(why, "policy's %s: a %s knows deadline, stop and progress only", first_of_each(p),
                  plx_pattern_name(pattern));
    return PLX_BAD_JOB;
}

plx_status plx_policy_check_stage(const plx_policy *p, char why[108])
{
    plx_status status = p ? check_form(p, why) : PLX_OK;
    if (status != PLX_OK || !p || !watches(p))
        return status;
    plx_check_say(why, "a stage's policy has deadline, stop or progress: they are the job's");
    return PLX_BAD_JOB;
}

plx_status plx_policy_check_fold(const plx_policy *p, bool fold, char why[108])
{
    if (!p || !p->fallback || !fold)
        return PLX_OK;
    plx_check_say(why, "policy's fallback: the kernel folds");
    return PLX_BAD_JOB;
}

size_t plx_policy_grain(const plx_policy *p, size_t n)
{
    return !plx_policy_each(p) ? 0 : n ? (n - 1) / MOST_BLOCKS + 1 : 1;
}

bool plx_policy_retries(const plx_policy *p, int tries, int code)
{
    bool listed = p->retry_codes == NULL;
    for (size_t i = 0; !listed && i < p->retry_codes_n; i++)
        listed = p->retry_codes[i] == code;
    return listed && tries <= p->retries;
}

static double chance(const plx_policy *p, size_t item, int t)
{
    const uint32_t counter[] = {(uint32_t)item, (uint32_t)((uint64_t)item >> 32), (uint32_t)t, 0};
    const uint32_t key[] = {(uint32_t)p->seed, (uint32_t)(p->seed >> 32)};
    uint32_t out[4];
    plx_philox(counter, key, out);
    return (double)((((uint64_t)out[0] << 32) | out[1]) >> 11) * 0x1p-53;
}

double plx_policy_delay(const plx_policy *p, size_t item, int t)
{
    double factor = p->backoff_factor > 0 ? p->backoff_factor : 2;
    double delay = p->backoff_s > 0 ? p->backoff_s * pow(factor, t - 1) : 0;
    if (p->backoff_max_s > 0 && delay > p->backoff_max_s)
        delay = p->backoff_max_s;
    return p->jitter > 0 && delay > 0 ? delay * (1 - p->jitter * chance(p, item, t)) : delay;
}

bool plx_policy_token(double rate, double burst, double now, double *due, double *when)
{
    double each = 1 / rate;
    *when = *due - (burst > 0 ? burst - 1 : 0) * each;
    if (now < *when)
        return false;
    *due = (*due > now ? *due : now) + each;
    return true;
}
