/* SPDX-License-Identifier: MIT */
/* inside.h: what only the library's inside knows. */
#ifndef INSIDE_H
#define INSIDE_H

#include "plx/plx.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Nothing that a rank sent to this one over the team's communicator waits to be received. */
bool inside_is_quiet(plx_team *);

#ifdef __cplusplus
}
#endif
#endif
