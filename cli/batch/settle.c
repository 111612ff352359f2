/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/settle.c: how the helper's processes begin and end: alone, with nothing of the tool's
 * but their channels; and leaving nothing behind.
 *
 * A command's orphans become the children of its lane (PR_SET_CHILD_SUBREAPER), or of the helper if
 * that is gone. So at the end all are found, those too that left their group, and none stays a
 * zombie where nobody reaps.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../proc.h"
#include "serve.h"

enum { FDS_MAX = 65536, NAP_MS = 2 };

static const double end_s = 5;              /* for processes that take long to die of KILL */

static void take_no_notice(int number)
{
    (void)number;
}

/* Caught, not ignored: exec then gives commands the default, and a child's end ends a wait. */
void plx_settle_signals(void (*handler)(int))
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2,
                                   SIGCHLD };
    struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &action, NULL);
}

static bool is_kept(const plx_helper *helper, int fd)
{
    for (int i = 0; i < helper->channels; i++)
        if (helper->its[i] == fd)
            return true;
    return false;
}

static void close_above(int fd)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)fd + 1, ~0U, 0) == 0)
        return;
#endif
    const long most = sysconf(_SC_OPEN_MAX);
    for (int i = fd + 1; i < (most > 0 && most < FDS_MAX ? (int)most : FDS_MAX); i++)
        close(i);
}

/* Whoever waits for the tool's output to end shall not wait for us. */
static void close_others(const plx_helper *helper)
{
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int highest = STDERR_FILENO;
    for (int fd = 0; fd <= STDERR_FILENO && null >= 0; fd++)
        if (fd != null)
            dup2(null, fd);
    for (int i = 0; i < helper->channels; i++)
        highest = helper->its[i] > highest ? helper->its[i] : highest;
    for (int fd = STDERR_FILENO + 1; fd < highest; fd++)
        if (!is_kept(helper, fd))
            close(fd);
    close_above(highest);
}

void plx_settle_heir(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

void plx_settle_down(plx_helper *helper)
{
    sigset_t held;                          /* TERM: a kernel's process shall miss none */
    sigemptyset(&held);
    sigaddset(&held, SIGCHLD);
    sigaddset(&held, SIGTERM);
    setsid();
    for (int number = 1; number < SIGRTMAX; number++)
        signal(number, SIG_DFL);
    plx_settle_signals(take_no_notice);
    sigprocmask(SIG_SETMASK, &held, NULL);
    prctl(PR_SET_NAME, "parallax-help");
    plx_settle_heir();
    close_others(helper);
}

static bool is_child(long pid)
{
    plx_proc proc;
    return plx_proc_read(pid, &proc) && proc.parent == (long)getpid();
}

static void kill_children(void)
{
    DIR *folder = opendir("/proc");
    if (folder == NULL)
        return;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        const long pid = strtol(entry->d_name, NULL, 10);
        if (pid > 0 && is_child(pid))       /* the other names are no numbers */
            kill((pid_t)pid, SIGKILL);
    }
    closedir(folder);
}

bool plx_settle_reap(void)
{
    pid_t pid;
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
    }
    return pid < 0 && errno == ECHILD;
}

/* What a killed one leaves behind is our child next, and killed in the next round. */
void plx_settle_up(void)
{
    const double until = plx_serve_now() + end_s;
    while (!plx_settle_reap() && plx_serve_now() < until) {
        poll(NULL, 0, NAP_MS);              /* most are about to end */
        kill_children();
    }
}
