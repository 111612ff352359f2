/* SPDX-License-Identifier: MIT */
/*
 * core/produce.c: producers and consumers: what of a call is this pattern's own, and the memory for
 * it.
 *
 * All memory is got here, before the first step: as many parcels as items can ever be inside.
 */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "core/team.h"

enum {
    ALIGN = 16,        /* of an item: as malloc() does */
    ROOM_FOR_EACH = 16 /* items, for each producer and consumer, if the capacity is not told */
};

static bool offers_queue(const plx_model *model)
{
    return model->queue != NULL;
}

static const char *missing(const plx_steps *steps)
{
    if (!steps || !steps->produce || !steps->consume)
        return "steps, or produce or consume in it, is missing";
    if (!steps->producers || !steps->consumers)
        return "producers or consumers is 0: at least 1 each";
    return NULL;
}

/* Items that are inside at once, at most: a parcel each. False: their number is beyond a size_t. */
static bool count_parcels(plx_steps *steps, size_t workers, size_t *parcels)
{
    const size_t most = SIZE_MAX / 4 / ROOM_FOR_EACH;
    if (steps->producers > most || steps->consumers > most || steps->capacity > SIZE_MAX / 4)
        return false;
    if (!steps->capacity)
        steps->capacity = ROOM_FOR_EACH * (steps->producers + steps->consumers);
    *parcels = steps->capacity + (steps->consumers < workers ? steps->consumers : workers);
    return steps->item_size < SIZE_MAX / 4 / sizeof(plx_parcel) / *parcels;
}

static plx_status check_queue(const plx_team *team, plx_call *call)
{
    const plx_steps *steps = call->ask.steps;
    const char *wrong = missing(steps);
    char *why = call->run.why;
    if (wrong) {
        plx_check_say(why, "%s", wrong);
        return PLX_BAD_JOB;
    }
    call->stepping.steps = *steps;
    call->stepping.run = &call->run;
    if (!count_parcels(&call->stepping.steps, (size_t)team->workers, &call->stepping.parcels)) {
        plx_check_say(why, "%zu producers, %zu consumers, capacity %zu of %zu bytes: too many",
                      steps->producers, steps->consumers, steps->capacity, steps->item_size);
        return PLX_TOO_BIG;
    }
    const plx_steps *told = &call->stepping.steps;
    size_t numbers[] = {told->producers, told->consumers, told->item_size, told->capacity};
    call->digest = XXH64(numbers, sizeof numbers, PLX_QUEUE);
    return PLX_OK;
}

static bool make_parcels(plx_stepping *s)
{
    size_t size = (s->steps.item_size + ALIGN) / ALIGN * ALIGN;
    s->all = calloc(s->parcels + 1, sizeof *s->all);
    s->bytes = aligned_alloc(ALIGN, (s->parcels + 1) * size);
    for (size_t i = 0; s->all && s->bytes && i < s->parcels; i++) {
        s->all[i].bytes = s->bytes + i * size;
        plx_steps_put(s, &s->spare, &s->all[i]);
    }
    return s->all && s->bytes;
}

static bool make_actors(plx_stepping *s, plx_actors *actors, size_t of)
{
    size_t here = plx_steps_here(of, s->ranks, s->rank);
    actors->ids = malloc((here + 1) * sizeof *actors->ids);
    for (size_t i = 0; actors->ids && i < here; i++)
        actors->ids[i] = (size_t)s->rank + i * (size_t)s->ranks;
    actors->here = actors->idle = here;
    return actors->ids != NULL;
}

/* Rank 0, or who is alone, has the queue; another rank has what its own steps need. */
static plx_status make_room(plx_stepping *s, int threads)
{
    const plx_steps *steps = &s->steps;
    if (s->rank)
        s->parcels =
            PLX_STEPS_AHEAD * (plx_steps_at_once(steps->producers, s->ranks, s->rank, threads) +
                               plx_steps_at_once(steps->consumers, s->ranks, s->rank, threads));
    s->room = s->rank ? 0 : steps->capacity;
    s->made = calloc(plx_steps_here(steps->producers, s->ranks, s->rank) + 1, sizeof *s->made);
    bool made = s->made && make_actors(s, &s->producers, steps->producers) &&
                make_actors(s, &s->consumers, steps->consumers) && make_parcels(s);
    return made ? PLX_OK : PLX_NO_MEMORY;
}

static plx_status open_queue(plx_team *team, plx_call *call)
{
    plx_stepping *s = &call->stepping;
    plx_run *run = &call->run;
    call->job.n = 0;
    plx_run_cut(run, &call->job, &call->kernel, NULL, 0);
    run->rank = s->rank = team->rank;
    s->ranks = team->ranks;
    plx_lock_open(&s->lock);
    plx_status status = plx_run_open(run, team->threads, false);
    return status == PLX_OK ? make_room(s, team->threads) : status;
}

static void run_queue(plx_team *team, plx_call *call)
{
    team->model->queue(team, &call->stepping);
    if (team->ranks == 1)
        plx_steps_count(&call->stepping);
}

static void count_queue(const plx_call *call, plx_report *report)
{
    const plx_stepping *s = &call->stepping;
    report->n = report->blocks = s->produced;
    report->grain = 1;
    report->done = s->consumed;
    report->failed = s->failed;
}

static void close_queue(plx_call *call)
{
    plx_stepping *s = &call->stepping;
    free(s->all);
    free(s->bytes);
    free(s->made);
    free(s->producers.ids);
    free(s->consumers.ids);
}

plx_status plx_produce(plx_team *team, const plx_job *job, const plx_steps *steps,
                       plx_report *report)
{
    const plx_job plain = {0};
    return plx_call_make(team, PLX_QUEUE, job ? job : &plain, &(plx_ask){.steps = steps}, report);
}

const plx_pattern_row plx_row_queue = {
    .name = "queue",
    .about = "producers and consumers with one bounded queue between them",
    .offered = offers_queue,
    .check = check_queue,
    .open = open_queue,
    .run = run_queue,
    .count = count_queue,
    .close = close_queue,
};
