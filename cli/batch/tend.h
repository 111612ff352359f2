/* SPDX-License-Identifier: MIT */
/* cli/batch/tend.h: inside a helper's process: one item from its start to its answer. */
#ifndef PLX_CLI_BATCH_TEND_H
#define PLX_CLI_BATCH_TEND_H

#include "serve.h"

/** How far the one that runs is. What is due at next_s follows from it. */
typedef enum plx_tend_step {
    PLX_TEND_IDLE,
    PLX_TEND_HELD,                  /* there was no process or descriptor for it: tried again */
    PLX_TEND_RUNS,
    PLX_TEND_ASKED,                 /* a TERM was sent */
    PLX_TEND_KILLED
} plx_tend_step;

/** One channel, as its process sees it. */
typedef struct plx_lane {
    int fd;
    plx_serve_slot *slot;
    plx_serve_ask frame, ask;       /* what is being read; what runs */
    unsigned char *item;
    size_t room, got;               /* bytes: of item; of the frame and its item */
    plx_tend_step step;
    pid_t pid;                      /* 0: none */
    int file[2];                    /* its stdout and stderr; -1: none is open */
    bool timed_out, stopped;
    double asked_s, begun_s, next_s;
} plx_lane;

/** The question is read: start it. */
void plx_tend_begin(plx_helper *, plx_lane *);

/** Do what is due now. */
void plx_tend_due(plx_helper *, plx_lane *);

/** The tool wants it no more. */
void plx_tend_stop(plx_lane *);

/** Its first process has ended: answer. alone: it left nobody behind. */
void plx_tend_end(plx_helper *, plx_lane *, int how, bool alone);

/** The tool is gone: kill its group. */
void plx_tend_kill(plx_lane *);

#endif
