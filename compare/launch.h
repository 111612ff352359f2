/* SPDX-License-Identifier: MIT */
/* compare/launch.h: one process from start to end: its output, its last word, how it ended. */
#ifndef COMPARE_LAUNCH_H
#define COMPARE_LAUNCH_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum plx_launch_end {
    PLX_LAUNCH_EXITED, PLX_LAUNCH_KILLED, PLX_LAUNCH_TOO_LONG, PLX_LAUNCH_TOO_MUCH,
    PLX_LAUNCH_NOT_STARTED, PLX_LAUNCH_INTERRUPTED
} plx_launch_end;

typedef struct plx_launch {
    plx_launch_end end;
    int code;                       /* exit code, or the signal that ended it */
    char *out;                      /* stdout, NUL-terminated; to be freed */
    size_t out_size;
    char last[256];                 /* last line on stderr; one of ours ("parallax: ") wins */
    bool ours;                      /* it is one of ours */
} plx_launch;

/**
 * Run a command in a process group of its own and wait for its end, at most limit_s seconds.
 *
 * Shape    argv: ends with NULL; argv[0] is a path, or a name to be found in PATH
 * Errors   in launch->end; whatever it is, no process of the group is left and out is to be freed
 */
void plx_launch_run(char *const argv[], double limit_s, plx_launch *);

/** Now, in nanoseconds of CLOCK_MONOTONIC. */
long long plx_launch_now_ns(void);

#endif
