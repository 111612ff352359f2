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

#include "mpi/crate.h"

enum {
    CREDIT = 2, /* batches at a rank: one that runs, one that waits */
    BLOCKS = 4  /* for each thread: to balance, and to serve between them */
};

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
        plx_crate_send(d, slot, r);
    }
}

static void receive_result(plx_desk *d)
{
    MPI_Status from;
    plx_crate back;
    MPI_Recv(&back, sizeof back, MPI_BYTE, MPI_ANY_SOURCE, PLX_TAG_HEAD, d->comm, &from);
    double begun = plx_trace_now(d->flow->run);
    if (back.stopped)
        plx_run_trouble(d->flow->run, PLX_STOPPED);
    plx_slot *slot = plx_crate_collect(d, &back, from.MPI_SOURCE);
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
        MPI_Iprobe(MPI_ANY_SOURCE, PLX_TAG_HEAD, d->comm, &found, MPI_STATUS_IGNORE);
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
    plx_crate end = {0};
    for (int r = 1; r < d->team->ranks; r++)
        MPI_Send(&end, sizeof end, MPI_BYTE, r, PLX_TAG_HEAD, d->comm);
}

static void serve(plx_desk *d)
{
    plx_slot *slot = plx_flow_slot(d->flow, 0);
    for (plx_crate todo;;) {
        MPI_Recv(&todo, sizeof todo, MPI_BYTE, 0, PLX_TAG_HEAD, d->comm, MPI_STATUS_IGNORE);
        if (todo.live == 0)
            return;
        double begun = plx_trace_now(d->flow->run);
        plx_crate_receive(d, slot, &todo);
        plx_trace_served(d->flow->run, begun);
        run_here(d, slot);
        begun = plx_trace_now(d->flow->run);
        plx_crate_answer(d, slot, todo.slot);
        plx_trace_served(d->flow->run, begun);
    }
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
    size_t each = plx_crate_requests(flow);
    *d = (plx_desk){
        .team = team,
        .flow = flow,
        .comm = ranks->comm,
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
