/* SPDX-License-Identifier: MIT */
/* cli/watch.h: has a rank of this host gone while the others are at work? */
#ifndef PLX_CLI_WATCH_H
#define PLX_CLI_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** A rank of this host. */
typedef struct plx_cli_peer {
    int rank;
    pid_t pid;
} plx_cli_peer;

/**
 * From now on plx_cli_watch_lost() looks at these. peers: by rank, this process among them; copied.
 * Without memory nothing is watched.
 */
void plx_cli_watch_begin(const plx_cli_peer *peers, size_t n);

/** What the line says at its end instead of "nothing was saved: run it again". It stays. */
void plx_cli_watch_keeps(const char *words);

/** Ranks that end from here on are not lost. */
void plx_cli_watch_end(void);

/** In a handler of CONT or TERM: is a peer gone? That is then why the launcher ends the others. */
bool plx_cli_watch_lost(void);

/**
 * There, once one is: the lowest rank left on the host says so, and gives what is being saved a
 * moment; the others wait for it to do so.
 */
void plx_cli_watch_tell(void);

#endif
