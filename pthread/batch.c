/* SPDX-License-Identifier: MIT */
/*
 * pthread/batch.c: the calling thread sources and sinks, all threads run the batches.
 *
 * The caller runs batches too while the slot that it needs next is under way. The lock guards
 * sleeping alone: whoever makes a condition true takes it before signalling, so no wake-up is lost.
 */
#include <pthread.h>

#include "pthread/model.h"

typedef struct state {
    plx_flow *flow;
    pthread_mutex_t lock;
    pthread_cond_t queued, ran;
    bool over;
} state;

static void tell(state *s, pthread_cond_t *condition)
{
    pthread_mutex_lock(&s->lock);
    pthread_cond_signal(condition);
    pthread_mutex_unlock(&s->lock);
}

static bool sleep_until_queued(state *s)
{
    pthread_mutex_lock(&s->lock);
    while (!plx_flow_waits(s->flow) && !s->over)
        pthread_cond_wait(&s->queued, &s->lock);
    bool more = plx_flow_waits(s->flow);
    pthread_mutex_unlock(&s->lock);
    return more;
}

static void serve(state *s, int worker)
{
    do
        while (plx_flow_take(s->flow, worker))
            tell(s, &s->ran);
    while (sleep_until_queued(s));
}

static void wait_for(state *s, const plx_slot *slot)
{
    while (atomic_load(&slot->running)) {
        if (plx_flow_take(s->flow, 0))
            continue;
        pthread_mutex_lock(&s->lock);
        while (atomic_load(&slot->running))
            pthread_cond_wait(&s->ran, &s->lock);
        pthread_mutex_unlock(&s->lock);
    }
}

static void drive(state *s)
{
    for (size_t b = 0; !plx_flow_over(s->flow); b++) {
        plx_slot *slot = plx_flow_slot(s->flow, b);
        wait_for(s, slot);
        plx_flow_sink(s->flow, slot);
        if (plx_flow_source(s->flow, slot))
            tell(s, &s->queued);
    }
    pthread_mutex_lock(&s->lock);
    s->over = true;
    pthread_cond_broadcast(&s->queued);
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
    pthread_cond_init(&s.queued, NULL);
    pthread_cond_init(&s.ran, NULL);
    plx_pool_run(team->own, take_batches, &s);
    pthread_cond_destroy(&s.ran);
    pthread_cond_destroy(&s.queued);
    pthread_mutex_destroy(&s.lock);
}
