/* SPDX-License-Identifier: MIT */
/*
 * cli/place_check.c: whether MPI joined what the launcher started.
 *
 * A rank that MPI tells "0 of 1" beside others of its launch would do all the work alone, and so
 * would each of the others.
 */
#include "error.h"
#include "place.h"
#include "plx/plx.h"

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
