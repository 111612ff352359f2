/* SPDX-License-Identifier: MIT */
/* mpi/crate.c: see mpi/crate.h. Large data go in pieces, each a message of its own. */
#include "mpi/crate.h"

static void *in_of(const plx_flow *flow, const plx_slot *slot)
{
    return slot->bytes[flow->legs[slot->leg].first % 2];
}

static void *out_of(const plx_flow *flow, const plx_slot *slot)
{
    return slot->bytes[flow->legs[slot->leg].end % 2];
}

/* They tell where the source's items begin, not those of a later stage. */
static bool has_offsets(const plx_flow *flow, const plx_slot *slot)
{
    return slot->at && flow->legs[slot->leg].first == 0;
}

size_t plx_crate_requests(const plx_flow *flow)
{
    size_t widest = flow->item_size;
    for (size_t k = 0; k < flow->stages_n; k++)
        if (flow->stages[k].out_size > widest)
            widest = flow->stages[k].out_size;
    return plx_move_pieces(sizeof(plx_crate)) + plx_move_pieces(flow->batch * widest) +
           plx_move_pieces((flow->batch + 1) * sizeof(size_t)) +
           (flow->legs_n > 1 ? plx_move_pieces(flow->batch * sizeof(plx_failure)) : 0);
}

void plx_crate_send(plx_desk *d, plx_slot *slot, int to)
{
    MPI_Comm comm = d->comm;
    size_t s = (size_t)(slot - d->flow->slots), n = 0;
    MPI_Request *requests = &d->requests[d->each * s];
    size_t bytes = plx_flow_in_size(d->flow, slot);
    d->heads[s] = (plx_crate){.slot = s,
                              .leg = slot->leg,
                              .first = slot->first,
                              .live = slot->live,
                              .bytes = bytes,
                              .failures = slot->fails.n};
    n += plx_move_begin_send(comm, &d->heads[s], sizeof *d->heads, to, PLX_TAG_HEAD, requests);
    if (has_offsets(d->flow, slot))
        n += plx_move_begin_send(comm, slot->at, (slot->live + 1) * sizeof *slot->at, to,
                                 PLX_TAG_AT, requests + n);
    n += plx_move_begin_send(comm, slot->fails.list, slot->fails.n * sizeof(plx_failure), to,
                             PLX_TAG_FAILURE, requests + n);
    n += plx_move_begin_send(comm, in_of(d->flow, slot), bytes, to, PLX_TAG_IN, requests + n);
    d->begun[s] = n;
}

plx_slot *plx_crate_collect(plx_desk *d, const plx_crate *back, int from)
{
    plx_slot *slot = &d->flow->slots[back->slot];
    plx_move_end(&d->requests[d->each * back->slot], d->begun[back->slot]);
    slot->status = back->status;
    slot->fails.n = slot->fails.count = 0;
    for (size_t i = 0; i < back->failures; i++) {
        plx_failure failure;
        MPI_Recv(&failure, sizeof failure, MPI_BYTE, from, PLX_TAG_FAILURE, d->comm,
                 MPI_STATUS_IGNORE);
        plx_fails_add(&slot->fails, &failure, SIZE_MAX, d->flow->run);
    }
    if (slot->fails.n < back->failures) /* no memory: not to be sunk as if it had none */
        slot->status = PLX_NO_MEMORY;
    plx_move_receive(d->comm, out_of(d->flow, slot), back->bytes, from, PLX_TAG_OUT);
    return slot;
}

void plx_crate_receive(const plx_desk *d, plx_slot *slot, const plx_crate *todo)
{
    slot->leg = todo->leg;
    slot->first = todo->first;
    slot->n = slot->live = todo->live;
    slot->status = PLX_OK;
    slot->fails.n = slot->fails.count = todo->failures;
    if (has_offsets(d->flow, slot))
        plx_move_receive(d->comm, slot->at, (slot->live + 1) * sizeof *slot->at, 0, PLX_TAG_AT);
    plx_move_receive(d->comm, slot->fails.list, todo->failures * sizeof(plx_failure), 0,
                     PLX_TAG_FAILURE);
    plx_move_receive(d->comm, in_of(d->flow, slot), todo->bytes, 0, PLX_TAG_IN);
}

void plx_crate_answer(const plx_desk *d, const plx_slot *slot, size_t number)
{
    plx_crate back = {.slot = number,
                      .bytes = plx_flow_out_size(d->flow, slot),
                      .status = slot->status,
                      .failures = slot->fails.n,
                      .stopped = plx_pace_level(d->flow->run->pace) != PLX_GO};
    MPI_Send(&back, sizeof back, MPI_BYTE, 0, PLX_TAG_HEAD, d->comm);
    for (size_t i = 0; i < back.failures; i++)
        MPI_Send(&slot->fails.list[i], sizeof *slot->fails.list, MPI_BYTE, 0, PLX_TAG_FAILURE,
                 d->comm);
    plx_move_send(d->comm, out_of(d->flow, slot), back.bytes, 0, PLX_TAG_OUT);
}
