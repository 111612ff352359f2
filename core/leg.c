/* SPDX-License-Identifier: MIT */
/*
 * core/leg.c: which batch a worker runs next; see core/flow.h.
 *
 * One lock guards all legs. Later legs come first, so what is under way is drained before more is
 * begun. ready is the sum of what each leg could hand out now: a model sleeps on it, or makes a
 * task whenever it grows.
 */
#include <stdlib.h>

#include "core/flow.h"

static bool at_once_matters(const plx_flow *flow, size_t k)
{
    int most = flow->stages[k].asked.at_once;
    return most == 1 || (most > 0 && most < flow->run->workers);
}

/* Whether stages k - 1 and k need nobody between them. */
static bool follows(const plx_flow *flow, size_t k, bool spread)
{
    bool kernels = flow->stages[k - 1].run && flow->stages[k].run;
    return kernels && (spread || !(at_once_matters(flow, k - 1) || at_once_matters(flow, k)));
}

static plx_leg make_leg(const plx_flow *flow, size_t k, bool spread)
{
    const plx_flow_stage *stage = &flow->stages[k];
    bool limited = !spread && at_once_matters(flow, k);
    return (plx_leg){
        .first = k,
        .end = k + 1,
        .step = !stage->run,
        .in_order = !stage->run || (limited && stage->asked.at_once == 1),
        .most = limited ? (size_t)stage->asked.at_once : SIZE_MAX,
    };
}

bool plx_leg_open(plx_flow *flow, bool spread)
{
    plx_lock_open(&flow->lock);
    flow->legs = calloc(flow->stages_n, sizeof *flow->legs);
    for (size_t k = 0; flow->legs && k < flow->stages_n; k++)
        if (k > 0 && follows(flow, k, spread))
            flow->legs[flow->legs_n - 1].end = k + 1;
        else
            flow->legs[flow->legs_n++] = make_leg(flow, k, spread);
    bool made = flow->legs != NULL;
    for (size_t l = 0; made && l < flow->legs_n; l++) {
        plx_leg *leg = &flow->legs[l];
        leg->queue = leg->in_order ? NULL : malloc(flow->in_flight * sizeof *leg->queue);
        made = leg->in_order || leg->queue;
    }
    return made;
}

void plx_leg_close(plx_flow *flow)
{
    for (size_t l = 0; flow->legs && l < flow->legs_n; l++)
        free(flow->legs[l].queue);
    free(flow->legs);
}

/* How many batches of this leg could be claimed now. */
static size_t ready(const plx_flow *flow, size_t l)
{
    const plx_leg *leg = &flow->legs[l];
    if (leg->in_order) {
        const plx_slot *slot = plx_flow_slot(flow, leg->next);
        return slot->waiting && slot->leg == l;
    }
    size_t room = leg->most - leg->running;
    return leg->queued < room ? leg->queued : room;
}

static void arrive(plx_flow *flow, plx_slot *slot, size_t l)
{
    plx_leg *leg = &flow->legs[l];
    slot->leg = l;
    slot->waiting = true;
    if (!leg->in_order)
        leg->queue[(leg->head + leg->queued++) % flow->in_flight] = (size_t)(slot - flow->slots);
}

static plx_slot *leave(plx_flow *flow, plx_leg *leg)
{
    plx_slot *slot;
    if (leg->in_order)
        slot = plx_flow_slot(flow, leg->next);
    else {
        slot = &flow->slots[leg->queue[leg->head]];
        leg->head = (leg->head + 1) % flow->in_flight;
        leg->queued--;
    }
    slot->waiting = false;
    leg->running++;
    return slot;
}

/* Under the lock, so nobody else writes; SIZE_MAX: one less. */
static void change_ready(plx_flow *flow, size_t by)
{
    size_t now = atomic_load_explicit(&flow->ready, memory_order_relaxed);
    atomic_store_explicit(&flow->ready, now + by, memory_order_release);
}

void plx_leg_begin(plx_flow *flow, plx_slot *slot)
{
    plx_lock_take(&flow->lock);
    size_t before = ready(flow, 0);
    atomic_store_explicit(&slot->running, true, memory_order_release);
    arrive(flow, slot, 0);
    change_ready(flow, ready(flow, 0) - before);
    plx_lock_give(&flow->lock);
}

bool plx_leg_waits(const plx_flow *flow)
{
    return atomic_load(&flow->ready) != 0;
}

plx_slot *plx_leg_claim(plx_flow *flow, bool kernels)
{
    if (!plx_leg_waits(flow))
        return NULL;
    plx_slot *slot = NULL;
    plx_lock_take(&flow->lock);
    for (size_t l = flow->legs_n; l-- > 0 && !slot;)
        if (!(kernels && flow->legs[l].step) && ready(flow, l))
            slot = leave(flow, &flow->legs[l]);
    if (slot)
        change_ready(flow, SIZE_MAX);
    plx_lock_give(&flow->lock);
    return slot;
}

size_t plx_leg_end(plx_flow *flow, plx_slot *slot)
{
    plx_lock_take(&flow->lock);
    size_t l = slot->leg, next = l + 1;
    bool through = next == flow->legs_n;
    size_t before = ready(flow, l) + (through ? 0 : ready(flow, next));
    flow->legs[l].running--;
    flow->legs[l].next++;
    if (!through)
        arrive(flow, slot, next);
    size_t more = ready(flow, l) + (through ? 0 : ready(flow, next)) - before;
    change_ready(flow, more);
    plx_lock_give(&flow->lock);
    if (through)
        atomic_store_explicit(&slot->running, false, memory_order_release);
    return more;
}

static void map_alone(const plx_flow_how *how, plx_run *part, const plx_run *stage)
{
    part->lanes = &stage->lanes[how->worker];
    part->workers = 1;
    part->aside = how->worker != 0;
    plx_run_map(part, 0, part->blocks, 0);
}

bool plx_leg_take(plx_flow *flow, int worker, size_t *more)
{
    plx_slot *slot = plx_leg_claim(flow, false);
    if (!slot)
        return false;
    plx_stage_work(flow, slot, &(plx_flow_how){.blocks = 1, .map = map_alone, .worker = worker});
    size_t grown = plx_leg_end(flow, slot);
    if (more)
        *more = grown;
    return true;
}
