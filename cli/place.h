/* SPDX-License-Identifier: MIT */
/*
 * cli/place.h: which process of a launch this is, told by the launcher's environment before MPI
 * starts.
 *
 * Open MPI, PMIx, PMI (MPICH, Intel) and Slurm are known. A shell inside a Slurm allocation is no
 * rank: only a step's variables count.
 */
#ifndef PLX_CLI_PLACE_H
#define PLX_CLI_PLACE_H

#include <stdbool.h>

#include "plx/plx.h"

typedef struct plx_cli_place {
    bool launched; /* a launcher with a process manager started us: MPI will find its ranks */
    bool by_srun;
    bool bare;                  /* several tasks of an srun that has no process manager for them */
    int rank, ranks;            /* 0 of 1 if not launched */
} plx_cli_place;

/** Remember it as it is now: an MPI that finds no launcher sets the same variables for itself. */
void plx_cli_place_keep(void);

/** What was kept; else what the environment says now. */
plx_cli_place plx_cli_where(void);

/**
 * Does this rank's line go to the user? Rank 0 speaks for all; before the ranks meet so does the
 * first of each command line of `mpirun A : B`, since that one alone may be wrong.
 */
bool plx_cli_place_speaks(void);

/** The ranks meet now: from here on what one finds it tells the others. */
void plx_cli_place_meet(void);

/** How processes that the launcher started, but MPI did not join, come to be ranks. */
const char *plx_cli_place_mend(bool by_srun);

/**
 * 0, or 78 after printing the line: the ranks run different versions of the library, or the
 * launcher started more processes than the team has ranks, so that each would do all the work.
 */
int plx_cli_place_check(const plx_team *);

/** The same before MPI starts, for what is certain then: there Open MPI ends the program. */
int plx_cli_place_check_bare(void);

/**
 * 0, or 64 after printing: what the command line says of ranks goes with the model and the
 * launcher. Threads that have no effect are noted.
 */
int plx_cli_place_fits(const char *model, int ranks, int threads);

#endif
