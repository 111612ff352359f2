/* SPDX-License-Identifier: MIT */
/*
 * core/flow.h: a batch run in one process: a ring of slots between source and sink.
 *
 * Batch b lives in slot b % in_flight. The model's caller waits until the slot's last batch has
 * run, sinks it, fills the slot again and hands it to a worker: so the sink sees input order, at
 * most in_flight batches are under way, and memory is bounded.
 */
#ifndef PLX_CORE_FLOW_H
#define PLX_CORE_FLOW_H

#include "core/run.h"

typedef struct plx_slot {
    size_t first, n;                /* items of the stream */
    void *in, *out;
    size_t *at;
    plx_fails fails;
    plx_status status;              /* of running it */
    bool full;                      /* between source and sink */
    _Atomic bool running;           /* sourced, and not yet run */
} plx_slot;

typedef struct plx_flow {
    plx_run *run;
    const plx_stream *stream;
    size_t batch, in_flight, item_size;
    plx_slot *slots;
    size_t items;                   /* sourced so far */
    size_t sunk;                    /* items given to the sink */
    size_t sourced, drained;        /* batches */
    _Atomic size_t queued, claimed; /* batches: to be run, taken by a worker */
    bool ended;                     /* source is not called again */
    bool stopped;                   /* nor is sink */
} plx_flow;

/** slots: how many if the job does not say; a rank that has no source needs one in any case. */
plx_status plx_flow_open(plx_flow *, plx_run *, const plx_job *, const plx_stream *, size_t slots,
                         char why[108]);
void plx_flow_close(plx_flow *);
plx_slot *plx_flow_slot(plx_flow *, size_t b);

/* The caller's thread alone. source: fill and queue it; false: no more batches. sink: in order
   of b; an empty one is passed over. */
bool plx_flow_source(plx_flow *, plx_slot *);
void plx_flow_sink(plx_flow *, plx_slot *);
bool plx_flow_over(const plx_flow *);

/* Any worker. take: run the oldest one queued, false: none is; or claim it, run it elsewhere and
   say that it ran. waits: one is queued that nobody claimed. */
bool plx_flow_take(plx_flow *, int worker);
plx_slot *plx_flow_claim(plx_flow *);
void plx_flow_ran(plx_slot *);
bool plx_flow_waits(const plx_flow *);

/** For a model that spreads one batch: part, run its blocks, settle. */
void plx_flow_part(plx_flow *, plx_slot *, size_t blocks, plx_run *part);
void plx_flow_settle(plx_flow *, plx_slot *, plx_run *part);
size_t plx_flow_in_size(const plx_flow *, const plx_slot *);    /* bytes of its items */

#endif
