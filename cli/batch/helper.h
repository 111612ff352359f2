/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/helper.h: the process that starts commands, and kernels in processes of their own.
 *
 * It is forked before any thread or MPI starts, so it may fork as it likes; it has one thread and
 * one loop. Each of the tool's workers speaks to it over a channel of its own: one question, one
 * answer. Each command is in a process group of its own with stdin from /dev/null, stdout and
 * stderr in files of their own, which have no name. What is left of a group when its first process
 * has ended is killed.
 *
 * Nothing outlives the tool: the helper is in a session of its own, so that what is sent to the
 * tool's group misses it; when its channels close it kills every group and ends. The kernel kills
 * each command's first process if the helper dies, and the tool kills the groups it knows of.
 */
#ifndef PLX_CLI_BATCH_HELPER_H
#define PLX_CLI_BATCH_HELPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plx/kernel.h"
#include "words.h"

typedef struct plx_helper plx_helper;

typedef struct plx_helper_how {
    int channels;                       /* most runs at a time; more wait for one */
    const plx_words *words;             /* a command; NULL: the kernel */
    const plx_kernel *kernel;           /* already prepared by nobody: the helper does that once */
    const void *ctx;
    size_t n;                           /* that the kernel is prepared for */
} plx_helper_how;

/** Start it. 0, or 71 after printing the line. */
int plx_helper_start(plx_helper **, const plx_helper_how *);

/** What to run. */
typedef struct plx_helper_ask {
    uint64_t index;                     /* the item's, from 0; its number is one more */
    const void *item;
    size_t size;
    double timeout_s;                   /* then TERM to the group, and KILL 0.5 s later; 0: none */
    bool (*stopped)(void *user);        /* asked every 10 ms or so; true: end it (TERM, then KILL) */
    void *user;
    void *out;                          /* the kernel's out item */
} plx_helper_ask;

/** How it ended. */
typedef struct plx_helper_end {
    int code;                           /* exit code, 128 + signal; the kernel's failure code */
    int signal;                         /* 0: none */
    bool failed;                        /* not exit code 0; the kernel failed its item, or died */
    bool timed_out, stopped;
    double elapsed_s;                   /* from its start, as the helper saw it */
    int file[2];                        /* stdout, stderr, to be closed; -1: nothing was written */
    uint64_t output[2];                 /* bytes in them */
    char why[108];                      /* "exit code 3", "signal 11 (Segmentation fault)" … */
} plx_helper_end;

/**
 * Run one and wait for its end; from any thread. False: the helper is gone (it was killed), and
 * what it ran is killed: nothing is known of this item, and nothing will run any more.
 *
 * A command that cannot be started ends with code 127 (not found) or 126, as in a shell.
 */
bool plx_helper_run(plx_helper *, const plx_helper_ask *, plx_helper_end *);

/** Why the kernel refused to be prepared there; NULL if it did not. Waits for it. Isolated only. */
const char *plx_helper_refused(plx_helper *);

/** End it, and wait until it is gone. NULL is fine. */
void plx_helper_stop(plx_helper *);

#endif
