/* SPDX-License-Identifier: MIT */
/*
 * cli/trace.h: what each worker did when, as Chrome trace events, which Perfetto opens.
 *
 * A process is a rank, a thread a worker. Times are whole nanoseconds, written in microseconds.
 *
 * Source   "Trace Event Format", the Chromium project: metadata events "M", complete events "X"
 */
#ifndef PLX_CLI_TRACE_H
#define PLX_CLI_TRACE_H

#include <jansson.h>
#include <stddef.h>

#include "output.h"
#include "plx/plx.h"

typedef struct plx_trace {
    const plx_slice *slices;        /* sorted by begin_s */
    size_t count, left_out;         /* left out: later ones, for which there was no room */
    const plx_worker *workers;      /* a row for each, whether it did anything or not */
    size_t workers_count;
    int ranks, threads;             /* above every rank and thread of the slices and workers */
    double elapsed_s;               /* of the call that it shows */
    const char *chunk;              /* what a chunk is called */
} plx_trace;

/**
 * Write the trace with about (its set-up, not taken over) as otherData. Where a worker was in no
 * slice it waited, which is a slice of its own; after slices that were left out nobody knows.
 *
 * Errors   0, 71 or 74 after printing
 */
int plx_trace_write(plx_output *, const plx_trace *, const json_t *about);

#endif
