/* SPDX-License-Identifier: MIT */
/* inside.h: the deque as C++ can see it, and a count of the library's calls for memory. */
#ifndef DIVIDE_INSIDE_H
#define DIVIDE_INSIDE_H

#include <stddef.h>

#include "plx/divide.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One owner puts and takes as a recursion would, others steal; runs[i]: how often offer i came. */
void inside_storm(size_t offers, int thieves, unsigned char *runs);

/* How many fit before put() refuses, taken steals before; -1: they did not come out in order. */
long inside_room(long stolen);

/* One offer, which the owner and a thief want at the same time, again and again: how often both or
   neither got it. */
size_t inside_fights(size_t rounds, size_t *stolen);

/* From now on a thread that lies down to sleep takes so long to close its eyes. */
void inside_slow_beds(unsigned microseconds);

/* Calls of malloc, calloc, realloc and aligned_alloc by the library and this program, so far. */
size_t inside_allocations(void);

#ifdef __cplusplus
}
#endif
#endif
