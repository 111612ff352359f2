/* SPDX-License-Identifier: MIT */
/* compare/launch.h: processes from start to end: their output, last word, time, how they ended. */
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
    double cpu_s;                   /* processor time of it and of all that it waited for */
} plx_launch;

/** What to start: argv ends with NULL; argv[0] is a path, or a name to be found in PATH. */
typedef struct plx_launch_what {
    char *const *argv;
    /* "NAME=value" sets a variable, "NAME" takes it out; ends with NULL. NULL: none of it */
    const char *const *environment;
} plx_launch_what;

/**
 * Run a command in a process group of its own and wait for its end, at most limit_s seconds.
 *
 * Errors   in launch->end; whatever it is, no process of the group is left and out is to be freed
 */
void plx_launch_run(char *const argv[], double limit_s, plx_launch *);

/** So many of one command at once, each into its own launch; count from 1. */
void plx_launch_run_many(const plx_launch_what *, size_t count, double limit_s, plx_launch *);

/** Now, in nanoseconds of CLOCK_MONOTONIC. */
long long plx_launch_now_ns(void);
/** The same in seconds. */
double plx_launch_now_s(void);

#endif
