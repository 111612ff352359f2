/* SPDX-License-Identifier: MIT */
/*
 * compare/launch.c: start a process, read both its outputs, wait for its end, never for ever.
 *
 * The child leads a process group of its own, so that whatever it starts ends with it. It is asked
 * first (TERM: mpirun then ends its ranks, which are in groups of their own) and killed two seconds
 * later. If we die without a word, the kernel sends the child a TERM.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "compare/interrupt.h"

enum { OUT, ERR };
static const size_t OUT_MOST = (size_t)64 << 20;
/* from TERM to KILL, and from the child's end to the end of its outputs */
static const double GRACE_S = 2;

/* one launch while it runs */
typedef struct running {
    plx_launch *launch;
    pid_t pid;
    bool ended; /* waited for: status is valid */
    int status;
    int pipe[2];    /* read ends; -1: closed */
    size_t room;    /* of launch->out */
    char line[256]; /* stderr's line so far */
    size_t line_size;
} running;

long long plx_launch_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000000000 + now.tv_nsec;
}

static double now_s(void)
{
    return (double)plx_launch_now_ns() * 1e-9;
}

/* In the child: only async-signal-safe calls. */
static void become(char *const argv[], const int out[2], const int err[2], int report, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(127);
    int null = open("/dev/null", O_RDONLY);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    execvp(argv[0], argv);
    int why = errno;
    ssize_t written = write(report, &why, sizeof why);
    _exit(written < 0 ? 126 : 127);
}

/* A pipe whose ends no later child inherits and whose numbers lie above the standard ones. */
static int make_pipe(int ends[2])
{
    int raw[2];
    if (pipe(raw) != 0)
        return -1;
    for (int i = 0; i < 2; i++)
        ends[i] = fcntl(raw[i], F_DUPFD_CLOEXEC, 3);
    close(raw[0]);
    close(raw[1]);
    return ends[0] < 0 || ends[1] < 0 ? -1 : 0;
}

static void shut(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

/* errno of what failed, or 0: the program runs. exec's success closes the report pipe. */
static int start(running *flight, char *const argv[])
{
    int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}}, why = 0;
    for (int i = 0; i < 3 && why == 0; i++)
        why = make_pipe(pipes[i]) == 0 ? 0 : errno;
    pid_t parent = getpid();
    flight->pid = why ? -1 : fork();
    if (flight->pid == 0)
        become(argv, pipes[OUT], pipes[ERR], pipes[2][1], parent);
    if (flight->pid < 0 && why == 0)
        why = errno;
    for (int i = 0; i < 3; i++)
        shut(&pipes[i][1]);
    if (flight->pid > 0) {
        setpgid(flight->pid, flight->pid); /* whoever is first: both do it */
        ssize_t got;
        while ((got = read(pipes[2][0], &why, sizeof why)) < 0 && errno == EINTR)
            continue;
        if (got == (ssize_t)sizeof why)
            waitpid(flight->pid, &flight->status, 0);
    }
    shut(&pipes[2][0]);
    flight->pipe[OUT] = pipes[OUT][0];
    flight->pipe[ERR] = pipes[ERR][0];
    return why;
}

static void end_line(running *flight)
{
    static const char name[] = "parallax: ", note[] = "parallax: note: ";
    flight->line[flight->line_size] = '\0';
    bool ours = strncmp(flight->line, name, sizeof name - 1) == 0;
    bool talk = strncmp(flight->line, note, sizeof note - 1) == 0;
    bool words = strpbrk(flight->line, "abcdefghijklmnopqrstuvwxyz") != NULL;   /* no mere rule */
    if (words && !talk && (ours || !flight->launch->ours)) {
        memcpy(flight->launch->last, flight->line, flight->line_size + 1);
        flight->launch->ours = ours;
    }
    flight->line_size = 0;
}

static void take_err(running *flight, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte == '\n')
            end_line(flight);
        else if (flight->line_size < sizeof flight->line - 1)
            flight->line[flight->line_size++] = byte < 32 || byte == 127 ? ' ' : (char)byte;
    }
}

