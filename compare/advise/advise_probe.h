/* SPDX-License-Identifier: MIT */
/* compare/advise/advise_probe.h: one short launch of `program run`, and what was seen of it. */
#ifndef COMPARE_ADVISE_PROBE_H
#define COMPARE_ADVISE_PROBE_H

#include "compare/advise/advise.h"
#include "compare/answer.h"

/** What to launch, beside the plan's kernel, parameters and input. */
typedef struct plx_advise_ask {
    const char *model, *schedule;   /* schedule: NULL or empty for the default */
    int ranks, threads;             /* 0: not told */
    double n, grain;                /* items, negative: not told; items a block, 0: not told */
    int repeats;                    /* timed calls after one that is not; 0: one, the first */
    double limit_s;
    const char *trace;              /* a file to be written, or NULL */
} plx_advise_ask;

typedef struct plx_advise_seen {
    plx_answer_kind kind;
    bool too_long;                  /* it was ended at its limit */
    int exit_code;
    char why[320];                  /* one line, if not good */
    double n, grain;                /* what it ran */
    double call_s;                  /* the median of its calls */
    double elapsed_s, cpu_s, busy_s; /* of one call: all, processors, its busiest worker; cpu_s
                                        negative: not told */
    double open_s, launch_s;
    double bytes, traffic;          /* in and out; moved. 0: not told */
    char digest[20];
} plx_advise_seen;

void plx_advise_look(const plx_compare_plan *, const plx_advise_ask *, plx_advise_seen *);

/**
 * The seconds of each chunk of a trace, by its place among the items; *count of them, to be freed.
 * NULL: no such file, no trace, or no memory.
 */
double *plx_advise_costs(const char *path, size_t *count);

#endif
