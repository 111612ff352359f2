/* SPDX-License-Identifier: MIT */
/*
 * compare/launch.c: start processes, read both their outputs, wait for their end, never for ever.
 *
 * What is not wanted any more is asked first (TERM: mpirun then ends its ranks, which are in groups
 * of their own) and killed with its whole group five seconds later.
 */
#define _DEFAULT_SOURCE /* wait4 */
#include "compare/launch.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "compare/interrupt.h"
#include "compare/spawn.h"

enum { OUT = PLX_SPAWN_OUT, ERR = PLX_SPAWN_ERR };
static const size_t OUT_MOST = (size_t)64 << 20;
/* from TERM to KILL: mpirun takes two to end its ranks and to clean up */
static const double ASK_S = 5;
/* from the child's end to the end of its outputs */
static const double GRACE_S = 2;

/* one launch while it runs */
typedef struct running {
    plx_launch *launch;
    plx_spawn process;
    bool over;  /* nothing more is expected of it: launch->end is valid */
    bool ended; /* waited for: status is valid */
    double until_s;
    int status;
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

double plx_launch_now_s(void)
{
    return (double)plx_launch_now_ns() * 1e-9;
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

/* Take what is there. False: too much. */
static bool listen_to(running *flight, int i)
{
    char bytes[65536];
    ssize_t got = read(flight->process.pipe[i], bytes, sizeof bytes);
    if (got < 0 && errno == EINTR)
        return true;
    if (got <= 0)
        plx_spawn_shut(&flight->process.pipe[i]);
    else if (i == ERR)
        take_err(flight, bytes, (size_t)got);
    else
        return take_out(flight, bytes, (size_t)got);
    return true;
}

/* Wait at most wait_ms for output, and take it. False: too much. */
static bool listen_once(running *flight, int wait_ms)
{
    struct pollfd fds[2] = {{.fd = flight->process.pipe[OUT], .events = POLLIN},
                            {.fd = flight->process.pipe[ERR], .events = POLLIN}};
    bool good = true;
    if (poll(fds, 2, wait_ms) <= 0)
        return true;
    for (int i = OUT; i <= ERR; i++)
        if (fds[i].fd >= 0 && fds[i].revents != 0)
            good = listen_to(flight, i) && good;
    return good;
}

/* How long it ran on all cores is known once it was waited for. */
static bool wait_for(running *flight, int flags)
{
    struct rusage used;
    pid_t got = wait4(flight->process.pid, &flight->status, flags, &used);
    if (got != flight->process.pid)
        return got < 0 && errno != EINTR;
    flight->launch->cpu_s =
        (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
        (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
    return true;
}

static bool gone(running *flight)
{
    if (!flight->ended)
        flight->ended = wait_for(flight, WNOHANG);
    return flight->ended;
}

static bool silent(const running *flight)
{
    return flight->process.pipe[OUT] < 0 && flight->process.pipe[ERR] < 0;
}

/* Is it over: ended with both outputs read, too late, or not wanted any more? A grandchild that
   keeps an output open gets the grace. */
static bool look(running *flight)
{
    bool ended = flight->ended;
    flight->launch->end = PLX_LAUNCH_EXITED;
    if (gone(flight) && silent(flight))
        return true;
    if (!ended && flight->ended && plx_launch_now_s() + GRACE_S < flight->until_s)
        flight->until_s = plx_launch_now_s() + GRACE_S;
    flight->launch->end = plx_interrupt_signal() ? PLX_LAUNCH_INTERRUPTED
                          : flight->ended        ? PLX_LAUNCH_EXITED
                                                 : PLX_LAUNCH_TOO_LONG;
    return plx_interrupt_signal() || plx_launch_now_s() >= flight->until_s;
}

/* Nobody of the group outlives this; who was asked to end gets the grace. */
static void finish(running *flight)
{
    bool asked = flight->launch->end != PLX_LAUNCH_EXITED;
    while (asked && !gone(flight) && plx_launch_now_s() < flight->until_s)
        listen_once(flight, silent(flight) ? 2 : 20);
    kill(-flight->process.pid, SIGKILL);
    while (!flight->ended)
        flight->ended = wait_for(flight, 0);
    end_line(flight);
}

static void begin(running *flight, const plx_launch_what *what, double limit_s, plx_launch *launch)
{
    memset(launch, 0, sizeof *launch);
    *flight = (running){.launch = launch};
    int why = plx_spawn_start(&flight->process, what);
    flight->until_s = plx_launch_now_s() + limit_s;
    if (why) {
        flight->over = true;
        launch->end = PLX_LAUNCH_NOT_STARTED;
        launch->code = why;
        snprintf(launch->last, sizeof launch->last, "%.200s: %s", what->argv[0], strerror(why));
    }
}

static void conclude(running *flight)
{
    plx_launch *launch = flight->launch;
    if (launch->end != PLX_LAUNCH_NOT_STARTED) {
        finish(flight);
        bool killed = WIFSIGNALED(flight->status);
        if (launch->end == PLX_LAUNCH_EXITED && killed)
            launch->end = PLX_LAUNCH_KILLED;
        launch->code = killed ? WTERMSIG(flight->status) : WEXITSTATUS(flight->status);
    }
    plx_spawn_shut(&flight->process.pipe[OUT]);
    plx_spawn_shut(&flight->process.pipe[ERR]);
}

/* Outputs wake us at once; an end without them is looked for often, the rest rarely. */
static void listen_all(running *flights, struct pollfd *fds, size_t count)
{
    int wait_ms = 100;
    for (size_t i = 0; i < count; i++) {
        for (int k = OUT; k <= ERR; k++)
            fds[2 * i + (size_t)k] = (struct pollfd){
                .fd = flights[i].over ? -1 : flights[i].process.pipe[k], .events = POLLIN};
        if (!flights[i].over && (silent(&flights[i]) || flights[i].ended))
            wait_ms = 2;
    }
    if (poll(fds, 2 * (nfds_t)count, wait_ms) <= 0)
        return;
    for (size_t i = 0; i < 2 * count; i++) {
        running *flight = &flights[i / 2];
        if (fds[i].fd >= 0 && fds[i].revents != 0 && !listen_to(flight, (int)(i % 2))) {
            flight->launch->end = PLX_LAUNCH_TOO_MUCH;
            flight->over = true;
        }
    }
}

/* Until each is over; then nobody is left. */
static void run_all(running *flights, struct pollfd *fds, size_t count)
{
    for (size_t left = count; left > 0;) {
        left = 0;
        for (size_t i = 0; i < count; i++) {
            if (!flights[i].over)
                flights[i].over = look(&flights[i]);
            left += !flights[i].over;
        }
        if (left > 0)
            listen_all(flights, fds, count);
    }
    /* all are asked to end before one is waited for, and once: at a second TERM mpirun leaves its
       ranks and files behind */
    for (size_t i = 0; i < count; i++) {
        flights[i].until_s = plx_launch_now_s() + ASK_S;
        if (flights[i].launch->end > PLX_LAUNCH_KILLED &&
            flights[i].launch->end != PLX_LAUNCH_NOT_STARTED)
            kill(-flights[i].process.pid, SIGTERM);
    }
    for (size_t i = 0; i < count; i++)
        conclude(&flights[i]);
}

void plx_launch_run_many(const plx_launch_what *what, size_t count, double limit_s,
                         plx_launch *launches)
{
    running *flights = malloc(count * sizeof *flights);
    struct pollfd *fds = malloc(2 * count * sizeof *fds);
    const bool room = flights && fds;
    for (size_t i = 0; i < count; i++) {
        if (room)
            begin(&flights[i], what, limit_s, &launches[i]);
        else
            launches[i] = (plx_launch){.end = PLX_LAUNCH_NOT_STARTED, .last = "out of memory"};
    }
    if (room)
        run_all(flights, fds, count);
    free(flights);
    free(fds);
}

void plx_launch_run(char *const argv[], double limit_s, plx_launch *launch)
{
    plx_launch_run_many(&(plx_launch_what){.argv = argv}, 1, limit_s, launch);
}
