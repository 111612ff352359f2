/* SPDX-License-Identifier: MIT */
/*
 * pthread/pipeline.c: the calling thread sources and sinks, all threads run the stages; batch runs
 * too.
 *
 * The caller runs stages too while the slot that it needs next is under way. The lock guards
 * sleeping alone: whoever makes a condition true takes it before signalling, so no wake-up is lost:
 * one for each batch that comes to wait for a worker, and one for the caller whenever a stage ends.
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

static bool take(state *s, int worker)
{
    size_t more;
    if (!plx_leg_take(s->flow, worker, &more))
        return false;
    for (; more > 0; more--)
        tell(s, &s->queued);
    return true;
}

static bool sleep_until_queued(state *s)
{
    pthread_mutex_lock(&s->lock);
    while (!plx_leg_waits(s->flow) && !s->over)
        pthread_cond_wait(&s->queued, &s->lock);
    bool more = plx_leg_waits(s->flow);
    pthread_mutex_unlock(&s->lock);
    return more;
}

static void serve(state *s, int worker)
{
    do
        while (take(s, worker))
            tell(s, &s->ran);
    while (sleep_until_queued(s));
}

static void sleep_until_ran(state *s, const plx_slot *slot)
{
    pthread_mutex_lock(&s->lock);
    while (atomic_load(&slot->running) && !plx_leg_waits(s->flow))
        pthread_cond_wait(&s->ran, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

static void drive(state *s)
{
    for (size_t b = 0; !plx_flow_over(s->flow); b++) {
        plx_slot *slot = plx_flow_slot(s->flow, b);
        while (atomic_load(&slot->running))
            if (!take(s, 0))
                sleep_until_ran(s, slot);
        plx_flow_sink(s->flow, slot);
        if (plx_flow_source(s->flow, slot))
            tell(s, &s->queued);
    }
    pthread_mutex_lock(&s->lock);
    s->over = true;
    pthread_cond_broadcast(&s->queued);
    pthread_mutex_unlock(&s->lock);
}

static void run_stages(void *arg, int worker)
{
    if (worker == 0)
        drive(arg);
    else
        serve(arg, worker);
}

void plx_pthread_pipeline(plx_team *team, plx_flow *flow)
{
    state s = {.flow = flow};
    pthread_mutex_init(&s.lock, NULL);
    pthread_cond_init(&s.queued, NULL);
    pthread_cond_init(&s.ran, NULL);
    plx_pool_run(team->own, run_stages, &s);
    pthread_cond_destroy(&s.ran);
    pthread_cond_destroy(&s.queued);
    pthread_mutex_destroy(&s.lock);
}
