/* SPDX-License-Identifier: MIT */
/*
 * plx/pipeline.h: a stream of items that passes through stages, batch by batch.
 *
 * A stage is a kernel with map, which any worker runs on any batch, or a step: a function with a
 * state of its own, which sees the batches one at a time in the stream's order. At most in_flight
 * batches are between source and sink, so memory is bounded and a slow stage holds the source back.
 */
#ifndef PLX_PIPELINE_H
#define PLX_PIPELINE_H

#include "plx/plx.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Either kernel or step. */
typedef struct plx_stage {
    const char *name;               /* for messages; NULL: the kernel's, or "step" */
    const plx_kernel *kernel;       /* its in_size is the out_size of the stage before */
    const void *ctx;                /* as in a job, but equal on every rank */
    /* batches that run in this stage at once, in each process; 0: as many as there are workers; 1:
       one at a time, in the stream's order. A step's is 0 or 1, which is the same */
    int at_once;
    /* of a kernel: time-out, retries, fallback, rate, resources of this stage; NULL: plainly. Each
       rank's own; it has rate / ranks */
    const plx_policy *policy;
    /**
     * Items [first, first + n) of the stream, out of out_size bytes each; skip[i] != 0: item first + i
     * failed before and is to be left alone. PLX_OK, or what ends the call.
     */
    plx_status (*step)(void *user, size_t first, size_t n, const void *in, void *out,
                       const unsigned char *skip);
    void *user;
    size_t out_size;                /* of a step's items */
} plx_stage;

/**
 * Run a stream through stages.
 *
 * Shape    job: batch (0: the grain of the first kernel; with steps alone 1), in_flight, keep_going,
 *          n (as in a batch), and policy (deadline, stop, progress); kernel, in and out are not used.
 *          stages: 1 to 4,096; only the first may take items that differ in length, or none (in_size
 *          0). stream: as plx_batch; item_size is that of the first stage if it is a step. by_worker
 *          counts an item once for each stage
 * Order    source, steps and sink see the stream in order; source and sink run on the calling
 *          thread, steps on any worker of rank 0, one at a time. A batch that a later stage can take
 *          goes first
 * Errors   an item that fails in a stage passes the later ones unrun, its out zeroed; the sink gets
 *          it with its failure, whose why begins with the stage's name. Without keep_going the lowest
 *          failed item is told, and no step sees an item above one that it knows to have failed. A
 *          step's status ends the call once all batches before are sunk. Else as plx_batch;
 *          PLX_MISMATCH: ranks differ in stages or parameters
 * Ranks    collective; every rank passes stages and stream; source, steps and sink run on rank 0;
 *          batches are dealt out to ranks for all kernels up to the next step. A rank runs one batch
 *          at a time, its items spread over its threads: give it some for each. done: where the last
 *          stage ran
 * Cost     memory: in_flight batches, each twice as wide as its widest stage's items
 */
PLX_API plx_status plx_pipeline(plx_team *, const plx_job *, const plx_stage *stages, size_t n,
                                const plx_stream *, plx_report *);

#ifdef __cplusplus
}
#endif
#endif
