/* SPDX-License-Identifier: MIT */
/*
 * pthread/queue.c: every thread runs steps; one that finds none sleeps until another is possible.
 *
 * Who claims a step while another is possible besides wakes one thread for it. The lock guards
 * sleeping alone: a thread looks for a step between taking the lock and sleeping, and who wakes it
 * takes the lock, so no wake-up is lost.
 */
#include <pthread.h>

#include "pthread/model.h"

typedef struct state {
    plx_stepping *stepping;
    pthread_mutex_t lock;
    pthread_cond_t more;
    atomic_int asleep;
} state;

static void wake(state *s, int (*tell)(pthread_cond_t *))
{
    if (atomic_load(&s->asleep) == 0)
        return;
    pthread_mutex_lock(&s->lock);
    tell(&s->more);
    pthread_mutex_unlock(&s->lock);
}

static plx_found sleep_until_found(state *s, int worker, plx_step *step)
{
    plx_found found;
    pthread_mutex_lock(&s->lock);
    atomic_fetch_add(&s->asleep, 1);
    while ((found = plx_steps_claim(s->stepping, worker, step)) == PLX_NO_STEP)
        pthread_cond_wait(&s->more, &s->lock);
    atomic_fetch_sub(&s->asleep, 1);
    pthread_mutex_unlock(&s->lock);
    return found;
}

/* The calling thread of a rank has messages to look after, so it does not sleep. */
static bool claim(state *s, int worker, plx_step *step)
{
    if (worker == 0 && plx_steps_looks(s->stepping))
        return plx_steps_next(s->stepping, 0, step);
    plx_found found = plx_steps_claim(s->stepping, worker, step);
    if (found == PLX_NO_STEP)
        found = sleep_until_found(s, worker, step);
    return found == PLX_STEP;
}

static void run_steps(void *arg, int worker)
{
    state *s = arg;
    for (plx_step step; claim(s, worker, &step);) {
        if (step.more)
            wake(s, pthread_cond_signal);
        plx_steps_run(s->stepping, worker, &step);
    }
    wake(s, pthread_cond_broadcast);
}

void plx_pthread_queue(plx_team *team, plx_stepping *stepping)
{
    state s = {.stepping = stepping};
    pthread_mutex_init(&s.lock, NULL);
    pthread_cond_init(&s.more, NULL);
    plx_pool_run(team->own, run_steps, &s);
    pthread_cond_destroy(&s.more);
    pthread_mutex_destroy(&s.lock);
}
