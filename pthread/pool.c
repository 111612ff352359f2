/* SPDX-License-Identifier: MIT */
/*
 * pthread/pool.c: threads that wait for a round, run it, and wait again.
 *
 * A round is announced by counting it up; each thread compares with the last round it ran. Whoever
 * waits (threads for a round, the caller for the last thread) spins about as long as a wake-up
 * takes, and then sleeps; with more threads than cores it sleeps at once, since a spinning thread
 * would take the core from one that works. A thread that cannot be created leaves a smaller pool.
 */
#include <pthread.h>
#include <stdlib.h>

#include "pthread/model.h"

enum { SPINS = 4000 };

typedef struct member {
    plx_pool *pool;
    pthread_t thread;
    int worker;
} member;

struct plx_pool {
    _Alignas(PLX_LINE) _Atomic unsigned round;
    _Alignas(PLX_LINE) _Atomic int running; /* threads still in this round */
    _Alignas(PLX_LINE) void (*work)(void *, int);
    void *arg;
    bool closing;
    int threads, spins;
    member *members; /* [0] is the caller's place, not used */
    pthread_mutex_t lock;
    pthread_cond_t begun, ended;
};

static void relax(void)
{
#if defined __x86_64__ || defined __i386__
    __builtin_ia32_pause();
#endif
}

static unsigned wait_for_round(plx_pool *pool, unsigned last)
{
    for (int i = 0; i < pool->spins; i++) {
        if (atomic_load_explicit(&pool->round, memory_order_acquire) != last)
            return last + 1;
        relax();
    }
    pthread_mutex_lock(&pool->lock);
    while (atomic_load_explicit(&pool->round, memory_order_acquire) == last)
        pthread_cond_wait(&pool->begun, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
    return last + 1;
}

/* The last thread takes the lock before it signals, so that the caller cannot miss it between
   looking and sleeping. */
static void leave_round(plx_pool *pool)
{
    if (atomic_fetch_sub_explicit(&pool->running, 1, memory_order_acq_rel) != 1)
        return;
    pthread_mutex_lock(&pool->lock);
    pthread_cond_signal(&pool->ended);
    pthread_mutex_unlock(&pool->lock);
}

static void *serve(void *arg)
{
    member *me = arg;
    plx_pool *pool = me->pool;
    for (unsigned round = 0;;) {
        round = wait_for_round(pool, round);
        if (pool->closing)
            return NULL;
        pool->work(pool->arg, me->worker);
        leave_round(pool);
    }
}

static void begin_round(plx_pool *pool)
{
    atomic_store_explicit(&pool->running, pool->threads - 1, memory_order_relaxed);
    pthread_mutex_lock(&pool->lock);
    atomic_fetch_add_explicit(&pool->round, 1, memory_order_release);
    pthread_cond_broadcast(&pool->begun);
    pthread_mutex_unlock(&pool->lock);
}

static void wait_for_all(plx_pool *pool)
{
    for (int i = 0; i < pool->spins; i++) {
        if (atomic_load_explicit(&pool->running, memory_order_acquire) == 0)
            return;
        relax();
    }
    pthread_mutex_lock(&pool->lock);
    while (atomic_load_explicit(&pool->running, memory_order_acquire) != 0)
        pthread_cond_wait(&pool->ended, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

void plx_pool_run(plx_pool *pool, void (*work)(void *, int), void *arg)
{
    if (pool->threads == 1) {
        work(arg, 0);
        return;
    }
    pool->work = work;
    pool->arg = arg;
    begin_round(pool);
    work(arg, 0);
    wait_for_all(pool);
}

plx_pool *plx_pool_open(int threads)
{
    plx_pool *pool = aligned_alloc(PLX_LINE, sizeof *pool);
    member *members = calloc((size_t)threads, sizeof *members);
    if (!pool || !members) {
        free(pool);
        free(members);
        return NULL;
    }
    *pool =
        (plx_pool){.threads = 1, .members = members, .spins = threads <= plx_cores() ? SPINS : 0};
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->begun, NULL);
    pthread_cond_init(&pool->ended, NULL);
    while (pool->threads < threads) {
        member *next = &members[pool->threads];
        *next = (member){.pool = pool, .worker = pool->threads};
        if (pthread_create(&next->thread, NULL, serve, next) != 0)
            break;
        pool->threads++;
    }
    return pool;
}

int plx_pool_threads(const plx_pool *pool)
{
    return pool->threads;
}

void plx_pool_close(plx_pool *pool)
{
    pool->closing = true;
    begin_round(pool);
    for (int w = 1; w < pool->threads; w++)
        pthread_join(pool->members[w].thread, NULL);
    pthread_cond_destroy(&pool->ended);
    pthread_cond_destroy(&pool->begun);
    pthread_mutex_destroy(&pool->lock);
    free(pool->members);
    free(pool);
}
