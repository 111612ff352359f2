/* SPDX-License-Identifier: MIT */
/*
 * tests/chaos/inside.c: the linker puts these in front of what the library calls (--wrap): its own
 * hand-outs come in a shuffled order, a thread may lose its core wherever it takes a lock, looks at
 * the clock or touches what workers share, and threads fail on demand.
 *
 * MPI, OpenMP and C++ are shared objects and keep their own, so only the library is reached.
 */
#define _POSIX_C_SOURCE 200809L
#include "inside.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "core/run.h"

#define WRAP(type, name, ...)                                                                      \
    type __real_##name(__VA_ARGS__);                                                               \
    type __wrap_##name(__VA_ARGS__)

WRAP(int, pthread_create, pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
WRAP(int, pthread_mutex_lock, pthread_mutex_t *);
WRAP(int, pthread_cond_signal, pthread_cond_t *);
WRAP(void, plx_lock_take, plx_lock *);
WRAP(bool, plx_run_hand, const plx_run *, int, size_t, size_t *, size_t *);
WRAP(bool, plx_run_wants, plx_run *, size_t);
WRAP(void, plx_fails_lower, _Atomic size_t *, size_t);
WRAP(void, plx_join_put, plx_run *, size_t, size_t, void *, int);
WRAP(double, plx_clock_s, void);

static _Atomic uint64_t seed; /* 0: no chaos */
static atomic_long threads;
static _Atomic unsigned strands;

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

void inside_yield(void)
{
    static _Thread_local uint64_t state, of;
    uint64_t now = atomic_load(&seed);
    if (now == 0)
        return;
    if (of != now) {
        of = now;
        state = mix(now + atomic_fetch_add(&strands, 1));
    }
    state = mix(state + 0x9E3779B97F4A7C15u);
    if (state % 256 == 0)
        nanosleep(&(struct timespec){.tv_nsec = 20000}, NULL);
    else if (state % 4 == 0)
        sched_yield();
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *),
                          void *arg)
{
    if (atomic_load(&threads) > 0 && atomic_fetch_sub(&threads, 1) == 1)
        return EAGAIN;
    return __real_pthread_create(thread, how, run, arg);
}

int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
    inside_yield();
    int status = __real_pthread_mutex_lock(mutex);
    inside_yield();
    return status;
}

int __wrap_pthread_cond_signal(pthread_cond_t *condition)
{
    inside_yield();
    return __real_pthread_cond_signal(condition);
}

void __wrap_plx_lock_take(plx_lock *lock)
{
    inside_yield();
    __real_plx_lock_take(lock);
    inside_yield();
}

bool __wrap_plx_run_wants(plx_run *run, size_t item)
{
    inside_yield();
    bool wanted = __real_plx_run_wants(run, item);
    inside_yield();
    return wanted;
}

void __wrap_plx_fails_lower(_Atomic size_t *lowest, size_t item)
{
    inside_yield();
    __real_plx_fails_lower(lowest, item);
}

void __wrap_plx_join_put(plx_run *run, size_t lo, size_t hi, void *acc, int worker)
{
    inside_yield();
    __real_plx_join_put(run, lo, hi, acc, worker);
}

double __wrap_plx_clock_s(void)
{
    inside_yield();
    return __real_plx_clock_s();
}

static size_t divisor(size_t a, size_t b)
{
    return b == 0 ? a : divisor(b, a % b);
}

/* Step s becomes a * s + b modulo the number of steps, a prime to it: each once, as ever. */
bool __wrap_plx_run_hand(const plx_run *run, int workers, size_t step, size_t *lo, size_t *hi)
{
    size_t steps = 0;
    uint64_t now = atomic_load(&seed);
    while (now && __real_plx_run_hand(run, workers, steps, lo, hi))
        steps++;
    if (step >= steps)
        return __real_plx_run_hand(run, workers, step, lo, hi);
    size_t a = 1 + mix(now) % steps, b = mix(now + 1) % steps;
    while (divisor(a, steps) != 1)
        a++;
    return __real_plx_run_hand(run, workers, (a * step + b) % steps, lo, hi);
}

void inside_arm(uint64_t by, long thread)
{
    atomic_store(&threads, thread);
    atomic_store(&seed, by);
}

void inside_disarm(void)
{
    atomic_store(&seed, 0);
    atomic_store(&threads, 0);
}
