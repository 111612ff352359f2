/* SPDX-License-Identifier: MIT */
/*
 * tests/deal/left.c: the linker puts these in front of the library's own calls (--wrap): after each
 * of them no rank may have a message left that nobody reads.
 *
 * All ranks have sent whatever they send when they meet; Open MPI looks before it progresses, so it
 * is asked twice.
 */
#include <mpi.h>
#include <stdio.h>

#include "core/team.h"
#include "mpi/model.h"

plx_status __real_plx_map(plx_team *, const plx_job *, plx_report *);
plx_status __wrap_plx_map(plx_team *, const plx_job *, plx_report *);
plx_status __real_plx_reduce(plx_team *, const plx_job *, plx_report *);
plx_status __wrap_plx_reduce(plx_team *, const plx_job *, plx_report *);

static void look(const plx_team *team)
{
    if (!team || team->model != &plx_mpi_model)
        return;
    const plx_ranks *ranks = team->own;
    MPI_Status what;
    MPI_Barrier(ranks->comm);
    for (int looks = 0, found = 0; looks < 2; looks++) {
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, ranks->comm, &found, &what);
        if (found) {
            fprintf(stderr, "rank %d: a message of rank %d with tag %d is left unread\n",
                    team->rank, what.MPI_SOURCE, what.MPI_TAG);
            MPI_Abort(MPI_COMM_WORLD, 1);
        }
    }
}

plx_status __wrap_plx_map(plx_team *team, const plx_job *job, plx_report *report)
{
    plx_status status = __real_plx_map(team, job, report);
    look(team);
    return status;
}

plx_status __wrap_plx_reduce(plx_team *team, const plx_job *job, plx_report *report)
{
    plx_status status = __real_plx_reduce(team, job, report);
    look(team);
    return status;
}
