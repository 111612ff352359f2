/* SPDX-License-Identifier: MIT */
/*
 * tests/journal/inside.h: what the linker puts in front of the journal's system calls (--wrap).
 *
 * Calls of what is under test and of the test alike come through here: so faults are armed only
 * while the former runs. A disk is kept beside: what would be left of each file if the power went.
 */
#ifndef PLX_TESTS_JOURNAL_INSIDE_H
#define PLX_TESTS_JOURNAL_INSIDE_H

#ifdef __cplusplus
extern "C" {
#endif

/** Which calls count: those that write, those that take memory. */
typedef enum inside_kind { INSIDE_IO, INSIDE_MEMORY } inside_kind;

enum { INSIDE_SHORT = -1 };     /* as an error: half of it is written, and no error told */

/** The n-th call of this kind fails, from 1, and so do the others up to the n + length - 1st. */
void inside_arm(inside_kind, long n, long length, int error);
/** No more; how many calls failed. */
long inside_disarm(void);
/** The name of the first call that failed. */
const char *inside_failed(void);

/** What this thread calls from here on is the test's own, and not counted; 0: no more. */
void inside_aside(int on);

/** Called before each call that writes; NULL: nobody. */
void inside_watch(void (*)(void *user), void *user);

/** Syncs are copied to this folder, names once their folder is synced; NULL: no more. */
void inside_disk(const char *folder);

/** While it is shut, fdatasync waits. */
void inside_gate(int shut);
/** How many wait there. */
int inside_waiting(void);

/** CLOCK_MONOTONIC is that much later. */
void inside_later(double seconds);

/** The next link is made, and yet EEXIST is told: as by a server that answered twice. */
void inside_link_twice(void);

#ifdef __cplusplus
}
#endif
#endif
