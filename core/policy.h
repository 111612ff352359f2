/* SPDX-License-Identifier: MIT */
/*
 * core/policy.h: one policy at work in one process: how an item goes through its tries, and how
 * stop, deadline and progress are seen.
 *
 * A *pace* is a policy with its clock, its bucket and its counters. An *attempt* is one try of one
 * item, on the stack of the worker that runs it: what plx_stopped() looks at. All patterns send
 * their items through plx_pace_run(); what waits there serves messages and sees a stop.
 *
 * Invariant: run->pace is NULL if nothing was asked for, and that is all that it then costs.
 */
#ifndef PLX_CORE_POLICY_H
#define PLX_CORE_POLICY_H

#include <stdatomic.h>

#include "plx/plx.h"

struct plx_run;

typedef struct plx_pace {
    plx_policy policy;              /* a copy */
    plx_clock clock;                /* the policy's, or the machine's */
    double begun_s;                 /* the call's begin by it */
    size_t n;                       /* items of the call; 0: not known */
    bool each;                      /* the kernel gets one item at a time */
    struct plx_pace *whole;         /* of a stage: the call's; else NULL */
    double rate, burst;             /* of this process: see plx_pace_part() */
    _Atomic double due_s;           /* when the bucket would be empty but for one token */
    _Atomic int waiting;            /* for a token */
    _Atomic int cause;              /* what stopped the call: 0, STOP or DEADLINE of pace.c */
    double shown_s;                 /* the calling thread's: when progress was told last */
    void (*collect)(void *);        /* of ranks: before that, count in what others say; or NULL */
    void *collect_arg;
    _Alignas(64) _Atomic size_t done;
    _Atomic size_t failed;
} plx_pace;

/** One try. late: its time-out passed; told: plx_stopped() said that the call is to end at once. */
typedef struct plx_attempt {
    plx_pace *pace;
    double until_s;                 /* by the clock; INFINITY: no time-out */
    void *resource;
    bool late, told;
} plx_attempt;

/** What one item is to plx_pace_run(). */
typedef struct plx_trial {
    struct plx_run *run;            /* whose item it is: wanted or not, messages, lanes */
    int worker;
    size_t item;
    /**
     * Run it once. ITEM_FAILED or REFUSED: with *failure's code and why; STOPPED: it was cut short,
     * so it has no result. Called again for each try.
     */
    plx_status (*once)(void *arg, plx_attempt *, plx_failure *failure);
    void (*fall_back)(void *arg, const void *bytes);
    void *arg;
} plx_trial;

/* policy.c: what is asked for, and all arithmetic; NULL is a policy that asks for nothing */
bool plx_policy_asks(const plx_policy *);
bool plx_policy_each(const plx_policy *);       /* is there one that rules single items? */
/** A call's, or a stage's, which has no deadline, stop, progress or clock of its own. */
plx_status plx_policy_check(const plx_policy *, plx_pattern, char why[108]);
plx_status plx_policy_check_stage(const plx_policy *, char why[108]);
/** fold: the item's kernel folds, so there is nothing to fall back to. */
plx_status plx_policy_check_fold(const plx_policy *, bool fold, char why[108]);
size_t plx_policy_grain(const plx_policy *, size_t n);      /* 0: as without */
bool plx_policy_retries(const plx_policy *, int tries, int code);
/**
 * Seconds between the end of a try and try t (1: the second). u: 53 bits of Philox4x32-10 with
 * counter (item, item >> 32, t, 0) and key (seed, seed >> 32): the first word above the second.
 */
double plx_policy_delay(const plx_policy *, size_t item, int t);
/**
 * A bucket is one number, due. True: a token is there at now, and *due moves on; else *when is the
 * earliest time at which one will be. (The virtual scheduling form of the generic cell rate
 * algorithm, ITU-T I.371.)
 */
bool plx_policy_token(double rate, double burst, double now, double *due, double *when);

/* pace.c */
/** begun_s: by the policy's clock. whole: see above. Holds nothing: there is no close. */
void plx_pace_open(plx_pace *, const plx_policy *, double begun_s, plx_pace *whole);
void plx_pace_part(plx_pace *, int parts);      /* this process has one of so many equal parts */
double plx_pace_first(const plx_policy *);      /* now, before there is a pace: by its clock */
double plx_pace_now(const plx_pace *);          /* by its clock */
/** What is asked of the call now, deadline included; NULL: PLX_GO. Any thread. */
plx_stop_level plx_pace_level(plx_pace *);
/** True: it was stopped, and why says by what. */
bool plx_pace_why(plx_pace *, char why[108]);
/** Items that ended; any thread, other ranks' too. Nothing happens unless progress is asked for. */
void plx_pace_count(plx_pace *, size_t done, size_t failed);
/** The calling thread alone, between items: tell progress if it is time to; and at the end. */
bool plx_pace_shows(const plx_pace *);          /* is it asked for? NULL: no */
void plx_pace_show(plx_pace *);
void plx_pace_show_end(plx_pace *, const plx_report *);

/* attempt.c */
/** True if its kernel is to return; NULL: false. */
bool plx_attempt_over(plx_attempt *);
/**
 * One item through its tries: rate, resource, try, then again, or the fallback.
 *
 * OK; ITEM_FAILED or REFUSED with *failure complete; STOPPED: not run, or without a result: a stop,
 * whose trouble then stands in the run, or a failure below it. Else what once() returned, which is
 * the caller's to tell.
 */
plx_status plx_pace_run(plx_pace *, const plx_trial *, plx_failure *);

#endif
