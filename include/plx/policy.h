/* SPDX-License-Identifier: MIT */
/*
 * plx/policy.h: how one item runs, and how a call is watched and ended.
 *
 * An *item* here is an item of a map, batch or pipeline, or one whole task of a fan or a scope. A
 * policy with a time-out, a fallback, retries, a rate or resources gives the kernel blocks of one
 * item; the default grain is then ceil(n / 65536). Reduce, scan, queue and divide know deadline, stop
 * and progress only (else PLX_BAD_JOB). What is not asked for costs nothing.
 *
 * A try begins when the rate lets it and then a resource is in hand. Who waits for either, or for
 * a backoff, keeps a worker busy, but no resource. Once a call is to stop nothing begins, no second
 * try either: an item between two tries was not run. A stream (batch, pipeline) drains by ending
 * what its source has given. A call that was stopped returns PLX_STOPPED and its report counts what
 * was done, what failed and what was not run; if nothing was left to be done the stop came too late
 * to be told.
 *
 * Nothing here interrupts a kernel: plx_stopped() tells it that its time is up, and one that never
 * asks (or sits in a system call) runs to its own end. Then it counts as timed out all the same.
 *
 * Ranks    the numbers and codes are rank 0's; fallback, clock, resources and stop are each rank's
 *          own: one that lacks a fallback or resources where rank 0 has them is PLX_BAD_JOB for all.
 *          Of a rate each rank that computes has an equal part, and a burst of at least 1. A stop on
 *          one rank reaches the others with its next hand-out or batch, else at the end: with shares
 *          they run theirs. Progress is told on rank 0, about every every_s of all ranks
 */
#ifndef PLX_POLICY_H
#define PLX_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plx/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** plx_failure.code of what the library itself found; a kernel's own are best 0 and above. */
enum {
    PLX_CODE_TIMED_OUT = -1,        /* the last try of an item took longer than timeout_s */
    PLX_CODE_NO_RESOURCE = -2       /* no resource came free within acquire_s */
};

/** Time, so that tests can pass their own. sleep returns at until_s or before. */
typedef struct plx_clock {
    double (*now)(void *user);      /* seconds from any beginning, never backwards */
    void (*sleep)(void *user, double until_s);
    void *user;
} plx_clock;

/** PLX_DRAIN: begin nothing new, end what runs. PLX_QUIT: plx_stopped() is true at once, too. */
typedef enum plx_stop_level { PLX_GO, PLX_DRAIN, PLX_QUIT } plx_stop_level;

/** A stop token: zeroed by the user, read by any number of calls. They return PLX_STOPPED. */
typedef struct plx_stop {
    int level;                      /* private */
} plx_stop;

/** Ask; from any thread or a signal handler. A level is never lowered. */
PLX_API void plx_stop_ask(plx_stop *, plx_stop_level);
PLX_API plx_stop_level plx_stop_asked(const plx_stop *);

/** k handles (connections, licences) that the workers of a process share. */
typedef struct plx_resources plx_resources;

/** Errors: PLX_BAD_JOB (k = 0), PLX_NO_MEMORY. handles: k of them, copied. */
PLX_API plx_status plx_resources_open(void *const *handles, size_t k, plx_resources **);

/** All must have been given back. NULL is fine. */
PLX_API void plx_resources_close(plx_resources *);

/**
 * Take one handle, from any thread; PLX_TIMED_OUT: none came free within timeout_s (0: do not wait;
 * negative: as long as it takes).
 */
PLX_API plx_status plx_resources_take(plx_resources *, double timeout_s, void **handle);
PLX_API void plx_resources_give(plx_resources *, void *handle);

/** How far a call has come, over all threads and ranks. */
typedef struct plx_progress {
    size_t n;                       /* of the call; 0: not known */
    size_t done, failed;            /* failed: without those that got the fallback */
    double elapsed_s;
    double per_s;                   /* items that ended, a second, since the call began */
    double left_s;                  /* until the end at that rate; negative: not known */
} plx_progress;

/** Zeroed means: plainly. */
typedef struct plx_policy {
    /* of one try of one item, from its begin (a resource is in hand); 0: none */
    double timeout_s;
    /* out_size bytes that an item gets that failed its last try, whatever its code: it then counts
       as done. A task's items get them each, of its own kernel's size. NULL: it fails. Not for folds */
    const void *fallback;
    int retries;                    /* tries after the first */
    /* before try t (1: the second): min(backoff_max_s, backoff_s * backoff_factor^(t - 1)), less up
       to jitter of it by chance: times 1 - jitter * u, u in [0, 1) from seed, item and t by Philox */
    double backoff_s;
    double backoff_factor;          /* 0: 2 */
    double backoff_max_s;           /* 0: no bound */
    double jitter;                  /* from 0 to 1 */
    uint64_t seed;
    const int *retry_codes;         /* only these are tried again; NULL: all */
    size_t retry_codes_n;
    /* tries begun a second, by a token bucket of burst (0: 1; from 1 on) that begins full; 0: no
       bound */
    double rate, burst;
    plx_resources *resources;       /* one is held during each try: see plx_resource() */
    double acquire_s;               /* the longest wait for it; 0: as long as it takes */
    /* from the call's begin; then as PLX_QUIT. 0: none */
    double deadline_s;
    plx_stop *stop;
    /* called by the calling thread of rank 0, between its items and while it waits for a rate or a
       backoff, no more often than every_s (0: 0.1), and once at the end */
    void (*progress)(void *user, const plx_progress *);
    void *progress_user;
    double every_s;
    const plx_clock *clock;         /* NULL: the machine's */
} plx_policy;

#ifdef __cplusplus
}
#endif
#endif
