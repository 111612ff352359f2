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
