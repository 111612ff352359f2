/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/serve.c: the helper's first process: it prepares the kernel, makes one process for each
 * channel (lane.c), and waits for their ends or the launcher's.
 *
 * A process for each: so they start commands beside each other, and each knows of all that its own
 * command left behind. They end when the tool closes their channels, whether this one still lives
 * or not; one that ends otherwise takes all with it: nobody can say what became of its item.
 */
#define _GNU_SOURCE
#include "serve.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NAP_MS = 20, TRIES = 250 };          /* where processes are short: five seconds in all */

static pid_t fork_patiently(void)
{
    pid_t pid = fork();
    for (int tries = 1; pid < 0 && tries < TRIES; tries++) {
        poll(NULL, 0, NAP_MS);
        pid = fork();
    }
    return pid;
}

/* Each has its own channel and no other's, else nobody would see that one is closed. */
static bool open_lanes(plx_helper *helper)
{
    for (int i = 0; i < helper->channels; i++) {
        const pid_t pid = fork_patiently();
        if (pid == 0) {
            for (int other = i + 1; other < helper->channels; other++) {
                close(helper->its[other]);
                helper->its[other] = -1;
            }
            plx_lane_run(helper, i);
        }
        close(helper->its[i]);
        helper->its[i] = -1;
        if (pid < 0)
            return false;
    }
    return true;
}

/* What becomes readable when it ends; -1 and ESRCH if it has, -1 alone where none is watched. */
static int open_launcher(const plx_helper *helper)
{
    errno = ENOSYS;
#ifdef SYS_pidfd_open
    if (helper->launcher > 0)
        return (int)syscall(SYS_pidfd_open, helper->launcher, 0);
#else
    (void)helper;
#endif
    return -1;
}

/* False: the last has ended, or one of them as it should not. */
static bool lanes_work(void)
{
    int how = 0;
    pid_t pid;
    do
        pid = waitpid(-1, &how, WNOHANG);
    while (pid > 0 && WIFEXITED(how));
    return pid == 0;
}

/* Until they do no more. Where the launcher has ended the tool is told; it may hear of it late. */
static void mind_lanes(const plx_helper *helper)
{
    struct pollfd launcher = { .fd = open_launcher(helper), .events = POLLIN };
    bool gone = launcher.fd < 0 && errno == ESRCH;
    sigset_t open;
    sigemptyset(&open);
    while (!gone && lanes_work())
        gone = ppoll(&launcher, 1, NULL, &open) > 0;
    if (gone && getppid() == helper->tool)
        kill(helper->tool, SIGTERM);
}

_Noreturn void plx_serve_run(plx_helper *helper)
{
    plx_settle_down(helper);
    if (helper->words != NULL || plx_child_prepare(helper)) {
        if (open_lanes(helper))
            mind_lanes(helper);
        plx_settle_up();
        if (helper->words == NULL)
            plx_child_release(helper);
    }
    _exit(0);
}
