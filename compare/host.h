/* SPDX-License-Identifier: MIT */
/* compare/host.h: what a time depends on beside the code: the machine and how it is set. */
#ifndef COMPARE_HOST_H
#define COMPARE_HOST_H

#include "compare/compare.h"

/** Look around; what cannot be known stays empty. Runs `mpirun --version`, 5 seconds at most. */
void plx_host_look(plx_compare_host *);

/** Bytes of memory that this process could still take, of the machine and of its cgroup; 0: not
    known. */
double plx_host_memory(void);

#endif
