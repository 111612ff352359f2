/* SPDX-License-Identifier: MIT */
/* compare/host.h: what a time depends on beside the code: the machine and how it is set. */
#ifndef COMPARE_HOST_H
#define COMPARE_HOST_H

#include "compare/compare.h"

/** Look around; what cannot be known stays empty. Runs `mpirun --version`, 5 seconds at most. */
void plx_host_look(plx_compare_host *);

#endif
