/* SPDX-License-Identifier: MIT */
/*
 * journal/thread.h: threads of the journal's own, and the clock that they wait by.
 *
 * Such a thread handles no signal: it is not the one to be interrupted, and may write beyond a
 * limit of the file's size.
 */
#ifndef PLX_JOURNAL_THREAD_H
#define PLX_JOURNAL_THREAD_H

#include <pthread.h>

/** 0, or an errno. */
int plx_thread_start(pthread_t *, void *(*run)(void *), void *user);

/** Seconds of a clock that is never set. */
double plx_thread_clock_s(void);

/** A condition to wait for until that clock says when_s, with the lock held. */
void plx_thread_cond(pthread_cond_t *);
void plx_thread_wait(pthread_cond_t *, pthread_mutex_t *lock, double when_s);

#endif
