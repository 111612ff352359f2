/* SPDX-License-Identifier: MIT */
/*
 * core/flow.h: a stream in one process: a ring of slots between source and sink, and the stages
 * that each slot's batch passes through. A batch run is a pipeline of one stage.
 *
 * Batch b lives in slot b % in_flight. The model's caller waits until the slot's last batch is
 * through, sinks it and fills the slot again: so the sink sees input order, at most in_flight
 * batches are under way, and memory is bounded. Workers claim batches *leg* by leg: a leg is a run
 * of stages that need no order among batches, or one stage that does, or that takes only so many at
 * once.
 */
#ifndef PLX_CORE_FLOW_H
#define PLX_CORE_FLOW_H

#include "core/run.h"
#include "plx/pipeline.h"

/** A stage as this process runs it. */
typedef struct plx_flow_stage {
    plx_stage asked;
    char name[48];                  /* begins the words of each failure; empty in a batch run */
    plx_run *run;                   /* of a kernel: own, or in a batch run the call's; NULL: step */
    plx_run own;
    plx_kernel kernel;
    plx_pace pace;                  /* own policy's */
    size_t in_size, out_size;       /* bytes of an item; in_size VARIES: of the longest */
    _Alignas(16) unsigned char ctx[PLX_CTX_MAX];
} plx_flow_stage;

/** Stages [first, end), which a worker runs on a batch in one go. */
typedef struct plx_leg {
    size_t first, end;
    bool in_order, step;
    size_t most, running;           /* batches at once; batches that run */
    size_t next;                    /* batches that ended; in order: so this one comes next */
    size_t *queue, head, queued;    /* else: slots that wait, first come first served */
} plx_leg;

typedef struct plx_slot {
    size_t first, n;                /* items of the stream */
    size_t live;                    /* items that later stages and the sink see */
    void *bytes[2];                 /* what stage k reads: [k % 2]; writes: the other */
    size_t *at;
    unsigned char *skip;            /* for steps */
    plx_fails fails;
    plx_status status;              /* of running it */
    size_t leg;                     /* that it waits for or is in */
    bool waiting;                   /* for a worker */
    bool full;                      /* between source and sink */
    _Atomic bool running;           /* sourced, and not yet through all legs */
} plx_slot;

typedef struct plx_flow {
    plx_run *run;                   /* the call's: its lanes are the workers */
    const plx_stream *stream;
    plx_flow_stage *stages;
    size_t stages_n, legs_n;
    plx_leg *legs;
    size_t batch, in_flight, item_size;
    plx_slot *slots;
    size_t items;                   /* sourced so far */
    size_t sunk;                    /* items given to the sink */
    size_t sourced, drained;        /* batches */
    bool ended;                     /* source is not called again */
    bool stopped;                   /* nor is sink */
    /* the lowest item of a batch beyond which none is wanted: it failed, or ends the call */
    _Atomic size_t last;
    plx_lock lock;                  /* guards legs, and where slots are */
    _Atomic size_t ready;           /* batches that a worker could claim now */
} plx_flow;

/** How the stages' work is spread: map runs a part's blocks. */
typedef struct plx_flow_how {
    size_t blocks;                  /* that a batch is cut into */
    void (*map)(const struct plx_flow_how *, plx_run *part, const plx_run *stage);
    plx_team *team;
    int worker;
} plx_flow_how;

/* stages.c: what was asked for */
/* stage k, whose asked is there, behind those before it; item_size: of the stream */
plx_status plx_stages_fit(plx_flow *, size_t k, size_t item_size, char why[108]);
uint64_t plx_stages_digest(const plx_flow *);           /* the same on all ranks */

/* flow.c: the ring */
/**
 * run and stages are there already. slots: how many if the job does not say; a rank that has no
 * source needs one in any case. spread: ranks take the batches, so a leg is all kernels between two
 * steps.
 */
plx_status plx_flow_open(plx_flow *, const plx_job *, const plx_stream *, size_t slots, bool spread,
                         char why[108]);
void plx_flow_close(plx_flow *);
plx_slot *plx_flow_slot(const plx_flow *, size_t b);
/* The caller's thread alone. source: fill and queue it; false: no more batches. sink: in order
   of b; an empty one is passed over. */
bool plx_flow_source(plx_flow *, plx_slot *);
void plx_flow_sink(plx_flow *, plx_slot *);
bool plx_flow_over(const plx_flow *);
plx_status plx_flow_checked(plx_status);                /* what a callback may return */
size_t plx_flow_in_size(const plx_flow *, const plx_slot *);    /* bytes before its leg */
size_t plx_flow_out_size(const plx_flow *, const plx_slot *);   /* and behind it */

/* leg.c: who runs what when; any worker */
bool plx_leg_open(plx_flow *, bool spread);
void plx_leg_close(plx_flow *);
void plx_leg_begin(plx_flow *, plx_slot *);             /* it was sourced */
bool plx_leg_waits(const plx_flow *);                   /* a batch waits that could be claimed */
/* of the latest leg that has one, the oldest; NULL: none. kernels: not one for a step */
plx_slot *plx_leg_claim(plx_flow *, bool kernels);
/* returns how many more can be claimed than before */
size_t plx_leg_end(plx_flow *, plx_slot *);
/* claim one, run it, end it; false: none waits. more may be NULL */
bool plx_leg_take(plx_flow *, int worker, size_t *more);

/* stage.c: a batch in its leg */
void plx_stage_work(plx_flow *, plx_slot *, const plx_flow_how *);
bool plx_stage_wanted(plx_flow *, plx_slot *);          /* false: it passes its legs unrun */
void plx_stage_note(plx_flow *, plx_slot *);            /* how it ended is known, wherever it ran */

#endif
