/* SPDX-License-Identifier: MIT */
/* memory.h: the library's memory, counted, and failing when it is told to. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library's countdown-th allocation from now on fails, and so do the ones after it, length in
   all. 0: none. */
void memory_arm(long countdown, long length);

/* No allocation fails any more. Whether one did. */
bool memory_disarm(void);

/* Whether an allocation has failed since it was armed. */
bool memory_was_short(void);

/* Allocations of the library that were not given back. */
long memory_live(void);

#ifdef __cplusplus
}
#endif
#endif
