/* SPDX-License-Identifier: MIT */
/*
 * pthread/pool.c: threads that wait for a round, run it, and wait again.
 *
 * A round is open from its beginning until the caller's own work has returned, which it does only
 * when nothing is left to begin: a thread that comes later is not waited for and finds the door
 * closed. So a call that is over before the others have woken costs what it costs the caller alone.
 * Whoever waits spins about as long as a wake-up takes and then sleeps; with more threads than
 * cores it sleeps at once, since a spinning thread would take the core from one that works. A
 * thread that cannot be created leaves a smaller pool.
 */
#include <pthread.h>
#include <stdlib.h>

#include "pthread/model.h"

enum { SPINS = 4000 };

/* A round in one word: its number, whether it is open, and how many threads are in it. */
#define NUMBER (UINT64_C(1) << 32)
#define OPEN   (UINT64_C(1) << 31)

typedef struct member {
    plx_seat seat;
    plx_bed bed; /* between rounds; the caller's: until all have left */
    plx_pool *pool;
    pthread_t thread;
    int worker;
    uint32_t last; /* the number of the last round it knows of */
} member;

struct plx_pool {
    _Alignas(PLX_LINE) _Atomic uint64_t round;
    _Alignas(PLX_LINE) void (*work)(void *, int); /* NULL: the last round, which ends all */
    void *arg;
    int threads, spins;
    member *members; /* [0] is the caller's */
};

static bool has_begun(void *arg)
{
    const member *me = arg;
    return (uint32_t)(atomic_load(&me->pool->round) >> 32) != me->last;
}

static bool has_emptied(void *arg)
{
    const plx_pool *pool = arg;
    return (atomic_load(&pool->round) & (OPEN - 1)) == 0;
}

/* Spin, then sleep, until due(arg). */
static void wait_until(const plx_pool *pool, plx_bed *bed, bool (*due)(void *), void *arg)
{
    for (int i = 0; i < pool->spins; i++) {
        if (due(arg))
            return;
        plx_pool_relax();
    }
    while (!due(arg))
        plx_bed_sleep(bed, due, arg);
}

/* Whoever is in keeps work and arg as they are. */
static bool enter(member *me)
{
    uint64_t round = atomic_load(&me->pool->round);
    me->last = (uint32_t)(round >> 32);
    while (round & OPEN && (uint32_t)(round >> 32) == me->last)
        if (atomic_compare_exchange_weak(&me->pool->round, &round, round + 1))
            return true;
    return false;
}

static void leave(plx_pool *pool)
{
    uint64_t round = atomic_fetch_sub(&pool->round, 1) - 1;
    if ((round & (NUMBER - 1)) == 0)
        plx_bed_wake(&pool->members[0].bed);
}

static void *serve(void *arg)
{
    member *me = arg;
    plx_pool *pool = me->pool;
    for (bool more = true; more;) {
        wait_until(pool, &me->bed, has_begun, me);
        if (!enter(me))
            continue;
        more = pool->work != NULL;
        if (more)
            pool->work(pool->arg, me->worker);
        leave(pool);
    }
    return NULL;
}

static void begin_round(plx_pool *pool, void (*work)(void *, int), void *arg)
{
    pool->work = work;
    pool->arg = arg;
    atomic_fetch_add(&pool->round, NUMBER | OPEN);
    for (int w = 1; w < pool->threads; w++)
        plx_bed_wake(&pool->members[w].bed);
}

void plx_pool_run(plx_pool *pool, void (*work)(void *, int), void *arg)
{
    if (pool->threads == 1) {
        work(arg, 0);
        return;
    }
    begin_round(pool, work, arg);
    work(arg, 0);
    atomic_fetch_and(&pool->round, ~OPEN);
    wait_until(pool, &pool->members[0].bed, has_emptied, pool);
}

static void unmake_beds(member *made)
{
    plx_bed_unmake(&made->seat.bed);
    plx_bed_unmake(&made->bed);
}

/* With a thread, all but the caller. */
static bool make_member(plx_pool *pool, int worker)
{
    member *made = &pool->members[worker];
    made->pool = pool;
    made->worker = worker;
    made->last = 0;
    made->seat.victim = worker;
    plx_deque_make(&made->seat.deque);
    plx_bed_make(&made->seat.bed);
    plx_bed_make(&made->bed);
    if (worker == 0 || pthread_create(&made->thread, NULL, serve, made) == 0)
        return true;
    unmake_beds(made);
    return false;
}

plx_pool *plx_pool_open(int threads)
{
    plx_pool *pool = aligned_alloc(PLX_LINE, sizeof *pool);
    member *members = aligned_alloc(PLX_LINE, (size_t)threads * sizeof *members);
    if (!pool || !members) {
        free(pool);
        free(members);
        return NULL;
    }
    *pool = (plx_pool){.members = members, .spins = threads <= plx_cores() ? SPINS : 0};
    make_member(pool, 0);
    for (pool->threads = 1; pool->threads < threads; pool->threads++)
        if (!make_member(pool, pool->threads))
            break;
    return pool;
}

int plx_pool_threads(const plx_pool *pool)
{
    return pool->threads;
}

int plx_pool_spins(const plx_pool *pool)
{
    return pool->spins;
}

plx_seat *plx_pool_seat(plx_pool *pool, int worker)
{
    return &pool->members[worker].seat;
}

void plx_pool_close(plx_pool *pool)
{
    if (pool->threads > 1)
        begin_round(pool, NULL, NULL);
    for (int w = 0; w < pool->threads; w++) {
        member *ended = &pool->members[w];
        if (w > 0)
            pthread_join(ended->thread, NULL);
        unmake_beds(ended);
    }
    free(pool->members);
    free(pool);
}
