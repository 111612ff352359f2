/* SPDX-License-Identifier: MIT */
/*
 * cli/watch.c: the last word when a rank is lost, by signal 9 above all.
 *
 * Alone `run` has become mpirun, so only ranks are left to speak: the launcher ends them by TERM,
 * and a second later by KILL. A rank cannot tell that from a user's TERM but by looking whether a
 * process is gone. The lowest rank left on the host of the lost one speaks, rank 0 or another; if
 * that host had no other rank, only the launcher does. The rest linger, so as not to be taken for
 * lost themselves.
 */
#define _POSIX_C_SOURCE 200809L
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINGER_MS = 500, LINE_SIZE = 400, DIGITS = 12 };

static struct {
    plx_cli_peer *peers;
    size_t n;
    struct sigaction before;
    atomic_flag told;               /* a rank has threads, and each can be given a TERM */
} watch = {.told = ATOMIC_FLAG_INIT};

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
             "the job); nothing was saved: run it again\n");
    ssize_t ignored = write(STDERR_FILENO, line, at);
    (void)ignored;
}

static void look(void)
{
    size_t lost = 0, first = 0;
    while (lost < watch.n && !is_gone(watch.peers[lost].pid))
        lost++;
    while (first < watch.n && is_gone(watch.peers[first].pid))
        first++;
    if (lost < watch.n && first < watch.n && watch.peers[first].pid == getpid())
        tell_lost(watch.peers[lost].rank);
    else
        poll(NULL, 0, LINGER_MS);
}

static void end_by(int number)
{
    if (atomic_flag_test_and_set(&watch.told))
        return;
    look();
    signal(number, SIG_DFL);
    raise(number);
}

/* A pid that cannot be seen now, as in a container of its own, would look lost later. */
static bool keep_peers(const plx_cli_peer *peers, size_t n)
{
    watch.peers = malloc((n + 1) * sizeof *peers);
    for (size_t i = 0; watch.peers != NULL && i < n; i++)
        if (!is_gone(peers[i].pid))
            watch.peers[watch.n++] = peers[i];
    return watch.peers != NULL;
}

void plx_cli_watch_begin(const plx_cli_peer *peers, size_t n)
{
    if (watch.peers != NULL || !keep_peers(peers, n))
        return;
    struct sigaction ends = {.sa_handler = end_by};
    sigemptyset(&ends.sa_mask);
    sigaction(SIGTERM, &ends, &watch.before);
}

void plx_cli_watch_end(void)
{
    if (watch.peers == NULL)
        return;
    sigaction(SIGTERM, &watch.before, NULL);
    free(watch.peers);
    watch.peers = NULL;
    watch.n = 0;
}
