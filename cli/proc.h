/* SPDX-License-Identifier: MIT */
/* cli/proc.h: what the kernel tells of a process. */
#ifndef PLX_CLI_PROC_H
#define PLX_CLI_PROC_H

#include <stdbool.h>

typedef struct plx_proc {
    long parent;
    unsigned long long start_ticks; /* since boot, sysconf(_SC_CLK_TCK) a second */
} plx_proc;

/** False: there is none of that number, or /proc does not say. */
bool plx_proc_read(long pid, plx_proc *);

#endif
