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

/* Each rank's list is sorted. */
static void merge(plx_run *run, const plx_failure *list, int ranks, const int *counts,
                  uint64_t count)
{
    run->fails.n = 0;
    for (int r = 0; r < ranks; list += counts[r++])
        plx_fails_merge(&run->fails, list, (size_t)counts[r], run->fails_cap, run);
    run->fails.count = count;
}

/* Counted in failures, not in bytes: plx_mpi_enter() keeps their sum within an int. */
static void place(const listed *each, int ranks, int *counts, size_t *n, uint64_t *count)
{
    *n = *count = 0;
    for (int r = 0; r < ranks; r++) {
        counts[r] = (int)each[r].n;
        counts[ranks + r] = (int)*n;
        *n += each[r].n;
        *count += each[r].count;
    }
}

static void gather_lists(plx_team *team, plx_run *run, const listed *each)
{
    plx_ranks *ranks = team->own;
    size_t n;
    uint64_t count;
    place(each, team->ranks, ranks->counts, &n, &count);
    plx_failure *list = malloc((n + 1) * sizeof *list);
    bool room = list && plx_fails_reserve(&run->fails, n < run->fails_cap ? n : run->fails_cap);
    plx_run_trouble(run, plx_mpi_agree(team, room ? PLX_OK : PLX_NO_MEMORY));
    if (atomic_load(&run->trouble) == PLX_OK) {
        MPI_Datatype type;
        MPI_Type_contiguous((int)sizeof *list, MPI_BYTE, &type);
        MPI_Type_commit(&type);
        MPI_Allgatherv(run->fails.list, ranks->counts[team->rank], type, list, ranks->counts,
                       ranks->counts + team->ranks, type, ranks->comm);
        MPI_Type_free(&type);
        merge(run, list, team->ranks, ranks->counts, count);
    }
    free(list);
}

/* Every rank's list to every rank: at most the cap from each. */
static void exchange(plx_team *team, plx_run *run)
{
    const plx_ranks *ranks = team->own;
    listed mine = {run->fails.n, run->fails.count};
    listed *each = malloc((size_t)team->ranks * sizeof *each);
    plx_run_trouble(run, plx_mpi_agree(team, each ? PLX_OK : PLX_NO_MEMORY));
    if (atomic_load(&run->trouble) == PLX_OK) {
        MPI_Allgather(&mine, 2, MPI_UINT64_T, each, 2, MPI_UINT64_T, ranks->comm);
        gather_lists(team, run, each);
    }
    free(each);
}

void plx_verdict(plx_team *team, plx_run *run)
{
    const plx_ranks *ranks = team->own;
    double begun = plx_clock_s();
    plx_run_settle(run);
    uint64_t worst[2] = {(uint64_t)atomic_load(&run->trouble),
                         ~(uint64_t)atomic_load(&run->lowest)};
    MPI_Allreduce(MPI_IN_PLACE, worst, 2, MPI_UINT64_T, MPI_MAX, ranks->comm);
    atomic_store(&run->trouble, (int)worst[0]);
    atomic_store(&run->lowest, (size_t)~worst[1]);
    if (worst[0] == PLX_OK && worst[1] != 0)
        exchange(team, run);
    plx_run_moved(run, PLX_SLICE_GATHER, begun);
}
