/* SPDX-License-Identifier: MIT */
/* inside.h: memory that fails when it is told to, and what only the library's inside knows. */
#ifndef INSIDE_H
#define INSIDE_H

#include "plx/plx.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The library's countdown-th allocation from now on fails, and so do the ones after it, length in
   all. 0: none. */
void inside_arm(long countdown, long length);

/* No allocation fails any more. Whether one did. */
bool inside_disarm(void);

/* Allocations of the library that were not given back. */
long inside_live(void);

/* Nothing that a rank sent to this one over the team's communicator waits to be received. */
bool inside_is_quiet(plx_team *);

#ifdef __cplusplus
}
#endif
#endif
