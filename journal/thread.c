/* SPDX-License-Identifier: MIT */
/* journal/thread.c: see journal/thread.h. */
#define _POSIX_C_SOURCE 200809L

#include "journal/thread.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

int plx_thread_start(pthread_t *thread, void *(*run)(void *), void *user)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int error = pthread_create(thread, NULL, run, user);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

double plx_thread_clock_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void plx_thread_cond(pthread_cond_t *cond)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
}

void plx_thread_wait(pthread_cond_t *cond, pthread_mutex_t *lock, double when_s)
{
    struct timespec at = {.tv_sec = (time_t)when_s};
    at.tv_nsec = (long)((when_s - (double)at.tv_sec) * 1e9);
    pthread_cond_timedwait(cond, lock, &at);
}
