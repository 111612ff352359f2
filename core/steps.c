/* SPDX-License-Identifier: MIT */
/*
 * core/steps.c: producers and consumers; see core/steps.h.
 *
 * Consumers go first, so what is inside is drained before more is made; among producers, and among
 * consumers, the one that was idle longest. With one worker they alternate.
 *
 * Invariant: room + items being made + items in the queue == capacity, while the queue is here and
 * no rank has been given room. One that is being consumed has left the queue.
 */
#include "core/steps.h"

#include <string.h>

static plx_parcel *take(plx_parcels *list)
{
    plx_parcel *parcel = list->first;
    list->first = parcel->next;
    list->n--;
    return parcel;
}

static void put(plx_parcels *list, plx_parcel *parcel)
{
    parcel->next = NULL;
    if (list->first)
        list->last->next = parcel;
    else
        list->first = parcel;
    list->last = parcel;
    list->n++;
}

static size_t wake(plx_actors *actors)
{
    size_t who = actors->ids[actors->first];
    actors->first = (actors->first + 1) % actors->here;
    actors->idle--;
    return who;
}

static void rest(plx_actors *actors, size_t who)
{
    actors->ids[(actors->first + actors->idle) % actors->here] = who;
    actors->idle++;
}

size_t plx_steps_here(size_t of, int ranks, int rank)
{
    return (of + (size_t)(ranks - 1 - rank)) / (size_t)ranks;
}

size_t plx_steps_at_once(size_t of, int ranks, int rank, int threads)
{
    size_t here = plx_steps_here(of, ranks, rank);
    return here < (size_t)threads ? here : (size_t)threads;
}

static bool consumable(const plx_stepping *s)
{
    return s->queue.n && s->consumers.idle;
}

static bool producible(const plx_stepping *s)
{
    return s->room && s->producers.idle && s->spare.n;
}

/* The queue is in this process, whole or as rank 0's. */
static bool has_queue(const plx_stepping *s)
{
    return s->rank == 0;
}

static plx_found find(plx_stepping *s, plx_step *step)
{
    step->consumes = consumable(s);
    if (!step->consumes && !producible(s))
        return PLX_NO_STEP;
    if (step->consumes) {
        step->who = wake(&s->consumers);
        step->parcel = take(&s->queue);
        s->room += has_queue(s);
    } else {
        step->who = wake(&s->producers);
        step->parcel = take(&s->spare);
        s->room--;
    }
    step->more = consumable(s) || producible(s);
    return PLX_STEP;
}

plx_found plx_steps_claim(plx_stepping *s, int worker, plx_step *step)
{
    plx_run *run = s->run;
    plx_run_serve(run, worker);
    plx_lock_take(&s->lock);
    bool over = s->stopped || (s->closed && !s->queue.n);
    if (!over && !plx_run_wants(run, PLX_NONE)) /* after the end a stop is too late to be told */
        over = s->stopped = true;
    plx_found found = over ? PLX_NO_MORE : find(s, step);
    plx_lock_give(&s->lock);
    return found;
}

bool plx_steps_next(plx_stepping *s, int worker, plx_step *step)
{
    plx_found found;
    for (unsigned looks = 0; (found = plx_steps_claim(s, worker, step)) == PLX_NO_STEP;)
        plx_clock_nap(looks++);
    return found == PLX_STEP;
}

bool plx_steps_looks(const plx_stepping *s)
{
    return s->run->between || plx_pace_shows(s->run->pace);
}

static void produce(plx_stepping *s, const plx_step *step)
{
    size_t here = step->who / (size_t)s->ranks; /* its place among those of this process */
    bool more = s->steps.produce(s->steps.user, step->who, step->parcel->bytes);
    plx_lock_take(&s->lock);
    if (more) {
        step->parcel->item = step->who + s->steps.producers * s->made[here]++;
        s->produced++;
        put(has_queue(s) ? &s->queue : &s->out, step->parcel);
        rest(&s->producers, step->who);
    } else {
        s->room++;
        put(&s->spare, step->parcel);
        s->ended++;
        s->closed = s->closed || (s->ranks == 1 && s->ended == s->producers.here);
    }
    plx_lock_give(&s->lock);
}

static void note_failure(plx_stepping *s, int worker, size_t item, int code, const char *why)
{
    plx_run *run = s->run;
    plx_failure failure = {.item = item, .code = code, .rank = run->rank, .tries = 1};
    if (why)
        strncpy(failure.why, why, sizeof failure.why - 1);
    plx_run_fail(run, &run->lanes[worker], &failure);
}

static void consume(plx_stepping *s, int worker, const plx_step *step)
{
    const char *why = NULL;
    int code = s->steps.consume(s->steps.user, step->who, step->parcel->bytes, &why);
    if (code)
        note_failure(s, worker, step->parcel->item, code, why);
    else
        s->run->lanes[worker].items++;
    if (s->run->pace)
        plx_pace_count(s->run->pace, !code, code != 0);
    plx_lock_take(&s->lock);
    put(has_queue(s) ? &s->spare : &s->gone, step->parcel);
    rest(&s->consumers, step->who);
    plx_lock_give(&s->lock);
}

void plx_steps_run(plx_stepping *s, int worker, const plx_step *step)
{
    double begun = plx_clock_s();
    size_t item = step->consumes ? step->parcel->item : 0;
    if (step->consumes)
        consume(s, worker, step);
    else
        produce(s, step);
    plx_run_ran(s->run, worker, item, item + step->consumes, begun, 0);
}

plx_parcel *plx_steps_take(plx_stepping *s, plx_parcels *list, size_t keep)
{
    plx_lock_take(&s->lock);
    plx_parcel *parcel = list->n > keep ? take(list) : NULL;
    plx_lock_give(&s->lock);
    return parcel;
}

void plx_steps_put(plx_stepping *s, plx_parcels *list, plx_parcel *parcel)
{
    plx_lock_take(&s->lock);
    put(list, parcel);
    plx_lock_give(&s->lock);
}

void plx_steps_give(plx_stepping *s, size_t room)
{
    plx_lock_take(&s->lock);
    s->room += room;
    plx_lock_give(&s->lock);
}

size_t plx_steps_lend(plx_stepping *s, size_t most)
{
    plx_lock_take(&s->lock);
    size_t lent = most < s->room ? most : s->room;
    s->room -= lent;
    plx_lock_give(&s->lock);
    return lent;
}

bool plx_steps_have_ended(plx_stepping *s)
{
    plx_lock_take(&s->lock);
    bool ended = s->ended == s->producers.here;
    plx_lock_give(&s->lock);
    return ended;
}

void plx_steps_shut(plx_stepping *s)
{
    plx_lock_take(&s->lock);
    s->closed = true;
    plx_lock_give(&s->lock);
}

void plx_steps_stop(plx_stepping *s)
{
    plx_lock_take(&s->lock);
    s->stopped = true;
    plx_lock_give(&s->lock);
}

void plx_steps_count(plx_stepping *s)
{
    const plx_run *run = s->run;
    s->consumed = 0;
    s->failed = run->fails.count;
    for (int w = 0; w < run->workers; w++) {
        s->consumed += run->lanes[w].items;
        s->failed += run->lanes[w].fails.count;
    }
}
