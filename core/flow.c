/* SPDX-License-Identifier: MIT */
/*
 * core/flow.c: the ring of a batch run; see core/flow.h.
 *
 * A batch is a part of the run with items and failures of its own, so a failed item costs that
 * item. What it failed with is kept in the slot until the sink has seen it.
 */
#include <stdlib.h>
#include <string.h>

#include "core/flow.h"

static void *room(size_t n, size_t size)
{
    if (size != 0 && n > SIZE_MAX / 2 / size)
        return NULL;
    return calloc(n * size + 1, 1);
}

static bool make_slot(plx_flow *flow, plx_slot *slot)
{
    slot->in = room(flow->batch, flow->item_size);
    slot->out = room(flow->batch, flow->run->kernel->out_size);
    slot->at =
        flow->run->kernel->in_size == PLX_VARIES ? room(flow->batch + 1, sizeof(size_t)) : NULL;
    return slot->in && slot->out && (slot->at || flow->run->kernel->in_size != PLX_VARIES);
}

plx_status plx_flow_open(plx_flow *flow, plx_run *run, const plx_job *job, const plx_stream *stream,
                         size_t slots, char why[108])
{
    *flow = (plx_flow){
        .run = run,
        .stream = stream,
        .batch = job->batch ? job->batch : run->grain,
        .in_flight = job->in_flight && slots > 1 ? job->in_flight : slots,
        .item_size = run->kernel->in_size == PLX_VARIES ? stream->item_size : run->kernel->in_size,
    };
    flow->slots = room(flow->in_flight, sizeof *flow->slots);
    bool made = flow->slots != NULL;
    for (size_t s = 0; made && s < flow->in_flight; s++)
        made = make_slot(flow, &flow->slots[s]);
    if (!made)
        plx_check_say(why, "no memory for %zu batches of %zu items", flow->in_flight, flow->batch);
    return made ? PLX_OK : PLX_NO_MEMORY;
}

void plx_flow_close(plx_flow *flow)
{
    for (size_t s = 0; flow->slots && s < flow->in_flight; s++) {
        free(flow->slots[s].in);
        free(flow->slots[s].out);
        free(flow->slots[s].at);
        free(flow->slots[s].fails.list);
    }
    free(flow->slots);
}

plx_slot *plx_flow_slot(plx_flow *flow, size_t b)
{
    return &flow->slots[b % flow->in_flight];
}

size_t plx_flow_in_size(const plx_flow *flow, const plx_slot *slot)
{
    return slot->at ? slot->at[slot->n] : slot->n * flow->item_size;
}

/* The first thing that goes wrong ends the call; what is under way is run and dropped. */
static void stop(plx_flow *flow, plx_status status)
{
    plx_run_trouble(flow->run, status);
    flow->ended = flow->stopped = true;
}

static bool well_formed(const plx_flow *flow, const plx_slot *slot, size_t got)
{
    if (got > flow->batch)
        return false;
    for (size_t i = 0; slot->at && i < got; i++)
        if (slot->at[i] > slot->at[i + 1])
            return false;
    return !slot->at || (slot->at[0] == 0 && slot->at[got] <= flow->batch * flow->item_size);
}

/* A callback ends the call with a status of its own, never with one that says something else
   here. */
static plx_status checked(plx_status status)
{
    bool known = (int)status >= 0 && status < PLX_STATUSES && status != PLX_ITEM_FAILED;
    return known ? status : PLX_BAD_JOB;
}

bool plx_flow_source(plx_flow *flow, plx_slot *slot)
{
    if (flow->ended)
        return false;
    size_t got = 0;
    if (slot->at)
        slot->at[0] = 0;
    const plx_stream *stream = flow->stream;
    plx_status status =
        checked(stream->source(stream->user, flow->batch, slot->in, slot->at, &got));
    if (status == PLX_OK && got && !well_formed(flow, slot, got))
        status = PLX_BAD_JOB;
    if (status != PLX_OK) {
        plx_run_trouble(flow->run, status);
        got = 0;
    }
    if (got == 0) {
        flow->ended = true;
        return false;
    }
    slot->first = flow->items;
    slot->n = got;
    slot->status = PLX_OK;
    slot->full = true;
    flow->items += got;
    flow->sourced++;
    atomic_store(&slot->running, true);
    atomic_fetch_add(&flow->queued, 1);
    return true;
}

