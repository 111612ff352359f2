/* SPDX-License-Identifier: MIT */
/*
 * mpi/pipeline.c: rank 0 sources, runs steps and sinks; it deals batches to ranks that have fewer
 * than two, for all kernels up to the next step; batch runs too. Each rank runs a batch through the
 * model inside.
 *
 * A rank alone has nobody to deal to. Rank 0 runs one itself whenever the slot that it needs next
 * is under way and no result waits; between its blocks it receives results and deals on. Batches
 * reach a leg in the stream's order, since steps are in order: so each rank sees them in order too.
 */
#include <stdlib.h>

#include "mpi/model.h"

enum {
    CREDIT = 2, /* batches at a rank: one that runs, one that waits */
    BLOCKS = 4  /* for each thread: to balance, and to serve between them */
};

typedef struct head {
    size_t slot, leg, first, live, bytes; /* live = 0: no more batches */
    plx_status status;
    size_t failures;
    bool stopped; /* nothing new is to begin, says a rank that ran this */
} head;

typedef struct plx_desk {
    plx_team *team;
    plx_flow *flow;
    head *heads;           /* by slot */
    MPI_Request *requests; /* by slot, as many for each as its largest batch needs */
    size_t each, *begun;   /* by slot: how many of them are under way */
    int *held;             /* batches at each rank */
} plx_desk;

static MPI_Comm comm_of(const plx_desk *d)
{
    const plx_ranks *ranks = d->team->own;
    return ranks->comm;
}

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

