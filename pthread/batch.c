/* SPDX-License-Identifier: MIT */
/*
 * pthread/batch.c: the calling thread sources and sinks, all threads run the batches.
 *
 * Batches are taken in order, so the queue is two counters. The caller runs one itself whenever the
 * slot that it needs next is still under way.
 */
#include <pthread.h>

#include "pthread/model.h"

typedef struct state {
    plx_flow *flow;
    pthread_mutex_t lock; /* the counters, over, and each slot's running */
    pthread_cond_t queue, back;
    size_t queued, taken; /* batches handed to workers, taken by them */
    bool over;
} state;

/* With the lock held; false: nothing is queued. */
static bool run_one(state *s, int worker)
{
    if (s->taken == s->queued)
        return false;
    plx_slot *slot = plx_flow_slot(s->flow, s->taken++);
    pthread_mutex_unlock(&s->lock);
    plx_flow_work(s->flow, slot, worker);
    pthread_mutex_lock(&s->lock);
    slot->running = false;
    pthread_cond_signal(&s->back);
    return true;
}

static void serve(state *s, int worker)
{
    pthread_mutex_lock(&s->lock);
    while (run_one(s, worker) || !s->over)
        while (s->taken == s->queued && !s->over)
            pthread_cond_wait(&s->queue, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

static void wait_for(state *s, const plx_slot *slot)
{
    pthread_mutex_lock(&s->lock);
    while (slot->running)
        if (!run_one(s, 0))
            pthread_cond_wait(&s->back, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

static void hand_out(state *s, plx_slot *slot)
{
    pthread_mutex_lock(&s->lock);
    slot->running = true;
    s->queued++;
    pthread_cond_signal(&s->queue);
    pthread_mutex_unlock(&s->lock);
}

static void drive(state *s)
{
    for (size_t b = 0; !plx_flow_over(s->flow); b++) {
        plx_slot *slot = plx_flow_slot(s->flow, b);
        wait_for(s, slot);
        plx_flow_sink(s->flow, slot);
        if (plx_flow_source(s->flow, slot))
            hand_out(s, slot);
    }
    pthread_mutex_lock(&s->lock);
    s->over = true;
    pthread_cond_broadcast(&s->queue);
    pthread_mutex_unlock(&s->lock);
}

static void take_batches(void *arg, int worker)
{
    if (worker == 0)
        drive(arg);
    else
        serve(arg, worker);
}

void plx_pthread_batch(plx_team *team, plx_flow *flow)
{
    state s = {.flow = flow};
    pthread_mutex_init(&s.lock, NULL);
    pthread_cond_init(&s.queue, NULL);
    pthread_cond_init(&s.back, NULL);
    plx_pool_run(team->own, take_batches, &s);
    pthread_cond_destroy(&s.back);
    pthread_cond_destroy(&s.queue);
    pthread_mutex_destroy(&s.lock);
}
