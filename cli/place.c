/* SPDX-License-Identifier: MIT */
/*
 * cli/place.c: rank and size of a launch as the environment tells them, first launcher that is
 * there.
 *
 * A rank without a size (PMIx tells none) takes Slurm's, else counts as one more than the rank
 * needs.
 */
#include "place.h"

#include <stdlib.h>

#include "error.h"
#include "number.h"

static plx_cli_place find(void)
{
    static const struct { const char *rank, *ranks; } managers[] = {
        { "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE" },
        { "PMIX_RANK", "SLURM_STEP_NUM_TASKS" },
        { "PMI_RANK", "PMI_SIZE" },
    };
    for (size_t i = 0; i < sizeof managers / sizeof *managers; i++) {
        int rank = plx_cli_told(managers[i].rank, -1), ranks = plx_cli_told(managers[i].ranks, -1);
        if (rank >= 0)
            return (plx_cli_place){ true, i > 0 && getenv("SLURM_STEP_ID") != NULL, false, rank,
                                    ranks > rank ? ranks : rank + 1 };
    }
    /* srun without a process manager: several tasks are a launch, one task is a shell. */
    int rank = plx_cli_told("SLURM_PROCID", -1), ranks = plx_cli_told("SLURM_STEP_NUM_TASKS", -1);
    if (getenv("SLURM_STEP_ID") != NULL && rank >= 0 && ranks > 1)
        return (plx_cli_place){ true, true, true, rank, ranks };
    return (plx_cli_place){ false, false, false, 0, 1 };
}

static bool kept;
static plx_cli_place place_kept;

void plx_cli_place_keep(void)
{
    place_kept = find();
    kept = true;
}

plx_cli_place plx_cli_where(void)
{
    return kept ? place_kept : find();
}

static bool met;

void plx_cli_place_meet(void)
{
    met = true;
}

/* Open MPI tells how many ranks each command line has: they are numbered in that order. */
static bool leads_words(int rank)
{
    const char *counts = getenv("OMPI_APP_CTX_NUM_PROCS");
    char *end;
    for (long first = 0, count; counts != NULL && first < rank; first += count, counts = end) {
        count = strtol(counts, &end, 10);
        if (count <= 0)
            return false;
        if (first + count == rank)
            return true;
    }
    return false;
}

bool plx_cli_place_speaks(void)
{
    const int rank = plx_cli_where().rank;
    return rank == 0 || (!met && leads_words(rank));
}

const char *plx_cli_place_mend(bool by_srun)
{
    return by_srun ? "in a batch script `mpirun parallax ...`, without srun; or `srun --mpi=pmix "
                     "...` if `srun --mpi=list` names it and Open MPI was built for it"
                   : "the mpirun of the MPI that parallax was built with, by its whole path";
}

int plx_cli_place_check_bare(void)
{
    const plx_cli_place place = plx_cli_where();
    if (!place.bare)
        return 0;
    return plx_cli_error(plx_status_exit(PLX_MISMATCH),
                         "srun started %d processes without PMIx, so that MPI cannot join them; "
                         "start them with: %s",
                         place.ranks, plx_cli_place_mend(true));
}

int plx_cli_place_check(const plx_team *team)
{
    const plx_cli_place place = plx_cli_where();
    plx_team_info info;
    plx_team_about(team, &info);
    if (info.apart != NULL)
        return plx_cli_error(plx_status_exit(PLX_MISMATCH), "%s; give every host the same",
                             info.apart);
    if (!place.launched || place.ranks <= plx_team_ranks(team))
        return 0;
    return plx_cli_error(plx_status_exit(PLX_MISMATCH),
                         "the launcher started %d processes, but MPI sees %d: each would do all "
                         "the work; start them with: %s",
                         place.ranks, plx_team_ranks(team), plx_cli_place_mend(place.by_srun));
}
