/* SPDX-License-Identifier: MIT */
/*
 * core/stage.c: a batch in the stages of its leg; see core/flow.h.
 *
 * In a stage the batch is a part of the stage's run with items and failures of its own, so a failed
 * item costs that item: the next stage runs on what lies between failed ones, whose out is zeroed.
 * What they failed with is kept in the slot until the sink has seen it.
 */
#include <stdlib.h>
#include <string.h>

#include "core/flow.h"

static char *in_of(const plx_slot *slot, size_t k)
{
    return slot->bytes[k % 2];
}

static char *out_of(const plx_slot *slot, size_t k)
{
    return slot->bytes[(k + 1) % 2];
}

void plx_stage_note(plx_flow *flow, plx_slot *slot)
{
    bool cut = slot->fails.n && !flow->run->keep_going;
    if (cut) /* what lies above the failed item may not have run */
        slot->live = slot->fails.list[0].item - slot->first + 1;
    if (cut || slot->status != PLX_OK)
        plx_fails_lower(&flow->last, slot->first);
}

static void name_stage(const plx_flow_stage *stage, plx_fails *fails)
{
    for (size_t i = 0; stage->name[0] && i < fails->n; i++) {
        char *why = fails->list[i].why, text[sizeof fails->list[i].why];
        memcpy(text, why, sizeof text);
        plx_check_say(why, "%s: %.*s", stage->name, (int)(sizeof text - 1), text);
    }
}

/* No item's bytes depend on the cut, so a batch may be cut as it suits the workers. */
static void run_part(plx_flow *flow, plx_slot *slot, size_t k, size_t lo, size_t hi,
                     const plx_flow_how *how)
{
    const plx_flow_stage *stage = &flow->stages[k];
    bool varies = stage->kernel.in_size == PLX_VARIES;
    plx_run part;
    plx_run_part(&part, stage->run, slot->first + lo, hi - lo,
                 (hi - lo + how->blocks - 1) / how->blocks);
    part.fails_cap = part.keep_going ? SIZE_MAX : 1;
    part.in = in_of(slot, k) + (varies ? 0 : lo * stage->in_size);
    part.at = varies ? slot->at + lo : NULL;
    part.out = out_of(slot, k) + lo * stage->out_size;
    part.between = flow->run->between;
    part.between_arg = flow->run->between_arg;
    how->map(how, &part, stage->run);
    plx_run_settle(&part);
    name_stage(stage, &part.fails);
    plx_fails_merge(&slot->fails, part.fails.list, part.fails.n, part.fails_cap, &part);
    slot->fails.count = slot->fails.n;
    free(part.fails.list);
    plx_status status = plx_run_status(&part);
    if (status != PLX_ITEM_FAILED && status > slot->status)
        slot->status = status;
}

/* On what lies between the items that failed in earlier stages. The list grows meanwhile, but only
   below lo. */
static void run_kernel(plx_flow *flow, plx_slot *slot, size_t k, const plx_flow_how *how)
{
    size_t size = flow->stages[k].out_size, live = slot->live;
    char *out = out_of(slot, k);
    if (slot->fails.n == 0) {
        run_part(flow, slot, k, 0, live, how);
        return;
    }
    for (size_t lo = 0, i = 0; lo < live && slot->status == PLX_OK; lo++) {
        const plx_fails *fails = &slot->fails;
        while (i < fails->n && fails->list[i].item < slot->first + lo)
            i++;
        size_t hi = i < fails->n ? fails->list[i].item - slot->first : live;
        if (hi > lo)
            run_part(flow, slot, k, lo, hi, how);
        if (hi < live)
            memset(out + hi * size, 0, size);
        lo = hi;
    }
}

static void run_step(plx_flow *flow, plx_slot *slot, size_t k, const plx_flow_how *how)
{
    const plx_flow_stage *stage = &flow->stages[k];
    double begun = plx_clock_s();
    memset(slot->skip, 0, slot->live);
    for (size_t i = 0; i < slot->fails.n; i++)
        slot->skip[slot->fails.list[i].item - slot->first] = 1;
    slot->status = plx_flow_checked(stage->asked.step(stage->asked.user, slot->first, slot->live,
                                                      in_of(slot, k), out_of(slot, k), slot->skip));
    for (size_t i = 0; i < slot->fails.n; i++)
        memset(out_of(slot, k) + (slot->fails.list[i].item - slot->first) * stage->out_size, 0,
               stage->out_size);
    flow->run->lanes[how->worker].items += slot->live;
    plx_run_ran(flow->run, how->worker, slot->first, slot->first + slot->live, begun, 0);
}

/* In stop mode a batch above one with a failed item is wanted by nobody, nor is one behind a batch
   that ends the call. */
bool plx_stage_wanted(plx_flow *flow, plx_slot *slot)
{
    if (flow->run->pace && plx_pace_level(flow->run->pace) == PLX_QUIT)
        slot->status = PLX_STOPPED;
    return slot->status == PLX_OK && slot->first <= atomic_load(&flow->last);
}

void plx_stage_work(plx_flow *flow, plx_slot *slot, const plx_flow_how *how)
{
    const plx_leg *leg = &flow->legs[slot->leg];
    for (size_t k = leg->first; k < leg->end && plx_stage_wanted(flow, slot); k++) {
        (leg->step ? run_step : run_kernel)(flow, slot, k, how);
        plx_stage_note(flow, slot);
    }
    const plx_stream *stream = flow->stream;
    if (leg->end < flow->stages_n || !stream->done || !plx_stage_wanted(flow, slot))
        return;
    slot->status =
        plx_flow_checked(stream->done(stream->user, slot->first, slot->live,
                                      out_of(slot, leg->end - 1), slot->fails.list, slot->fails.n));
    plx_stage_note(flow, slot);
}
