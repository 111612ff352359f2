/* SPDX-License-Identifier: MIT */
/* mpi/map.c: scatter the items, let each rank map its blocks through the model inside, gather
   the results. */
#include "mpi/model.h"

void plx_mpi_map(plx_team *team, plx_run *run)
{
    if (plx_slice_scatter(team, run)) {
        team->inner->model->map(team->inner, run);
        plx_slice_gather(team, run);
    }
    plx_verdict(team, run);
}
