/* SPDX-License-Identifier: MIT */
/*
 * cli/place.c: rank and size of a launch as the environment tells them, first launcher that is
 * there.
 *
 * A rank without a size (PMIx tells none) takes Slurm's, else counts as one more than the rank
 * needs.
 */
#include "place.h"

#include <limits.h>
#include <stdlib.h>

#include "number.h"

/* A variable's value, or -1 if it is not there or no number. */
static int number_of(const char *variable)
{
    const char *text = getenv(variable);
    uint64_t value;
    if (text == NULL || !plx_cli_whole(text, &value) || value >= INT_MAX)
        return -1;
    return (int)value;
}

plx_cli_place plx_cli_where(void)
{
    static const struct { const char *rank, *ranks; } managers[] = {
        { "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE" },
        { "PMIX_RANK", "SLURM_STEP_NUM_TASKS" },
        { "PMI_RANK", "PMI_SIZE" },
    };
    for (size_t i = 0; i < sizeof managers / sizeof *managers; i++) {
        int rank = number_of(managers[i].rank), ranks = number_of(managers[i].ranks);
        if (rank >= 0)
            return (plx_cli_place){ true, rank, ranks > rank ? ranks : rank + 1 };
    }
    /* srun without a process manager: several tasks are a launch, one task is a shell. */
    int rank = number_of("SLURM_PROCID"), ranks = number_of("SLURM_STEP_NUM_TASKS");
    if (getenv("SLURM_STEP_ID") != NULL && rank >= 0 && ranks > 1)
        return (plx_cli_place){ true, rank, ranks };
    return (plx_cli_place){ false, 0, 1 };
}
