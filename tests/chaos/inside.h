/* SPDX-License-Identifier: MIT */
/* inside.h: chaos inside the library, by seed. */
#ifndef CHAOS_INSIDE_H
#define CHAOS_INSIDE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* From now on hand-outs are shuffled and threads yield by that seed, and the thread-th thread that
   the library would create fails. 0: none. */
void inside_arm(uint64_t seed, long thread);

/* Lose the core now and then, if armed. */
void inside_yield(void);

/* All as ever again. */
void inside_disarm(void);

#ifdef __cplusplus
}
#endif
#endif
