/* SPDX-License-Identifier: MIT */
/*
 * journal/process.h: who writes: a process as the header of a segment and an owner's file name it.
 *
 * A pid alone says nothing once it is used again; with the time its process started, and the boot
 * that this time counts from, it names one process for ever.
 */
#ifndef PLX_JOURNAL_PROCESS_H
#define PLX_JOURNAL_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "journal/journal.h"

typedef struct plx_process {
    char host[PLX_HOST_MAX], boot[40];
    int64_t pid, start;                 /* field 22 of /proc/PID/stat; 0: not known */
} plx_process;

/** This one. What the system does not tell is "" or 0. */
void plx_process_self(plx_process *);

/** It was on this host, since it started up. */
bool plx_process_is_here(const char *host, const char *boot);

/** It is still there, and no zombie. Here only; one that cannot be looked at is taken for alive. */
bool plx_process_is_alive(int64_t pid, int64_t start);

#endif
