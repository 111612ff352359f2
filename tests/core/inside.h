/* SPDX-License-Identifier: MIT */
/* inside.h: core's inside as C++ can see it: its own headers have atomics, which C++17 does not
   read. */
#ifndef INSIDE_H
#define INSIDE_H

#include "plx/plx.h"

#ifdef __cplusplus
extern "C" {

typedef struct plx_deals {
    plx_schedule schedule;
    size_t blocks, ranks, part, least, steps;
} plx_deals;
plx_deals plx_cut_deals(plx_schedule, size_t blocks, int ranks, int threads, size_t acc_size);
void plx_cut_deal(const plx_deals *, size_t step, size_t *lo, size_t *hi);
#endif

bool plx_cut_hand(plx_schedule, size_t blocks, int workers, size_t step, size_t *lo, size_t *hi);
void plx_cut_share(size_t blocks, int ranks, int rank, size_t *first, size_t *end);
size_t plx_cut_grain(const plx_kernel *, size_t n, const void *ctx);
size_t plx_trace_merge(plx_slice *into, size_t n, size_t cap, const plx_slice *more, size_t m);

/** Fold the blocks of a job in the order given and return the joined accumulator in out. */
plx_status inside_reduce_in_order(const plx_kernel *, size_t n, size_t grain, const size_t *order,
                                  void *out);

/**
 * The same by ranges of ranks: each range on its own, then widened by the next from left to right.
 */
plx_status inside_reduce_by_ranges(const plx_kernel *, size_t n, size_t grain, int ranks,
                                   void *out);

/** Accumulators that a reduce under that model ever allocated. */
size_t inside_accumulators(const char *model, int threads, const plx_kernel *, size_t n,
                           plx_schedule);

/** Keep the lowest cap of these items in a list; returns how many, items in listed. */
size_t inside_lowest(const size_t *items, size_t n, size_t cap, size_t *listed);

/** The same by lists of every third item, merged. */
size_t inside_merged(const size_t *items, size_t n, size_t cap, size_t *listed);

/** Threads of a pool that asked for so many, and whether each of them ran. */
int inside_pool(int threads, bool *all_ran);
/* n rounds of a pool in turn: how often a worker ran outside of one, or twice in one, or the caller
   did not */
size_t inside_rounds(int threads, size_t n);

#ifdef __cplusplus
}
#endif
#endif
