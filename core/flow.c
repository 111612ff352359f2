/* SPDX-License-Identifier: MIT */
/*
 * core/flow.c: the ring between source and sink; see core/flow.h.
 *
 * A slot has two pieces of memory: a stage reads one and writes the other, so the room of a batch
 * does not grow with the number of stages.
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

/* Bytes of an item where it lies before stage k, or behind the last. */
static size_t size_before(const plx_flow *flow, size_t k)
{
    return k == 0 ? flow->item_size : flow->stages[k - 1].out_size;
}

static bool varies(const plx_flow *flow)
{
    return flow->stages[0].run && flow->stages[0].kernel.in_size == PLX_VARIES;
}

static bool has_steps(const plx_flow *flow)
{
    for (size_t k = 0; k < flow->stages_n; k++)
        if (!flow->stages[k].run)
            return true;
    return false;
}

static bool make_slot(plx_flow *flow, plx_slot *slot)
{
    size_t sizes[2] = {0, 0};
    for (size_t k = 0; k <= flow->stages_n; k++)
        if (size_before(flow, k) > sizes[k % 2])
            sizes[k % 2] = size_before(flow, k);
    for (int side = 0; side < 2; side++)
        slot->bytes[side] = room(flow->batch, sizes[side]);
    slot->at = varies(flow) ? room(flow->batch + 1, sizeof(size_t)) : NULL;
    slot->skip = has_steps(flow) ? room(flow->batch, 1) : NULL;
    return slot->bytes[0] && slot->bytes[1] && (slot->at || !varies(flow)) &&
           (slot->skip || !has_steps(flow));
}

plx_status plx_flow_open(plx_flow *flow, const plx_job *job, const plx_stream *stream, size_t slots,
                         bool spread, char why[108])
{
    size_t in_size = flow->stages[0].in_size;
    flow->stream = stream;
    flow->batch = job->batch ? job->batch : flow->run->grain;
    flow->in_flight = job->in_flight && slots > 1 ? job->in_flight : slots;
    flow->item_size = in_size == PLX_VARIES ? stream->item_size : in_size;
    atomic_init(&flow->last, PLX_NONE);
    flow->slots = room(flow->in_flight, sizeof *flow->slots);
    bool made = flow->slots != NULL && plx_leg_open(flow, spread);
    for (size_t s = 0; made && s < flow->in_flight; s++)
        made = make_slot(flow, &flow->slots[s]);
    if (!made)
        plx_check_say(why, "no memory for %zu batches of %zu items", flow->in_flight, flow->batch);
    return made ? PLX_OK : PLX_NO_MEMORY;
}

void plx_flow_close(plx_flow *flow)
{
    for (size_t s = 0; flow->slots && s < flow->in_flight; s++) {
        plx_slot *slot = &flow->slots[s];
        free(slot->bytes[0]);
        free(slot->bytes[1]);
        free(slot->at);
        free(slot->skip);
        free(slot->fails.list);
    }
    free(flow->slots);
    plx_leg_close(flow);
}

plx_slot *plx_flow_slot(const plx_flow *flow, size_t b)
{
    return &flow->slots[b % flow->in_flight];
}

size_t plx_flow_in_size(const plx_flow *flow, const plx_slot *slot)
{
    size_t k = flow->legs[slot->leg].first;
    return k == 0 && slot->at ? slot->at[slot->live] : slot->live * size_before(flow, k);
}

size_t plx_flow_out_size(const plx_flow *flow, const plx_slot *slot)
{
    return slot->live * size_before(flow, flow->legs[slot->leg].end);
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
plx_status plx_flow_checked(plx_status status)
{
    bool known = (int)status >= 0 && status < PLX_STATUSES && status != PLX_ITEM_FAILED;
    return known ? status : PLX_BAD_JOB;
}

/* How many items came; 0: the source has ended, or ends the call. */
static size_t ask_source(plx_flow *flow, plx_slot *slot)
{
    size_t got = 0;
    if (slot->at)
        slot->at[0] = 0;
    const plx_stream *stream = flow->stream;
    plx_status status =
        plx_flow_checked(stream->source(stream->user, flow->batch, slot->bytes[0], slot->at, &got));
    if (status == PLX_OK && got && !well_formed(flow, slot, got))
        status = PLX_BAD_JOB;
    if (status == PLX_OK)
        return got;
    plx_run_trouble(flow->run, status);
    return 0;
}

bool plx_flow_source(plx_flow *flow, plx_slot *slot)
{
    plx_pace_show(flow->run->pace);
    bool asks = !flow->ended && plx_run_wants(flow->run, 0);
    size_t got = asks ? ask_source(flow, slot) : 0;
    if (got == 0) {
        flow->ended = true;
        return false;
    }
    slot->first = flow->items;
    slot->n = slot->live = got;
    slot->status = PLX_OK;
    slot->fails.n = slot->fails.count = 0;
    slot->full = true;
    flow->items += got;
    flow->sourced++;
    plx_leg_begin(flow, slot);
    return true;
}

static void keep_failures(plx_flow *flow, const plx_slot *slot)
{
    for (size_t i = 0; i < slot->fails.n; i++) {
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
    size_t failures = slot->fails.n;
    if (failures && !flow->run->keep_going)
        flow->ended = flow->stopped = true;
    keep_failures(flow, slot);
    flow->sunk += slot->live;
    if (flow->run->pace)
        plx_pace_count(flow->run->pace, slot->live - failures, failures);
    const plx_stream *stream = flow->stream;
    if (!stream->sink)
        return;
    plx_status status =
        plx_flow_checked(stream->sink(stream->user, slot->first, slot->live,
                                      slot->bytes[flow->stages_n % 2], slot->fails.list, failures));
    if (status != PLX_OK)
        stop(flow, status);
}

bool plx_flow_over(const plx_flow *flow)
{
    return flow->ended && flow->drained == flow->sourced;
}
