/* SPDX-License-Identifier: MIT */
/*
 * mpi/scan.c: scatter the items, let each rank fold its blocks through the model inside, walk from
 * rank to rank, let each write its items, gather.
 *
 * A rank sends on what comes before the next one's blocks as soon as it knows it, and writes its
 * own items meanwhile. Before the walk all agree that every rank could fold, and on the lowest
 * failure: so none waits for a rank that has nothing to tell.
 */
#include "mpi/model.h"

plx_status plx_mpi_scan_open(plx_team *team, plx_prefix *prefix)
{
    return plx_slice_open(team, prefix->run, true);
}

/* On the calling thread, between the passes. */
static void link_ranks(plx_prefix *prefix)
{
    plx_team *team = prefix->arg;
    const plx_ranks *ranks = team->own;
    plx_run *run = prefix->run;
    double begun = plx_clock_s();
    void *accs[2];
    bool open = plx_prefix_open(prefix, accs);
    plx_verdict_meet(team, run);
    if (atomic_load(&run->trouble) == PLX_OK) {
        if (team->rank > 0)
            plx_move_receive(ranks->comm, accs[0], run->out_size, team->rank - 1, PLX_TAG_JOIN);
        plx_prefix_walk(prefix, accs);
        if (team->rank + 1 < team->ranks)
            plx_move_send(ranks->comm, accs[0], run->out_size, team->rank + 1, PLX_TAG_JOIN);
    }
    if (open)
        plx_prefix_close(prefix, accs);
    plx_run_moved(run, PLX_SLICE_GATHER, begun);
}

void plx_mpi_scan(plx_team *team, plx_prefix *prefix)
{
    plx_run *run = prefix->run;
    prefix->link = link_ranks;
    prefix->arg = team;
    if (plx_slice_scatter(team, run)) {
        team->inner->model->scan(team->inner, prefix);
        plx_slice_gather(team, run);
    }
    plx_verdict(team, run);
}
