/* SPDX-License-Identifier: MIT */
/*
 * core/trace.c: what each worker did when.
 *
 * A worker writes its slices into its own lane, without a lock; after the call they are merged into
 * one list sorted by begin. A lane keeps its first ones, so the earliest of all are always there to
 * be kept, however few fit. Without room for slices the lanes have none and nothing is written.
 */
#include <stdlib.h>

#include "core/run.h"

/* Room that is never written costs nothing but addresses, so each lane may have as many as all. */
plx_status plx_trace_open(plx_run *run, size_t most)
{
    if (most > SIZE_MAX / 2 / sizeof(plx_slice))
        return PLX_NO_MEMORY;
    for (int w = 0; w < run->workers; w++) {
        plx_lane *lane = &run->lanes[w];
        lane->slices = malloc(most * sizeof *lane->slices + 1);
        if (!lane->slices)
            return PLX_NO_MEMORY;
        lane->slices_room = most;
    }
    if (run->prepared)
        plx_trace_add(run, 0,
                      (plx_slice){.kind = PLX_SLICE_PREPARE,
                                  .begin_s = run->prepare_begun_s,
                                  .end_s = run->prepare_ended_s});
    return PLX_OK;
}

void plx_trace_close(plx_run *run)
{
    for (int w = 0; run->lanes && w < run->workers; w++)
        free(run->lanes[w].slices);
    free(run->slices);
}

static bool traced(const plx_run *run)
{
    return run->lanes && run->lanes[0].slices;
}

void plx_trace_add(plx_run *run, int worker, plx_slice slice)
{
    plx_lane *lane = &run->lanes[worker];
    if (!lane->slices)
        return;
    if (lane->slices_n < lane->slices_room)
        lane->slices[lane->slices_n] = slice;
    lane->slices_n++;
}

double plx_trace_now(const plx_run *run)
{
    return traced(run) ? plx_clock_s() : 0;
}

void plx_trace_served(plx_run *run, double begun)
{
    if (traced(run))
        plx_trace_add(
            run, 0, (plx_slice){.kind = PLX_SLICE_SERVE, .begin_s = begun, .end_s = plx_clock_s()});
}

size_t plx_trace_count(const plx_run *run)
{
    size_t count = 0;
    for (int w = 0; w < run->workers; w++)
        count += run->lanes[w].slices_n;
    return count;
}

/* By begin; of two that begin together the one that encloses the other comes first. */
static int in_order(const void *a, const void *b)
{
    const plx_slice *x = a, *y = b;
    if (x->begin_s != y->begin_s)
        return x->begin_s < y->begin_s ? -1 : 1;
    if (x->end_s != y->end_s)
        return x->end_s > y->end_s ? -1 : 1;
    return x->rank != y->rank ? (x->rank > y->rank) - (x->rank < y->rank)
                              : (x->thread > y->thread) - (x->thread < y->thread);
}

/* Drop the latest of both until they fit, then fill from the back, where nothing stands. */
size_t plx_trace_merge(plx_slice *into, size_t n, size_t cap, const plx_slice *more, size_t m)
{
    while (n + m > cap)
        if (m && !(n && in_order(&into[n - 1], &more[m - 1]) > 0))
            m--;
        else
            n--;
    size_t all = n + m;
    for (size_t at = all; m > 0; at--)
        if (n && in_order(&into[n - 1], &more[m - 1]) > 0)
            into[at - 1] = into[--n];
        else
            into[at - 1] = more[--m];
    return all;
}

/* What is served within a chunk was written before it; else a lane is in order as it is. */
static void sort(plx_slice *slices, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (in_order(&slices[i - 1], &slices[i]) > 0) {
            qsort(slices, n, sizeof *slices, in_order);
            return;
        }
}

/* Both have the same room and have kept their earliest ones, so the earliest of all are among
   these. */
void plx_trace_join(plx_lane *lane, plx_lane *more)
{
    if (!lane->slices || !more->slices)
        return;
    size_t n = lane->slices_n < lane->slices_room ? lane->slices_n : lane->slices_room;
    size_t m = more->slices_n < more->slices_room ? more->slices_n : more->slices_room;
    sort(lane->slices, n);
    sort(more->slices, m);
    plx_trace_merge(lane->slices, n, lane->slices_room, more->slices, m);
    lane->slices_n += more->slices_n;
}

size_t plx_trace_take(plx_run *run, double zero_s, plx_slice *room, size_t cap)
{
    size_t kept = 0;
    for (int w = 0; w < run->workers; w++) {
        plx_lane *lane = &run->lanes[w];
        size_t n = lane->slices_n < lane->slices_room ? lane->slices_n : lane->slices_room;
        for (size_t i = 0; i < n; i++) {
            plx_slice *slice = &lane->slices[i];
            slice->rank = run->rank;
            slice->thread = w;
            slice->begin_s = slice->begin_s > zero_s ? slice->begin_s - zero_s : 0;
            slice->end_s = slice->end_s > zero_s ? slice->end_s - zero_s : 0;
        }
        sort(lane->slices, n);
        kept = plx_trace_merge(room, kept, cap, lane->slices, n);
    }
    return kept;
}
