/* SPDX-License-Identifier: MIT */
/*
 * pthread/task.c: the calling thread runs the body, the others the best task queued.
 *
 * The lock guards sleeping alone: who makes a condition true looks, after that, whether somebody
 * sleeps; who is to sleep says so first and then looks at the condition. So no wake-up is lost, and
 * nobody takes the lock while all are at work.
 */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <pthread.h>
#include <time.h>

#include "pthread/model.h"

typedef struct state {
    plx_tasks *tasks;
    pthread_mutex_t lock;
    pthread_cond_t pushed, ended;
    _Atomic int idle;     /* workers that sleep or are about to */
    _Atomic bool resting; /* the body's thread does so */
    bool over;
} state;

static void wake(state *s, pthread_cond_t *condition)
{
    pthread_mutex_lock(&s->lock);
    pthread_cond_signal(condition);
    pthread_mutex_unlock(&s->lock);
}

static void push(void *arg)
{
    state *s = arg;
    if (atomic_load(&s->idle))
        wake(s, &s->pushed);
}

static void end(void *arg)
{
    state *s = arg;
    if (atomic_load(&s->resting))
        wake(s, &s->ended);
}

static bool sleep_until_pushed(state *s)
{
    atomic_fetch_add(&s->idle, 1);
    pthread_mutex_lock(&s->lock);
    while (!plx_tasks_wait(s->tasks) && !s->over)
        pthread_cond_wait(&s->pushed, &s->lock);
    bool more = !s->over;
    pthread_mutex_unlock(&s->lock);
    atomic_fetch_sub(&s->idle, 1);
    return more;
}

/* Nobody but the body's thread pushes: nothing can come into the queue while it rests. */
static void rest(void *arg, double until_s)
{
    state *s = arg;
    double whole = floor(until_s < 1e9 ? until_s : 1e9);
    struct timespec until = {(time_t)whole, (long)(1e9 * fmin(until_s - whole, 0.999999999))};
    int late = 0;
    atomic_store(&s->resting, true);
    pthread_mutex_lock(&s->lock);
    while (!plx_tasks_tell(s->tasks) && !late)
        late = until_s > 1e9 ? pthread_cond_wait(&s->ended, &s->lock)
                             : pthread_cond_timedwait(&s->ended, &s->lock, &until);
    pthread_mutex_unlock(&s->lock);
    atomic_store(&s->resting, false);
}

static void take_tasks(void *arg, int worker)
{
    state *s = arg;
    if (worker != 0) {
        do
            while (plx_tasks_work(s->tasks, worker)) {
            }
        while (sleep_until_pushed(s));
        return;
    }
    s->tasks->body(s->tasks);
    pthread_mutex_lock(&s->lock);
    s->over = true;
    pthread_cond_broadcast(&s->pushed);
    pthread_mutex_unlock(&s->lock);
}

void plx_pthread_task(plx_team *team, plx_tasks *tasks)
{
    state s = {.tasks = tasks};
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&s.lock, NULL);
    pthread_cond_init(&s.pushed, NULL);
    pthread_cond_init(&s.ended, &clock);
    pthread_condattr_destroy(&clock);
    tasks->model = &s;
    tasks->push = push;
    tasks->end = end;
    tasks->rest = rest;
    plx_pool_run(team->own, take_tasks, &s);
    pthread_cond_destroy(&s.ended);
    pthread_cond_destroy(&s.pushed);
    pthread_mutex_destroy(&s.lock);
}
