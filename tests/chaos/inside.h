/* SPDX-License-Identifier: MIT */
/* inside.h: chaos inside the library, by seed. */
#ifndef CHAOS_INSIDE_H
#define CHAOS_INSIDE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* From now on hand-outs are shuffled and threads yield by that seed. The allocation-th allocation
   of the library fails, and so do the ones after it, length in all, and the thread-th thread that
   it would create. 0: none. */
void inside_arm(uint64_t seed, long allocation, long length, long thread);

/* Lose the core now and then, if armed. */
void inside_yield(void);

/* All as ever again. */
void inside_disarm(void);

/* Whether an allocation has failed since it was armed. */
bool inside_was_short(void);

/* Allocations of the library that were not given back. */
long inside_live(void);

#ifdef __cplusplus
}
#endif
#endif
