/* SPDX-License-Identifier: MIT */
/*
 * mpi/map.c: scatter the items, let each rank map its blocks through the model inside, gather the
 * results; or hand the blocks out as ranks ask for them.
 */
#include "mpi/model.h"

plx_status plx_mpi_map_open(plx_team *team, plx_run *run)
{
    return plx_deal_wanted(team, run->schedule, run->where) ? plx_deal_open(team, run, true)
                                                            : plx_slice_open(team, run, true);
}

void plx_mpi_map(plx_team *team, plx_run *run)
{
    const plx_ranks *ranks = team->own;
    if (ranks->deal)
        plx_deal_run(team, run);
    else if (plx_slice_scatter(team, run)) {
        team->inner->model->map(team->inner, run);
        plx_slice_gather(team, run);
    }
    plx_verdict(team, run);
}
