/* SPDX-License-Identifier: MIT */
/* plx/on_comm.h: teams on a communicator of the user's. Only in a library built with MPI. */
#ifndef PLX_ON_COMM_H
#define PLX_ON_COMM_H

#include <mpi.h>

#include "plx/plx.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Open a team on the ranks of a communicator, which is duplicated.
 *
 * Shape    inner: the model that each rank runs its part through ("serial", "omp", "pthread");
 *          threads: as plx_open
 * Errors   as plx_open; PLX_SYSTEM if MPI is not initialised
 * Ranks    collective over comm
 */
PLX_API plx_status plx_open_on(MPI_Comm comm, const char *inner, int threads, plx_team **team);

/**
 * Finalise MPI now, if this library started it; no mpi team may be opened after it. Collective over
 * all ranks.
 */
PLX_API void plx_mpi_finish(void);

#ifdef __cplusplus
}
#endif
#endif
