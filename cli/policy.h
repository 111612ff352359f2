/* SPDX-License-Identifier: MIT */
/*
 * cli/policy.h: the options that say how one item runs and how a call is ended: how their texts are
 * read.
 */
#ifndef PLX_CLI_POLICY_H
#define PLX_CLI_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "json.h"
#include "options.h"
#include "plx/plx.h"

/** --backoff: S[,FACTOR[,MAX[,JITTER]]]. */
typedef struct plx_cli_backoff {
    double wait_s, factor, max_s, jitter;       /* what is not told is 0 */
} plx_cli_backoff;

/** --rate: R[,BURST]. */
typedef struct plx_cli_rate {
    double rate, burst;                         /* burst not told: 0 */
} plx_cli_rate;

/** --retry-codes: a,b,... */
enum { PLX_CLI_CODES_MAX = 32 };
typedef struct plx_cli_codes {
    size_t count;
    int code[PLX_CLI_CODES_MAX];
} plx_cli_codes;

/** All of them, as told; zero: not told. */
typedef struct plx_cli_policy {
    double timeout_s, deadline_s;
    const char *fallback;
    int retries;
    plx_cli_backoff backoff;
    plx_cli_codes codes;
    plx_cli_rate rate;
    size_t resources;
    bool progress;
} plx_cli_policy;

/* Setters: the fields are of the types above; a deadline is a double. */
plx_cli_setter plx_cli_set_backoff, plx_cli_set_codes, plx_cli_set_rate, plx_cli_set_deadline;

/* policy_make.c */
/** The first option that is about tries of items; NULL: none is told. */
const char *plx_cli_policy_first(const plx_cli_policy *);
/** 0, or 64 after printing: what goes without --retries. */
int plx_cli_policy_together(const plx_cli_policy *);
/** Set the value that --fallback tells: item is out_size bytes of zero. 0, or 64 after printing. */
int plx_cli_policy_fallback(const plx_kernel *, const char *text, void *item);
/** Fallback, resources, stop and progress are the caller's. The codes must outlive it. */
plx_policy plx_cli_policy_fill(const plx_cli_policy *, uint64_t seed);
/** NULL: nothing was asked for. */
json_t *plx_cli_policy_json(const plx_cli_policy *);

#endif
