/* SPDX-License-Identifier: MIT */
/* mpi/divide.c: every rank runs the body through the model inside; then the verdict. */
#include "mpi/model.h"

void plx_mpi_divide(plx_team *team, plx_forks *forks)
{
    team->inner->model->divide(team->inner, forks);
    plx_verdict(team, forks->run);
}
