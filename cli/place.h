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

typedef struct plx_cli_place {
    bool launched; /* a launcher with a process manager started us: MPI will find its ranks */
    int rank, ranks;            /* 0 of 1 if not launched */
} plx_cli_place;

plx_cli_place plx_cli_where(void);

#endif
