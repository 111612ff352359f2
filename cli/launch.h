/* SPDX-License-Identifier: MIT */
/* cli/launch.h: becoming mpirun, so that signals and exit code are mpirun's own. */
#ifndef PLX_CLI_LAUNCH_H
#define PLX_CLI_LAUNCH_H

#include <stdint.h>

typedef struct plx_cli_layout {
    int ranks, threads;             /* processes, and cores for each */
} plx_cli_layout;

/** Where ranks or threads is 0 (not told): ranks = cores / threads, threads = cores / ranks, at
    least 1. */
plx_cli_layout plx_cli_launch_layout(int ranks, int threads, int cores);

/** What the ranks are bound to. Default: cores if there are enough, else nothing. */
typedef enum plx_cli_bind {
    PLX_CLI_BIND_DEFAULT, PLX_CLI_BIND_CORE, PLX_CLI_BIND_NONE
} plx_cli_bind;

/**
 * Become mpirun, which starts this program with argv (argv[0]: the command's name) and --started NS
 * added if started is 0. Returns only on failure: 64 (the binding cannot be), 69 or 71 after
 * printing the line.
 */
int plx_cli_launch(plx_cli_layout, plx_cli_bind, uint64_t started, int argc, char **argv);

#endif
