/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE
#include "inside.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "pthread/bed.h"
#include "pthread/deque.h"

typedef struct storm {
    plx_deque deque;
    unsigned char *runs; /* by offer; an offer is the address of its count */
    _Atomic int over;
} storm;

static void count(void *offer)
{
    unsigned char *runs = offer;
    ++*runs;
}

static void *steal_all(void *arg)
{
    storm *s = arg;
    for (void *offer; (offer = plx_deque_steal(&s->deque)) || !atomic_load(&s->over);)
        if (offer)
            count(offer);
    return NULL;
}

static storm *make_storm(unsigned char *runs)
{
    storm *s = aligned_alloc(PLX_LINE, sizeof *s);
    if (!s)
        abort();
    plx_deque_make(&s->deque);
    atomic_init(&s->over, 0);
    s->runs = runs;
    return s;
}

/* Runs of puts of a length by chance, then runs of takes: the newest that is left comes back, or
   nothing is left. What others stole counts in height until then, so the stack is a ring too. */
static void put_and_take(storm *s, size_t offers)
{
    unsigned chance = 1;
    size_t stack[PLX_DEQUE_SLOTS], height = 0;
    for (size_t next = 0; next < offers || height > 0;) {
        chance = chance * 1664525 + 1013904223;
        for (unsigned puts = chance >> 28; puts > 0 && next < offers; puts--, next++)
            if (plx_deque_put(&s->deque, &s->runs[next]))
                stack[height++ % PLX_DEQUE_SLOTS] = next;
            else
                count(&s->runs[next]);
        for (unsigned takes = chance >> 24 & 15; takes > 0 && height > 0; takes--)
            if (plx_deque_take(&s->deque))
                count(&s->runs[stack[--height % PLX_DEQUE_SLOTS]]);
            else
                height = 0;
    }
}

void inside_storm(size_t offers, int thieves, unsigned char *runs)
{
    storm *s = make_storm(runs);
    pthread_t threads[16];
    for (int t = 0; t < thieves; t++)
        if (pthread_create(&threads[t], NULL, steal_all, s) != 0)
            abort();
    put_and_take(s, offers);
    atomic_store(&s->over, 1);
    for (int t = 0; t < thieves; t++)
        pthread_join(threads[t], NULL);
    free(s);
}

long inside_room(long stolen)
{
    static unsigned char runs[4 * PLX_DEQUE_SLOTS];
    storm *s = make_storm(runs);
    long put = 0, bad = 0;
    for (long i = 0; i < stolen; i++)
        bad += !plx_deque_put(&s->deque, &runs[i]);
    for (long i = 0; i < stolen; i++)
        bad += plx_deque_steal(&s->deque) != &runs[i];
    while (plx_deque_put(&s->deque, &runs[stolen + put]))
        put++;
    bad += plx_deque_steal(&s->deque) != &runs[stolen];
    for (long i = 1; i < put; i++)
        bad += !plx_deque_take(&s->deque);
    bad += plx_deque_has(&s->deque) || plx_deque_steal(&s->deque) != NULL;
    free(s);
    return bad ? -1 : put;
}

typedef struct fight {
    plx_deque deque;
    size_t rounds;
    _Atomic size_t round, answered;
    _Atomic int got;
} fight;

static void wait_for(_Atomic size_t *at, size_t round)
{
    for (unsigned looks = 1; atomic_load(at) != round; looks++)
        if (looks % 1024 == 0)
            sched_yield();
}

static void *steal_each(void *arg)
{
    fight *f = arg;
    for (size_t round = 1; round <= f->rounds; round++) {
        wait_for(&f->round, round);
        atomic_store(&f->got, plx_deque_steal(&f->deque) != NULL);
        atomic_store(&f->answered, round);
    }
    return NULL;
}

size_t inside_fights(size_t rounds, size_t *stolen)
{
    fight *f = aligned_alloc(PLX_LINE, (sizeof *f + PLX_LINE - 1) / PLX_LINE * PLX_LINE);
    pthread_t thread;
    if (!f)
        abort();
    plx_deque_make(&f->deque);
    f->rounds = rounds;
    atomic_init(&f->round, 0);
    atomic_init(&f->answered, 0);
    if (pthread_create(&thread, NULL, steal_each, f) != 0)
        abort();
    size_t bad = 0;
    *stolen = 0;
    for (size_t round = 1; round <= rounds; round++) {
        plx_deque_put(&f->deque, f);
        atomic_store(&f->round, round);
        for (volatile size_t wait = round % 256; wait > 0; wait--) {
        }
        int taken = plx_deque_take(&f->deque);
        wait_for(&f->answered, round);
        bad += taken + atomic_load(&f->got) != 1;
        *stolen += (size_t)atomic_load(&f->got);
    }
    pthread_join(thread, NULL);
    free(f);
    return bad;
}

/* The linker sends the program's and the library's calls here, and below. */
static _Atomic unsigned slow_us;

bool __real_plx_bed_sleep(plx_bed *bed, bool (*due)(void *), void *arg);
bool __wrap_plx_bed_sleep(plx_bed *bed, bool (*due)(void *), void *arg);
bool __wrap_plx_bed_sleep(plx_bed *bed, bool (*due)(void *), void *arg)
{
    unsigned slow = atomic_load(&slow_us);
    if (slow)
        usleep(slow);
    return __real_plx_bed_sleep(bed, due, arg);
}

void inside_slow_beds(unsigned microseconds)
{
    atomic_store(&slow_us, microseconds);
}

static _Atomic size_t allocations;

#define COUNTED(name, parameters, arguments)                                                       \
    void *__real_##name parameters;                                                                \
    void *__wrap_##name parameters;                                                                \
    void *__wrap_##name parameters                                                                 \
    {                                                                                              \
        atomic_fetch_add(&allocations, 1);                                                         \
        return __real_##name arguments;                                                            \
    }

COUNTED(malloc, (size_t size), (size))
COUNTED(calloc, (size_t n, size_t size), (n, size))
COUNTED(realloc, (void *old, size_t size), (old, size))
COUNTED(aligned_alloc, (size_t line, size_t size), (line, size))

size_t inside_allocations(void)
{
    return atomic_load(&allocations);
}