bool plx_flow_waits(const plx_flow *flow)
{
    return atomic_load(&flow->claimed) < atomic_load(&flow->queued);
}

plx_slot *plx_flow_claim(plx_flow *flow)
{
    size_t b = atomic_load(&flow->claimed);
    while (b < atomic_load(&flow->queued))
        if (atomic_compare_exchange_weak(&flow->claimed, &b, b + 1))
            return plx_flow_slot(flow, b);
    return NULL;
}

void plx_flow_ran(plx_slot *slot)
{
    atomic_store(&slot->running, false);
}

/* No item's bytes depend on the cut, so a batch may be cut as it suits the workers. */
void plx_flow_part(plx_flow *flow, plx_slot *slot, size_t blocks, plx_run *part)
{
    plx_run_part(part, flow->run, slot->first, slot->n, (slot->n + blocks - 1) / blocks);
    part->fails_cap = part->keep_going ? SIZE_MAX : 1;
    part->in = slot->in;
    part->at = slot->at;
    part->out = slot->out;
}

/* In stop mode a batch counts up to its failed item: what lies above may not have run. */
static size_t counted(const plx_flow *flow, const plx_slot *slot)
{
    bool cut = slot->fails.n && !flow->run->keep_going;
    return cut ? slot->fails.list[0].item - slot->first + 1 : slot->n;
}

void plx_flow_settle(plx_flow *flow, plx_slot *slot, plx_run *part)
{
    plx_run_settle(part);
    free(slot->fails.list);
    slot->fails = part->fails;
    plx_status status = plx_run_status(part);
    slot->status = status == PLX_ITEM_FAILED ? PLX_OK : status;
    const plx_stream *stream = flow->stream;
    if (slot->status == PLX_OK && stream->done)
        slot->status = checked(stream->done(stream->user, slot->first, counted(flow, slot),
                                            slot->out, slot->fails.list, slot->fails.n));
}

static void work(plx_flow *flow, plx_slot *slot, int worker)
{
    plx_run part;
    plx_flow_part(flow, slot, 1, &part);
    part.lanes = &flow->run->lanes[worker];
    part.workers = 1;
    if (worker != 0)
        part.between = NULL;
    plx_run_map(&part, 0, 1, 0);
    plx_flow_settle(flow, slot, &part);
}

bool plx_flow_take(plx_flow *flow, int worker)
{
    plx_slot *slot = plx_flow_claim(flow);
    if (!slot)
        return false;
    work(flow, slot, worker);
    plx_flow_ran(slot);
    return true;
}

static void keep_failures(plx_flow *flow, const plx_slot *slot, size_t failures)
{
    for (size_t i = 0; i < failures; i++) {
        plx_fails_add(&flow->run->fails, &slot->fails.list[i], flow->run->fails_cap, flow->run);
        plx_fails_lower(&flow->run->lowest, slot->fails.list[i].item);
    }
}

void plx_flow_sink(plx_flow *flow, plx_slot *slot)
{
    if (!slot->full)
        return;
    slot->full = false;
    flow->drained++;
    if (!flow->stopped && slot->status != PLX_OK)
        stop(flow, slot->status);
    if (flow->stopped)
        return;
    size_t n = counted(flow, slot), failures = slot->fails.n;
    if (failures && !flow->run->keep_going)
        flow->ended = flow->stopped = true;
    keep_failures(flow, slot, failures);
    flow->sunk += n;
    const plx_stream *stream = flow->stream;
    if (!stream->sink)
        return;
    plx_status status =
        checked(stream->sink(stream->user, slot->first, n, slot->out, slot->fails.list, failures));
    if (status != PLX_OK)
        stop(flow, status);
}

bool plx_flow_over(const plx_flow *flow)
{
    return flow->ended && flow->drained == flow->sourced;
}
