/* SPDX-License-Identifier: MIT */
/* cli/launch.h: becoming mpirun, so that signals and exit code are mpirun's own. */
#ifndef PLX_CLI_LAUNCH_H
#define PLX_CLI_LAUNCH_H

#include <stdbool.h>
#include <stdint.h>

typedef struct plx_cli_layout {
    int ranks, threads;             /* processes (0: one in each slot), and cores for each */
    bool oversubscribe;             /* ranks may share cores */
    bool reads_stdin;               /* rank 0 does; else it is /dev/null */
} plx_cli_layout;

/**
 * Where ranks or threads is 0 (not told): the allocation's tasks, and the cores of each; without
 * one ranks = cores / threads, threads = cores / ranks, at least 1.
 */
plx_cli_layout plx_cli_launch_layout(int ranks, int threads, int cores);

/**
 * 0, or 64 after printing the line: more ranks than cores, and neither the user nor the launcher's
 * own settings let them share. Where an allocation or a hostfile has the slots mpirun counts them.
 */
int plx_cli_launch_check(plx_cli_layout);

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
