/* SPDX-License-Identifier: MIT */
/*
 * core/scan.h: prefix sums in one process: two passes over the blocks, and a walk between them.
 *
 * Pass 1 folds each block from the identity and leaves the partial in out, at the block's own first
 * item, where it costs no memory. The walk goes from block to block and puts there what comes
 * before. Pass 2 folds item by item onto a copy of that.
 */
#ifndef PLX_CORE_SCAN_H
#define PLX_CORE_SCAN_H

#include "core/run.h"

typedef struct plx_prefix plx_prefix;
struct plx_prefix {
    plx_run *run;
    bool exclusive;
    void (*link)(plx_prefix *);     /* of ranks: the walk goes through all; NULL: this process's */
    void *arg;                      /* whose walk it is */
};

/* the model, in this order: all hand-outs, the calling thread once, all hand-outs again */
void plx_prefix_fold(plx_prefix *, size_t lo, size_t hi, int worker);
void plx_prefix_link(plx_prefix *);
void plx_prefix_write(plx_prefix *, size_t lo, size_t hi, int worker);

/* a walk: two accumulators, of which the first holds all that comes before this process's blocks.
   NULL, and trouble: no memory. Afterwards it holds what comes before the next one's */
bool plx_prefix_open(plx_prefix *, void *accs[2]);
void plx_prefix_walk(plx_prefix *, void *accs[2]);
void plx_prefix_close(plx_prefix *, void *accs[2]);

#endif
