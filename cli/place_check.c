/* SPDX-License-Identifier: MIT */
/*
 * cli/place_check.c: whether MPI joined what the launcher started.
 *
 * A rank that MPI tells "0 of 1" beside others of its launch would do all the work alone, and so
 * would each of the others.
 */
#include <string.h>

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

int plx_cli_place_fits(const char *model, int ranks, int threads)
{
    const plx_cli_place place = plx_cli_where();
    const bool across = strncmp(model, "mpi", 3) == 0;
    if (!across && ranks > 1)
        return plx_cli_error(PLX_EXIT_USAGE, "--ranks '%d': not allowed; model '%s' is one process",
                             ranks, model);
    if (!across && place.ranks > 1)
        return plx_cli_error(PLX_EXIT_USAGE,
                             "model '%s': one process, but the launcher started %d, each of which "
                             "would do all the work: use an mpi model, or no launcher",
                             model, place.ranks);
    if (place.launched && ranks != 0 && ranks != place.ranks)
        return plx_cli_error(PLX_EXIT_USAGE, "--ranks '%d': not allowed; the launcher started %d",
                             ranks, place.ranks);
    if ((strcmp(model, "mpi") == 0 || strcmp(model, "serial") == 0) && threads > 1)
        plx_cli_note("-w %d has no effect: model '%s' has one thread a process", threads, model);
    return 0;
}
