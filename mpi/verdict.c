/* SPDX-License-Identifier: MIT */
/*
 * mpi/verdict.c: how a call ended, on every rank: one reduction of {trouble, lowest failed item}.
 *
 * Failures travel only if there are any.
 */
#include <stdlib.h>

#include "mpi/model.h"

typedef struct listed {
    uint64_t n, count; /* failures in the list, failures in all */
} listed;

/* How many the ranks [r, r + step) bring, joined. */
static size_t brought(const plx_team *team, const plx_run *run, const listed *each, int r, int step)
{
    size_t n = 0;
    for (int i = r; i < r + step && i < team->ranks; i++)
        n += each[i].n;
    return n < run->fails_cap ? n : run->fails_cap;
}

/* Up a binomial tree to rank 0, as the partials of a reduce: no rank ever has more than the cap
   twice. */
static void join_lists(const plx_team *team, plx_run *run, const listed *each, plx_failure *room)
{
    const plx_ranks *ranks = team->own;
    for (int step = 1; step < team->ranks; step *= 2) {
        if (team->rank & step) {
            plx_move_send(ranks->comm, run->fails.list, run->fails.n * sizeof *room,
                          team->rank - step, PLX_TAG_FAILURE);
            break;
        }
        size_t n = brought(team, run, each, team->rank + step, step);
        plx_move_receive(ranks->comm, room, n * sizeof *room, team->rank + step, PLX_TAG_FAILURE);
        plx_fails_merge(&run->fails, room, n, run->fails_cap, run);
    }
}

static size_t most_brought(const plx_team *team, const plx_run *run, const listed *each)
{
    size_t most = 0;
    for (int step = 1; step < team->ranks && !(team->rank & step); step *= 2) {
        size_t n = brought(team, run, each, team->rank + step, step);
        most = n > most ? n : most;
    }
    return most;
}

/* A call that was stopped has counts and failures, though no result. */
static bool is_told(const plx_run *run)
{
    int trouble = atomic_load(&run->trouble);
    return trouble == PLX_OK || trouble == PLX_STOPPED;
}

/* Room for all that comes is got first, so that nothing can fail once lists move. */
static void gather_lists(plx_team *team, plx_run *run, const listed *each)
{
    const plx_ranks *ranks = team->own;
    size_t n = brought(team, run, each, 0, team->ranks);
    plx_failure *room = malloc(most_brought(team, run, each) * sizeof *room + 1);
    bool fits = room && plx_fails_reserve(&run->fails, n);
    plx_run_trouble(run, plx_mpi_agree(team, fits ? PLX_OK : PLX_NO_MEMORY));
    if (is_told(run)) {
        join_lists(team, run, each, room);
        plx_move_share(ranks->comm, run->fails.list, n * sizeof *room, 0);
        run->fails.n = n;
        run->fails.count = 0;
        for (int r = 0; r < team->ranks; r++)
            run->fails.count += each[r].count;
    }
    free(room);
}

/* Every rank comes to have the lowest of all. */
static void exchange(plx_team *team, plx_run *run)
{
    const plx_ranks *ranks = team->own;
    listed mine = {run->fails.n, run->fails.count};
    listed *each = malloc((size_t)team->ranks * sizeof *each);
    plx_run_trouble(run, plx_mpi_agree(team, each ? PLX_OK : PLX_NO_MEMORY));
    if (is_told(run)) {
        MPI_Allgather(&mine, 2, MPI_UINT64_T, each, 2, MPI_UINT64_T, ranks->comm);
        gather_lists(team, run, each);
    }
    free(each);
}

static void add_done(const plx_team *team, plx_run *run)
{
    const plx_ranks *ranks = team->own;
    uint64_t done = run->done;
    MPI_Allreduce(MPI_IN_PLACE, &done, 1, MPI_UINT64_T, MPI_SUM, ranks->comm);
    run->done = done;
}

void plx_verdict_meet(plx_team *team, plx_run *run)
{
    const plx_ranks *ranks = team->own;
    uint64_t worst[2] = {(uint64_t)atomic_load(&run->trouble),
                         ~(uint64_t)atomic_load(&run->lowest)};
    MPI_Allreduce(MPI_IN_PLACE, worst, 2, MPI_UINT64_T, MPI_MAX, ranks->comm);
    atomic_store(&run->trouble, (int)worst[0]);
    atomic_store(&run->lowest, (size_t)~worst[1]);
}

void plx_verdict(plx_team *team, plx_run *run)
{
    double begun = plx_clock_s();
    run->between = NULL;
    plx_progress_end(team, run);
    plx_run_settle(run);
    plx_verdict_meet(team, run);
    if (is_told(run) && atomic_load(&run->lowest) != PLX_NONE)
        exchange(team, run);
    if (atomic_load(&run->trouble) == PLX_STOPPED)
        add_done(team, run);
    plx_run_moved(run, PLX_SLICE_GATHER, begun);
}