/* False: there is more than anyone's answer. */
static bool take_out(running *flight, const char *bytes, size_t size)
{
    plx_launch *launch = flight->launch;
    if (size > OUT_MOST - launch->out_size)
        return false;
    if (launch->out_size + size + 1 > flight->room) {
        size_t room = 2 * flight->room + size + 1;
        char *larger = realloc(launch->out, room);
        if (!larger)
            return false;
        launch->out = larger;
        flight->room = room;
    }
    memcpy(launch->out + launch->out_size, bytes, size);
    launch->out_size += size;
    launch->out[launch->out_size] = '\0';
    return true;
}

/* Wait at most wait_ms for output, and take it. False: too much. */
static bool listen_once(running *flight, int wait_ms)
{
    char bytes[65536];
    struct pollfd fds[2] = {{.fd = flight->pipe[OUT], .events = POLLIN},
                            {.fd = flight->pipe[ERR], .events = POLLIN}};
    if (poll(fds, 2, wait_ms) <= 0)
        return true;
    for (int i = OUT; i <= ERR; i++) {
        if (fds[i].fd < 0 || fds[i].revents == 0)
            continue;
        ssize_t got = read(fds[i].fd, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            shut(&flight->pipe[i]);
        else if (i == ERR)
            take_err(flight, bytes, (size_t)got);
        else if (!take_out(flight, bytes, (size_t)got))
            return false;
    }
    return true;
}

static bool gone(running *flight)
{
    if (!flight->ended)
        flight->ended = waitpid(flight->pid, &flight->status, WNOHANG) == flight->pid;
    return flight->ended;
}

static bool silent(const running *flight)
{
    return flight->pipe[OUT] < 0 && flight->pipe[ERR] < 0;
}

/* Until it ended and both outputs are read. A grandchild that keeps one open gets the grace. */
static plx_launch_end attend(running *flight, double until_s)
{
    bool told = false;
    for (;;) {
        if (gone(flight) && silent(flight))
            return PLX_LAUNCH_EXITED;
        if (flight->ended && !told) {
            told = true;
            if (now_s() + GRACE_S < until_s)
                until_s = now_s() + GRACE_S;
        }
        if (plx_interrupt_signal())
            return PLX_LAUNCH_INTERRUPTED;
        if (now_s() >= until_s)
            return flight->ended ? PLX_LAUNCH_EXITED : PLX_LAUNCH_TOO_LONG;
        /* outputs wake us at once; an end without them is looked for often, the rest rarely */
        if (!listen_once(flight, silent(flight) || flight->ended ? 2 : 100))
            return PLX_LAUNCH_TOO_MUCH;
    }
}

/* Nobody of the group outlives this. */
static void finish(running *flight, bool ask)
{
    double until_s = now_s() + GRACE_S;
    if (ask)
        kill(-flight->pid, SIGTERM);
    while (ask && !gone(flight) && now_s() < until_s)
        listen_once(flight, silent(flight) ? 2 : 20);
    kill(-flight->pid, SIGKILL);
    while (!flight->ended) {
        pid_t got = waitpid(flight->pid, &flight->status, 0);
        flight->ended = got == flight->pid || (got < 0 && errno != EINTR);
    }
    end_line(flight);
}

void plx_launch_run(char *const argv[], double limit_s, plx_launch *launch)
{
    running flight = {.launch = launch};
    memset(launch, 0, sizeof *launch);
    int why = start(&flight, argv);
    if (why) {
        launch->end = PLX_LAUNCH_NOT_STARTED;
        launch->code = why;
        snprintf(launch->last, sizeof launch->last, "%.200s: %s", argv[0], strerror(why));
    } else {
        launch->end = attend(&flight, now_s() + limit_s);
        finish(&flight, launch->end != PLX_LAUNCH_EXITED);
        if (launch->end == PLX_LAUNCH_EXITED && WIFSIGNALED(flight.status))
            launch->end = PLX_LAUNCH_KILLED;
        launch->code =
            WIFSIGNALED(flight.status) ? WTERMSIG(flight.status) : WEXITSTATUS(flight.status);
    }
    shut(&flight.pipe[OUT]);
    shut(&flight.pipe[ERR]);
}
