/* SPDX-License-Identifier: MIT */
/* cli/since.h: how long the launch took before main had its first word. */
#ifndef PLX_CLI_SINCE_H
#define PLX_CLI_SINCE_H

#include <stdint.h>

/** Now, in nanoseconds of CLOCK_MONOTONIC. */
uint64_t plx_cli_since_now(void);

/** Main's first call: remember now. */
void plx_cli_since_mark(void);

/** The moment that was remembered. */
uint64_t plx_cli_since_main(void);

/**
 * Seconds from the start of the launch's first process to main's first call. started: that start as
 * this host's plx_cli_since_now(), or 0: the process's own, under a launcher its parent's, to 10
 * ms. Negative if it cannot be known.
 */
double plx_cli_since_launch(uint64_t started);

#endif
