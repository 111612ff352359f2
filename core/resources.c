/* SPDX-License-Identifier: MIT */
/*
 * core/resources.c: k handles that workers share.
 *
 * A bounded stack under a lock. Who finds it empty looks again and again, sleeping longer the
 * longer it looks: core has no threads to wake.
 */
#include <stdlib.h>
#include <string.h>

#include "core/run.h"

struct plx_resources {
    plx_lock lock;
    size_t k, n; /* n: at hand */
    void *free[];
};

plx_status plx_resources_open(void *const *handles, size_t k, plx_resources **resources)
{
    *resources = NULL;
    if (k == 0 || !handles)
        return PLX_BAD_JOB;
    if (k > (SIZE_MAX / 2 - sizeof **resources) / sizeof *handles)
        return PLX_NO_MEMORY;
    plx_resources *r = malloc(sizeof *r + k * sizeof *handles);
    if (!r)
        return PLX_NO_MEMORY;
    plx_lock_open(&r->lock);
    r->k = r->n = k;
    for (size_t i = 0; i < k; i++)
        r->free[i] = handles[k - 1 - i];
    *resources = r;
    return PLX_OK;
}

void plx_resources_close(plx_resources *resources)
{
    free(resources);
}

static bool take(plx_resources *r, void **handle)
{
    plx_lock_take(&r->lock);
    bool some = r->n > 0;
    if (some)
        *handle = r->free[--r->n];
    plx_lock_give(&r->lock);
    return some;
}

plx_status plx_resources_take(plx_resources *resources, double timeout_s, void **handle)
{
    double begun = timeout_s > 0 ? plx_clock_s() : 0;
    for (unsigned looks = 0; !take(resources, handle); looks++) {
        if (timeout_s >= 0 && (timeout_s <= 0 || plx_clock_s() - begun >= timeout_s))
            return PLX_TIMED_OUT;
        plx_clock_nap(looks);
    }
    return PLX_OK;
}

/* One given back twice is not taken: there would be no room. */
void plx_resources_give(plx_resources *resources, void *handle)
{
    plx_lock_take(&resources->lock);
    if (resources->n < resources->k)
        resources->free[resources->n++] = handle;
    plx_lock_give(&resources->lock);
}
