/* SPDX-License-Identifier: MIT */
/*
 * mpi/queue.c: each rank steps its own producers and consumers through the model inside, and worker
 * 0 looks after messages between its steps; the queue is rank 0's. See mpi/post.h.
 */
#include <stdlib.h>

#include "mpi/post.h"

static MPI_Comm comm_of(const plx_post *p)
{
    const plx_ranks *ranks = p->team->own;
    return ranks->comm;
}

size_t plx_post_number(const plx_stepping *s, const plx_parcel *parcel)
{
    return (size_t)(parcel - s->all);
}

plx_parcel *plx_post_receive(plx_post *p, size_t item, int from, int tag)
{
    plx_stepping *s = p->stepping;
    plx_parcel *parcel = plx_steps_take(s, &s->spare, 0);
    parcel->item = item;
    plx_move_receive(comm_of(p), parcel->bytes, s->steps.item_size, from, tag);
    return parcel;
}

static bool make_peers(plx_post *p)
{
    const plx_ranks *ranks = p->team->own;
    const plx_steps *steps = &p->stepping->steps;
    int n = p->team->ranks;
    size_t share = steps->capacity / (size_t)n;
    p->peers = calloc((size_t)n, sizeof *p->peers);
    for (int r = 0; p->peers && r < n; r++) {
        size_t most =
            PLX_STEPS_AHEAD * plx_steps_at_once(steps->producers, n, r, ranks->threads[r]);
        p->peers[r] = (plx_item_peer){
            .most_lent = most < share ? most
                         : share      ? share
                                      : 1,
            .takes = plx_steps_at_once(steps->consumers, n, r, ranks->threads[r]),
            .ended = most == 0,
            .lending = MPI_REQUEST_NULL,
            .ending = MPI_REQUEST_NULL,
        };
    }
    return p->peers != NULL;
}

plx_status plx_mpi_queue_open(plx_team *team, plx_stepping *s)
{
    plx_ranks *ranks = team->own;
    plx_post *p = ranks->post = calloc(1, sizeof *p);
    if (!p)
        return PLX_NO_MEMORY;
    *p = (plx_post){.team = team, .stepping = s, .told_ended = s->producers.here == 0};
    if (team->rank) {
        p->home = calloc(s->parcels + 1, sizeof *p->home);
        return p->home ? PLX_OK : PLX_NO_MEMORY;
    }
    p->each = plx_move_pieces(sizeof(plx_item_order)) + plx_move_pieces(s->steps.item_size);
    p->orders = calloc(s->parcels, sizeof *p->orders);
    p->requests = calloc(s->parcels, p->each * sizeof *p->requests);
    p->begun = calloc(s->parcels, sizeof *p->begun);
    return p->orders && p->requests && p->begun && make_peers(p) ? PLX_OK : PLX_NO_MEMORY;
}

void plx_mpi_queue_close(plx_team *team)
{
    plx_ranks *ranks = team->own;
    plx_post *p = ranks->post;
    if (!p)
        return;
    free(p->peers);
    free(p->orders);
    free((void *)p->requests);
    free(p->begun);
    free(p->home);
    free(p);
    ranks->post = NULL;
}

static void run_across(plx_team *team, plx_stepping *s)
{
    plx_ranks *ranks = team->own;
    plx_post *p = ranks->post;
    s->run->between = team->rank == 0 ? plx_post_look_as_root : plx_post_look;
    s->run->between_arg = p;
    team->inner->model->queue(team->inner, s);
    if (team->rank == 0)
        plx_post_end_as_root(p);
    else
        plx_post_end(p);
    s->run->between = NULL;
    plx_steps_count(s);
    uint64_t sums[] = {s->produced, s->consumed, s->failed};
    MPI_Allreduce(MPI_IN_PLACE, sums, 3, MPI_UINT64_T, MPI_SUM, ranks->comm);
    s->produced = sums[0];
    s->consumed = sums[1];
    s->failed = sums[2];
}

void plx_mpi_queue(plx_team *team, plx_stepping *s)
{
    if (team->ranks == 1)
        team->inner->model->queue(team->inner, s);
    else
        run_across(team, s);
    plx_verdict(team, s->run);
}
