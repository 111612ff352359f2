/* SPDX-License-Identifier: MIT */
/*
 * mpi/reduce.c: scatter the items, let each rank reduce its blocks through the model inside, join
 * the ranks along the same tree that joined the blocks; or hand the blocks out as ranks ask for
 * them, bring the partials home, and join the same way.
 *
 * What a range of ranks leaves are its roots, and which those are follows from the range alone. A
 * binomial tree brings them to rank 0: rank r + step sends, rank r widens its range and climbs on.
 * All memory for that is taken before the verdict, so that nothing can fail after it.
 */
#include <string.h>

#include "mpi/model.h"

/* The blocks of ranks [r, r + step), as a range of the same tree. */
static void range_of(const plx_team *team, const plx_run *run, int r, int step, plx_run *range)
{
    memset(range, 0, sizeof *range);
    range->blocks = run->blocks;
    range->first = plx_home_first(team, run, r);
    range->end = plx_home_first(team, run, step < team->ranks - r ? r + step : team->ranks);
}

/* Roots that this rank receives, in all and at most at once (or sends). */
static size_t roots_to_come(const plx_team *team, const plx_run *run, size_t *most)
{
    size_t all = 0;
    plx_run range;
    *most = 1;
    for (int step = 1; step < team->ranks; step *= 2) {
        bool sends = team->rank & step;
        if (!sends && team->rank + step >= team->ranks)
            continue;
        range_of(team, run, sends ? team->rank : team->rank + step, step, &range);
        size_t roots = plx_join_roots(&range);
        *most = roots > *most ? roots : *most;
        if (sends)
            break;
        all += roots;
    }
    return all;
}

plx_status plx_mpi_reduce_open(plx_team *team, plx_run *run)
{
    plx_ranks *ranks = team->own;
    plx_status status = plx_deal_wanted(team, run->schedule, run->where)
                            ? plx_deal_open(team, run, false)
                            : plx_slice_open(team, run, false);
    if (status != PLX_OK)
        return status;
    size_t most;
    roots_to_come(team, run, &most);
    bool room = plx_room_grow(&ranks->roots, most * run->kernel->acc_size) != NULL;
    return room ? PLX_OK : PLX_NO_MEMORY;
}

/* After the blocks, which would use up what was reserved before, and before the verdict, which
   tells all ranks if there is no memory. One more for the total, or for the
   identity of no blocks. */
static void reserve(plx_team *team, plx_run *run)
{
    const plx_ranks *ranks = team->own;
    size_t most, homes = ranks->deal && run->blocks ? plx_home_reserve(team, run) : 0;
    plx_acc_reserve(run, homes + (run->blocks ? roots_to_come(team, run, &most) : 0) + 1);
}

/* All roots of this rank's range, taken out of it. */
static size_t pack(plx_run *run, char *room)
{
    size_t n = 0, size = run->kernel->acc_size;
    for (size_t lo = run->first; lo < run->end; lo = plx_join_reach(run, lo), n++) {
        void *acc = atomic_exchange(&run->waiting[lo], NULL);
        memcpy(room + n * size, acc, size);
        plx_acc_give(run, acc, 0);
    }
    return n;
}

static void unpack(plx_run *run, const plx_run *range, const char *room)
{
    size_t n = 0, size = run->kernel->acc_size;
    for (size_t lo = range->first, hi; lo < range->end; lo = hi, n++) {
        hi = plx_join_reach(range, lo);
        void *acc = plx_acc_take(run, 0);
        memcpy(acc, room + n * size, size);
        plx_join_put(run, lo, hi, acc, 0);
    }
}

static void join_ranks(const plx_team *team, plx_run *run)
{
    plx_ranks *ranks = team->own;
    char *room = ranks->roots.bytes;
    size_t size = run->kernel->acc_size;
    for (int step = 1; step < team->ranks; step *= 2) {
        if (team->rank & step) {
            plx_move_send(ranks->comm, room, pack(run, room) * size, team->rank - step,
                          PLX_TAG_JOIN);
            break;
        }
        if (team->rank + step >= team->ranks)
            continue;
        plx_run range;
        range_of(team, run, team->rank + step, step, &range);
        plx_move_receive(ranks->comm, room, plx_join_roots(&range) * size, team->rank + step,
                         PLX_TAG_JOIN);
        plx_join_widen(run, range.end);
        unpack(run, &range, room);
    }
}

/* The accumulator becomes the same on every rank. */
static void share_total(const plx_team *team, plx_run *run)
{
    const plx_ranks *ranks = team->own;
    if (team->rank != 0)
        atomic_store(&run->waiting[0], plx_acc_take(run, 0));
    run->first = 0;
    run->end = run->blocks;
    plx_move_share(ranks->comm, atomic_load(&run->waiting[0]), run->kernel->acc_size, 0);
}

void plx_mpi_reduce(plx_team *team, plx_run *run)
{
    const plx_ranks *ranks = team->own;
    if (ranks->deal)
        plx_deal_run(team, run);
    else if (plx_slice_scatter(team, run))
        team->inner->model->reduce(team->inner, run);
    reserve(team, run);
    plx_verdict(team, run);
    plx_status status = plx_run_status(run);
    if (run->blocks == 0 || (status != PLX_OK && !(status == PLX_ITEM_FAILED && run->keep_going)))
        return;
    double begun = plx_clock_s();
    if (ranks->deal)
        plx_home_bring(team, run);
    join_ranks(team, run);
    share_total(team, run);
    plx_run_moved(run, PLX_SLICE_GATHER, begun);
}
