/* SPDX-License-Identifier: MIT */
/*
 * mpi/home.c: after hand-outs, partials go where their neighbours are.
 *
 * Each chunk of a reduce leaves one partial on the rank that ran it. The steps are shared out once
 * more, evenly and in order, and a rank is home of a share: a contiguous range of blocks, which it
 * joins as if it had run them. It knows how many it lacks, so it counts instead of being told. All
 * memory is taken before the verdict, so that nothing can fail after it.
 */
#include <string.h>

#include "mpi/deal.h"

size_t plx_home_first(const plx_team *team, const plx_run *run, int r)
{
    const plx_ranks *ranks = team->own;
    const plx_deal *d = ranks->deal;
    size_t first, end, lo, hi;
    plx_cut_share(d ? d->cut.steps : run->blocks, team->ranks, r, &first, &end);
    if (!d)
        return first;
    plx_cut_deal(&d->cut, first, &lo, &hi);
    return lo;
}

/* A step's number and its accumulator, as they lie in a message. */
static size_t record_size(const plx_run *run)
{
    return sizeof(uint64_t) + run->kernel->acc_size;
}

/* A chunk that ran here left its partial at its first block. */
static bool is_here(const plx_deal *d, size_t step, size_t *lo, size_t *hi)
{
    plx_cut_deal(&d->cut, step, lo, hi);
    return atomic_load_explicit(&d->run->waiting[*lo], memory_order_relaxed) != NULL;
}

/* Of the steps of rank r's home: all, and those that ran here. */
static size_t count_steps(const plx_deal *d, int r, size_t *here)
{
    size_t first, end, lo, hi;
    plx_cut_share(d->cut.steps, d->team->ranks, r, &first, &end);
    *here = 0;
    for (size_t step = first; step < end; step++)
        *here += is_here(d, step, &lo, &hi);
    return end - first;
}

size_t plx_home_reserve(plx_team *team, plx_run *run)
{
    plx_ranks *ranks = team->own;
    size_t size = record_size(run), bytes = 0, requests = 0, away = 0, lacks = 0;
    for (int r = 0; r < team->ranks; r++) {
        size_t here, all = count_steps(ranks->deal, r, &here);
        if (r == team->rank)
            lacks = all - here;
        else if (here) {
            away += here;
            bytes += sizeof(uint64_t) + here * size;
            requests += 1 + plx_move_pieces(here * size);
        }
    }
    if (!plx_room_grow(&ranks->parcels, bytes) ||
        !plx_room_grow(&ranks->requests, requests * sizeof(MPI_Request)) ||
        !plx_room_grow(&ranks->roots, lacks * size))
        plx_run_trouble(run, PLX_NO_MEMORY);
    return lacks > away ? lacks - away : 0;
}

/* All partials of one home, taken out; their number lies in front. */
static uint64_t pack(plx_deal *d, int r, char *parcel)
{
    plx_run *run = d->run;
    size_t first, end, lo, hi;
    uint64_t n = 0;
    plx_cut_share(d->cut.steps, d->team->ranks, r, &first, &end);
    for (uint64_t step = first; step < end; step++)
        if (is_here(d, step, &lo, &hi)) {
            char *record = parcel + sizeof n + n++ * record_size(run);
            void *acc = atomic_exchange(&run->waiting[lo], NULL);
            memcpy(record, &step, sizeof step);
            memcpy(record + sizeof step, acc, run->kernel->acc_size);
            plx_acc_give(run, acc, 0);
        }
    memcpy(parcel, &n, sizeof n);
    return n;
}

static size_t send_parcels(plx_deal *d)
{
    const plx_ranks *ranks = d->team->own;
    MPI_Request *requests = ranks->requests.bytes;
    char *parcel = ranks->parcels.bytes;
    size_t begun = 0, here;
    for (int r = 0; r < d->team->ranks; r++) {
        count_steps(d, r, &here);
        if (here == 0 || r == d->team->rank)
            continue;
        size_t bytes = pack(d, r, parcel) * record_size(d->run);
        MPI_Isend(parcel, sizeof(uint64_t), MPI_BYTE, r, PLX_TAG_HEAD, ranks->comm,
                  &requests[begun++]);
        parcel += sizeof(uint64_t);
        begun += plx_move_begin_send(ranks->comm, parcel, bytes, r, PLX_TAG_JOIN, requests + begun);
        parcel += bytes;
    }
    return begun;
}

/* Those that ran here, from the last on: so none climbs to a place where one still stands. Returns
   how many steps are left. */
static size_t keep_own(plx_deal *d)
{
    size_t first, end, lo, hi, here, all = count_steps(d, d->team->rank, &here);
    plx_cut_share(d->cut.steps, d->team->ranks, d->team->rank, &first, &end);
    for (size_t step = end; step-- > first;)
        if (is_here(d, step, &lo, &hi))
            plx_join_put(d->run, lo, hi, atomic_exchange(&d->run->waiting[lo], NULL), 0);
    return all - here;
}

static void receive_parcels(plx_deal *d, size_t lacks)
{
    const plx_ranks *ranks = d->team->own;
    size_t size = record_size(d->run), lo, hi;
    for (uint64_t n = 0, step; lacks > 0; lacks -= n) {
        MPI_Status from;
        MPI_Recv(&n, sizeof n, MPI_BYTE, MPI_ANY_SOURCE, PLX_TAG_HEAD, ranks->comm, &from);
        plx_move_receive(ranks->comm, ranks->roots.bytes, n * size, from.MPI_SOURCE, PLX_TAG_JOIN);
        const char *record = ranks->roots.bytes;
        for (uint64_t i = 0; i < n; i++, record += size) {
            void *acc = plx_acc_take(d->run, 0);
            memcpy(&step, record, sizeof step);
            memcpy(acc, record + sizeof step, d->run->kernel->acc_size);
            plx_cut_deal(&d->cut, step, &lo, &hi);
            plx_join_put(d->run, lo, hi, acc, 0);
        }
    }
}

void plx_home_bring(plx_team *team, plx_run *run)
{
    plx_ranks *ranks = team->own;
    size_t begun = send_parcels(ranks->deal);
    run->first = plx_home_first(team, run, team->rank);
    run->end = plx_home_first(team, run, team->rank + 1);
    receive_parcels(ranks->deal, keep_own(ranks->deal));
    plx_move_end(ranks->requests.bytes, begun);
}
