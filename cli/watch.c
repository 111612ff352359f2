/* SPDX-License-Identifier: MIT */
/*
 * cli/watch.c: the last word when a rank is lost, by signal 9 above all.
 *
 * Alone `run` has become mpirun, so only ranks are left to speak: the launcher sends them CONT at
 * once, a second later TERM, and then KILL. A rank cannot tell that from what a user sends but by
 * looking whether a process is gone. The lowest rank left on the host of the lost one speaks, rank
 * 0 or another; if that host had no other rank, only the launcher does. The rest linger, so as not
 * to be taken for lost themselves. What a handler may be reading is never freed.
 */
#define _POSIX_C_SOURCE 200809L
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINGER_MS = 500, SAVE_MS = 100, LINE_SIZE = 400, DIGITS = 12 };

static plx_cli_peer *peers_kept;
static _Atomic(const char *) kept = "nothing was saved: run it again";
static atomic_size_t peers_count;   /* 0: nothing is watched */
static atomic_flag told = ATOMIC_FLAG_INIT; /* or left to another: a TERM comes after the CONT */

static bool is_gone(pid_t pid)
{
    return kill(pid, 0) != 0 && errno == ESRCH;
}

static size_t add(char *line, size_t at, const char *text)
{
    while (*text != '\0' && at < LINE_SIZE)
        line[at++] = *text++;
    return at;
}

static size_t add_number(char *line, size_t at, int number)
{
    char digits[DIGITS + 1];
    size_t first = DIGITS;
    digits[DIGITS] = '\0';
    do
        digits[--first] = (char)('0' + number % 10);
    while ((number /= 10) > 0 && first > 0);
    return add(line, at, digits + first);
}

/* In a signal handler: nothing but what signal-safety(7) allows. */
static void tell_lost(int rank)
{
    char line[LINE_SIZE];
    size_t at = add(line, 0, "parallax: note: rank ");
    at = add_number(line, at, rank);
    at = add(line, at,
             " ended while the others were at work, so the launcher ends the job; how, it says "
             "itself: signal 9 is most often memory (fewer --ranks on a host, or more memory for "
             "the job); ");
    at = add(line, at, kept);
    at = add(line, at, "\n");
    ssize_t ignored = write(STDERR_FILENO, line, at);
    (void)ignored;
}

/* The first that is gone, or that is there; how many are watched: none. */
static size_t find(bool gone)
{
    const size_t n = peers_count;
    size_t at = 0;
    while (at < n && is_gone(peers_kept[at].pid) != gone)
        at++;
    return at;
}

bool plx_cli_watch_lost(void)
{
    return find(true) < peers_count;
}

void plx_cli_watch_tell(void)
{
    const size_t lost = find(true), first = find(false), n = peers_count;
    const bool again = atomic_flag_test_and_set(&told);
    const bool speaks = !again && lost < n && first < n && peers_kept[first].pid == getpid();
    if (speaks)
        tell_lost(peers_kept[lost].rank);
    poll(NULL, 0, speaks ? SAVE_MS : LINGER_MS);
}

/* A pid that cannot be seen now, as in a container of its own, would look lost later. */
void plx_cli_watch_begin(const plx_cli_peer *peers, size_t n)
{
    size_t seen = 0;
    if (peers_kept != NULL || (peers_kept = malloc((n + 1) * sizeof *peers)) == NULL)
        return;
    for (size_t i = 0; i < n; i++)
        if (!is_gone(peers[i].pid))
            peers_kept[seen++] = peers[i];
    peers_count = seen;
}

void plx_cli_watch_keeps(const char *words)
{
    kept = words;
}

void plx_cli_watch_end(void)
{
    peers_count = 0;
}
