/* SPDX-License-Identifier: MIT */
/*
 * mpi/crate.h: one batch on its way to a rank, and its results on their way back.
 *
 * A head goes first and says what follows: where the items begin, earlier failures, the bytes. The
 * root's sends end when the results are back, which no rank sends before it has all.
 */
#ifndef PLX_MPI_CRATE_H
#define PLX_MPI_CRATE_H

#include "mpi/model.h"

typedef struct plx_crate {
    size_t slot, leg, first, live, bytes; /* live = 0: no more batches */
    plx_status status;
    size_t failures;
    bool stopped; /* nothing new is to begin, says a rank that ran this */
} plx_crate;

typedef struct plx_desk {
    plx_team *team;
    plx_flow *flow;
    MPI_Comm comm;
    plx_crate *heads;     /* by slot */
    MPI_Request *requests; /* by slot, as many for each as its largest batch needs */
    size_t each, *begun;   /* by slot: how many of them are under way */
    int *held;             /* batches at each rank */
} plx_desk;

/* requests for the head, the offsets, the failures and the items of one batch */
size_t plx_crate_requests(const plx_flow *);

/* the root: a batch is sent; the results behind this head, which came from there, to its slot */
void plx_crate_send(plx_desk *, plx_slot *, int to);
plx_slot *plx_crate_collect(plx_desk *, const plx_crate *, int from);

/* a rank: the batch behind this head; what became of it, under the root's number of its slot */
void plx_crate_receive(const plx_desk *, plx_slot *, const plx_crate *);
void plx_crate_answer(const plx_desk *, const plx_slot *, size_t number);

#endif