static void send_batch(plx_desk *d, plx_slot *slot, int to)
{
    MPI_Comm comm = comm_of(d);
    size_t s = (size_t)(slot - d->flow->slots), n = 0;
    MPI_Request *requests = &d->requests[d->each * s];
    size_t bytes = plx_flow_in_size(d->flow, slot);
    d->heads[s] = (head){.slot = s,
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

/* A batch that nobody wants any more does not travel: its status stands already. */
static plx_slot *claim_wanted(plx_flow *flow)
{
    plx_slot *slot;
    while ((slot = plx_leg_claim(flow, true)) && !plx_stage_wanted(flow, slot))
        plx_leg_end(flow, slot);
    return slot;
}

static void deal(plx_desk *d)
{
    for (int r = 1; r < d->team->ranks; r++) {
        plx_slot *slot = d->held[r] < CREDIT ? claim_wanted(d->flow) : NULL;
        if (!slot)
            continue;
        d->held[r]++;
        send_batch(d, slot, r);
    }
}

static void receive_result(plx_desk *d)
{
    MPI_Status from;
    head back;
    MPI_Recv(&back, sizeof back, MPI_BYTE, MPI_ANY_SOURCE, PLX_TAG_HEAD, comm_of(d), &from);
    double begun = plx_trace_now(d->flow->run);
    plx_slot *slot = &d->flow->slots[back.slot];
    plx_move_end(&d->requests[d->each * back.slot], d->begun[back.slot]);
    if (back.stopped)
        plx_run_trouble(d->flow->run, PLX_STOPPED);
    slot->status = back.status;
    slot->fails.n = slot->fails.count = 0;
    for (size_t i = 0; i < back.failures; i++) {
        plx_failure failure;
        MPI_Recv(&failure, sizeof failure, MPI_BYTE, from.MPI_SOURCE, PLX_TAG_FAILURE, comm_of(d),
                 MPI_STATUS_IGNORE);
        plx_fails_add(&slot->fails, &failure, SIZE_MAX, d->flow->run);
    }
    if (slot->fails.n < back.failures) /* no memory: not to be sunk as if it had none */
        slot->status = PLX_NO_MEMORY;
    plx_move_receive(comm_of(d), out_of(d->flow, slot), back.bytes, from.MPI_SOURCE, PLX_TAG_OUT);
    plx_stage_note(d->flow, slot);
    plx_leg_end(d->flow, slot);
    d->held[from.MPI_SOURCE]--;
    deal(d);
    plx_trace_served(d->flow->run, begun);
}

/* Open MPI's probe looks, progresses, and returns without looking again, so it is asked twice. */
static void receive_waiting(void *arg)
{
    plx_desk *d = arg;
    for (int look = 0, found; look < 2; look++) {
        MPI_Iprobe(MPI_ANY_SOURCE, PLX_TAG_HEAD, comm_of(d), &found, MPI_STATUS_IGNORE);
        if (found) {
            receive_result(d);
            look = -1;
        }
    }
}

static void map_inside(const plx_flow_how *how, plx_run *part, const plx_run *stage)
{
    (void)stage;
    how->team->inner->model->map(how->team->inner, part);
}

static void run_here(plx_desk *d, plx_slot *slot)
{
    plx_stage_work(d->flow, slot,
                   &(plx_flow_how){.blocks = BLOCKS * (size_t)d->team->threads,
                                   .map = map_inside,
                                   .team = d->team});
}

/* Only a look after a while if progress is to be told meanwhile. */
static void wait_for_result(plx_desk *d)
{
    plx_pace *pace = d->flow->run->pace;
    if (!plx_pace_shows(pace)) {
        receive_result(d);
        return;
    }
    plx_pace_show(pace);
    plx_clock_sleep(2e-4);
}

static void wait_for(plx_desk *d, const plx_slot *slot)
{
    while (atomic_load(&slot->running)) {
        receive_waiting(d);
        plx_slot *mine = atomic_load(&slot->running) ? plx_leg_claim(d->flow, false) : NULL;
        if (mine) {
            run_here(d, mine);
            plx_leg_end(d->flow, mine);
            deal(d);
        } else if (atomic_load(&slot->running))
            wait_for_result(d);
    }
}

static void drive(plx_desk *d)
{
    d->flow->run->between = receive_waiting;
    d->flow->run->between_arg = d;
    for (size_t b = 0; !plx_flow_over(d->flow); b++) {
        plx_slot *slot = plx_flow_slot(d->flow, b);
        wait_for(d, slot);
        plx_flow_sink(d->flow, slot);
        if (plx_flow_source(d->flow, slot))
            deal(d);
    }
    head end = {0};
    for (int r = 1; r < d->team->ranks; r++)
        MPI_Send(&end, sizeof end, MPI_BYTE, r, PLX_TAG_HEAD, comm_of(d));
}

static void send_result(const plx_desk *d, const plx_slot *slot, size_t number)
{
    head back = {.slot = number,
                 .bytes = plx_flow_out_size(d->flow, slot),
                 .status = slot->status,
                 .failures = slot->fails.n,
                 .stopped = plx_pace_level(d->flow->run->pace) != PLX_GO};
    MPI_Send(&back, sizeof back, MPI_BYTE, 0, PLX_TAG_HEAD, comm_of(d));
    for (size_t i = 0; i < back.failures; i++)
        MPI_Send(&slot->fails.list[i], sizeof *slot->fails.list, MPI_BYTE, 0, PLX_TAG_FAILURE,
                 comm_of(d));
    plx_move_send(comm_of(d), out_of(d->flow, slot), back.bytes, 0, PLX_TAG_OUT);
}

static void receive_batch(const plx_desk *d, plx_slot *slot, const head *todo)
{
    slot->leg = todo->leg;
    slot->first = todo->first;
    slot->n = slot->live = todo->live;
    slot->status = PLX_OK;
    slot->fails.n = slot->fails.count = todo->failures;
    if (has_offsets(d->flow, slot))
        plx_move_receive(comm_of(d), slot->at, (slot->live + 1) * sizeof *slot->at, 0, PLX_TAG_AT);
    plx_move_receive(comm_of(d), slot->fails.list, todo->failures * sizeof(plx_failure), 0,
                     PLX_TAG_FAILURE);
    plx_move_receive(comm_of(d), in_of(d->flow, slot), todo->bytes, 0, PLX_TAG_IN);
}

static void serve(plx_desk *d)
{
    plx_slot *slot = plx_flow_slot(d->flow, 0);
    for (head todo;;) {
        MPI_Recv(&todo, sizeof todo, MPI_BYTE, 0, PLX_TAG_HEAD, comm_of(d), MPI_STATUS_IGNORE);
        if (todo.live == 0)
            return;
        double begun = plx_trace_now(d->flow->run);
        receive_batch(d, slot, &todo);
        plx_trace_served(d->flow->run, begun);
        run_here(d, slot);
        begun = plx_trace_now(d->flow->run);
        send_result(d, slot, todo.slot);
        plx_trace_served(d->flow->run, begun);
    }
}

/* The head, the offsets, the failures and the items of one batch. */
static size_t most_requests(const plx_flow *flow)
{
    size_t widest = flow->item_size;
    for (size_t k = 0; k < flow->stages_n; k++)
        if (flow->stages[k].out_size > widest)
            widest = flow->stages[k].out_size;
    return plx_move_pieces(sizeof(head)) + plx_move_pieces(flow->batch * widest) +
           plx_move_pieces((flow->batch + 1) * sizeof(size_t)) +
           (flow->legs_n > 1 ? plx_move_pieces(flow->batch * sizeof(plx_failure)) : 0);
}

/* Room for the failures of a batch that comes from an earlier leg; until there are any it costs
   nothing but addresses. */
static bool reserve_failures(plx_team *team, plx_flow *flow)
{
    return team->rank == 0 || flow->legs_n == 1 ||
           (flow->batch < SIZE_MAX / 2 / sizeof(plx_failure) &&
            plx_fails_reserve(&flow->slots[0].fails, flow->batch));
}

plx_status plx_mpi_pipeline_open(plx_team *team, plx_flow *flow)
{
    plx_ranks *ranks = team->own;
    plx_desk *d = ranks->desk = calloc(1, sizeof *d);
    if (!d)
        return PLX_NO_MEMORY;
    size_t each = most_requests(flow);
    *d = (plx_desk){
        .team = team,
        .flow = flow,
        .heads = calloc(flow->in_flight, sizeof *d->heads),
        .requests = calloc(flow->in_flight, each * sizeof *d->requests),
        .each = each,
        .begun = calloc(flow->in_flight, sizeof *d->begun),
        .held = calloc((size_t)team->ranks, sizeof *d->held),
    };
    bool made = d->heads && d->requests && d->begun && d->held;
    return made && reserve_failures(team, flow) ? PLX_OK : PLX_NO_MEMORY;
}

void plx_mpi_pipeline_close(plx_team *team)
{
    plx_ranks *ranks = team->own;
    if (!ranks->desk)
        return;
    free(ranks->desk->heads);
    free((void *)ranks->desk->requests);
    free(ranks->desk->begun);
    free(ranks->desk->held);
    free(ranks->desk);
    ranks->desk = NULL;
}

void plx_mpi_pipeline(plx_team *team, plx_flow *flow)
{
    plx_ranks *ranks = team->own;
    if (team->ranks == 1)
        team->inner->model->pipeline(team->inner, flow);
    else if (team->rank == 0)
        drive(ranks->desk);
    else
        serve(ranks->desk);
    plx_verdict(team, flow->run);
}
