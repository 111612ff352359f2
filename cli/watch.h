/* SPDX-License-Identifier: MIT */
/* cli/watch.h: one line of ours when a rank is lost and the launcher ends the others. */
#ifndef PLX_CLI_WATCH_H
#define PLX_CLI_WATCH_H

#include <stddef.h>
#include <sys/types.h>

/** A rank of this host. */
typedef struct plx_cli_peer {
    int rank;
    pid_t pid;
} plx_cli_peer;

/**
 * From now on TERM makes this process look whether one of its peers is gone, and say so if it is
 * the lowest rank that is left on the host. peers: by rank, this process among them; copied.
 * Without memory nothing is watched.
 */
void plx_cli_watch_begin(const plx_cli_peer *peers, size_t n);

/** TERM ends the process as before; ranks that end from here on are not lost. */
void plx_cli_watch_end(void);

#endif
