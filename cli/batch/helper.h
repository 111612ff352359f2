/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/helper.h: the process that starts commands, and kernels in processes of their own.
 *
 * It is forked before any thread or MPI starts, so it may fork as it likes: itself once more for
 * each channel, over which one of the tool's workers at a time asks one question and gets one
 * answer. Each command is in a process group of its own with stdin from /dev/null, stdout and
 * stderr in files of their own, which have no name. What is left of a group when its first process
 * has ended is killed; what left its group is let be until the helper ends.
 *
 * Nothing outlives the tool: the helper is in a session of its own, so that what is sent to the
 * tool's group misses it; when a channel closes its process kills what it started, with all their
 * children, and ends. If that process is killed, the kernel kills each command's first process, and
 * the tool and the rest of the helper what else there is. A rank hears of its launcher's end late,
 * so the helper looks out for it: it ends what runs, without an answer, and sends the tool a TERM.
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
    bool launched;                      /* the tool's parent is a launcher: its end is the tool's */
} plx_helper_how;

/** Start it. 0, or after printing the line: 71, 73 (no file can be made in TMPDIR). */
int plx_helper_start(plx_helper **, const plx_helper_how *);

/** What to run. */
typedef struct plx_helper_ask {
    uint64_t index;                     /* the item's, from 0; its number is one more */
    const void *item;
    size_t size;
    double timeout_s;                   /* then TERM to the group, and KILL 0.5 s later; 0: none */
    bool (*stopped)(void *user);        /* asked every 10 ms or so; true: end it, TERM and KILL */
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
 * Run one and wait for its end; from any thread. False: the helper is gone (it was killed, or the
 * launcher was, or it was abandoned), and what it ran is killed: nothing is known of this item, and
 * nothing will run any more.
 *
 * A command that cannot be started ends with code 127 (not found) or 126, as in a shell.
 */
bool plx_helper_run(plx_helper *, const plx_helper_ask *, plx_helper_end *);

/** Why the kernel refused to be prepared there; NULL if it did not. Waits for it. Isolated only. */
const char *plx_helper_refused(plx_helper *);

/** What runs ends at once, without an answer, and nothing will run any more. In signal handlers. */
void plx_helper_abandon(plx_helper *);

/** End it, and wait until it is gone. NULL is fine. */
void plx_helper_stop(plx_helper *);

#endif
