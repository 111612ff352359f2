/* SPDX-License-Identifier: MIT */
/* compare/spawn.h: a process of its own group, with its outputs at hand. */
#ifndef COMPARE_SPAWN_H
#define COMPARE_SPAWN_H

#include <sys/types.h>

#include "compare/launch.h"

enum { PLX_SPAWN_OUT, PLX_SPAWN_ERR };

typedef struct plx_spawn {
    pid_t pid;
    int pipe[2];                    /* read ends of its outputs; -1: closed */
} plx_spawn;

/** errno of what failed (the process is gone then), or 0: the program runs. */
int plx_spawn_start(plx_spawn *, const plx_launch_what *);

/** Close one end, if it is open. */
void plx_spawn_shut(int *end);

#endif
