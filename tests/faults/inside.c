/* SPDX-License-Identifier: MIT */
/*
 * tests/faults/inside.c: a team of ranks seen from the library's inside: its own communicator.
 */
#include "inside.h"

#include "mpi/model.h"

bool inside_is_quiet(plx_team *team)
{
    const plx_ranks *ranks = team->own;
    int found = 0;
    for (int look = 0; look < 3 && !found; look++)
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, ranks->comm, &found, MPI_STATUS_IGNORE);
    return !found;
}
