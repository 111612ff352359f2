/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/serve.c: the helper's one loop: questions, ends of children, and what is due.
 *
 * Each channel goes from reading its question over running to the answer, and back. Nothing here
 * waits but epoll. When a channel closes, what it runs is killed; when all are closed, everything
 * is, and the process ends.
 */
#define _GNU_SOURCE
#include "serve.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tend.h"

enum { EVENTS = 32, MOST_MS = 3600000 };

typedef struct server {
    plx_helper *helper;
    plx_tended *lanes;
    int epoll, children, open;              /* descriptors; channels that are open */
} server;

static void close_lane(server *it, plx_tended *lane)
{
    plx_tend_kill(lane);
    epoll_ctl(it->epoll, EPOLL_CTL_DEL, lane->fd, NULL);
    close(lane->fd);
    lane->fd = it->helper->its[lane->number] = -1;
    it->open--;
}

/* Read on: 1: it is all there; 0: not yet; -1: the other end is closed. */
static int read_on(plx_tended *lane, unsigned char *to, size_t have, size_t want)
{
    ssize_t got = 1;
    while (have < want && got > 0) {
        got = recv(lane->fd, to + have, want - have, MSG_DONTWAIT);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0) {
            have += (size_t)got;
            lane->got += (size_t)got;
        }
    }
    if (have == want)
        return 1;
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : -1;
}

static bool make_room(plx_tended *lane, size_t size)
{
    if (size < lane->room)
        return true;
    free(lane->item);
    lane->room = 0;
    if (size < SIZE_MAX && (lane->item = malloc(size + 1)) != NULL)
        lane->room = size + 1;
    return lane->room > 0;
}

/* As read_on: one frame, its item too. */
static int read_frame(plx_tended *lane)
{
    const size_t head = sizeof lane->frame;
    int whole = 1;
    if (lane->got < head)
        whole = read_on(lane, (unsigned char *)&lane->frame, lane->got, head);
    if (whole != 1 || lane->frame.kind != PLX_SERVE_RUN)
        return whole;
    if (lane->got == head && !make_room(lane, (size_t)lane->frame.size))
        return -1;
    return read_on(lane, lane->item, lane->got - head, (size_t)lane->frame.size);
}

static void hear(server *it, plx_tended *lane)
{
    int whole = 0;
    while (lane->fd >= 0 && (whole = read_frame(lane)) == 1) {
        lane->got = 0;
        if (lane->frame.kind == PLX_SERVE_RUN)
            plx_tend_begin(it->helper, lane);
        else
            plx_tend_stop(lane);
    }
    if (whole < 0)
        close_lane(it, lane);
}

/* Its group goes while the zombie still holds its number, so that it can be no other's. */
static void reap(server *it)
{
    siginfo_t about = { .si_pid = 0 };
    struct signalfd_siginfo ignored[8];
    while (read(it->children, ignored, sizeof ignored) > 0) {
    }
    while (waitid(P_ALL, 0, &about, WEXITED | WNOHANG | WNOWAIT) == 0 && about.si_pid != 0) {
        const pid_t pid = about.si_pid;
        int how = 0, i = 0;
        while (i < it->helper->channels && it->lanes[i].pid != pid)
            i++;
        if (i < it->helper->channels)
            kill(-pid, SIGKILL);
        if (waitpid(pid, &how, 0) == pid && i < it->helper->channels)
            plx_tend_end(it->helper, &it->lanes[i], how);
        about.si_pid = 0;
    }
}

/* Do what is due, and tell how long nothing is. */
static int wait_ms(server *it)
{
    double next = INFINITY;
    for (int i = 0; i < it->helper->channels; i++)
        next = fmin(next, it->lanes[i].next_s);
    if (next == INFINITY)
        return -1;
    const double now = plx_serve_now();
    for (int i = 0; i < it->helper->channels; i++)
        if (it->lanes[i].next_s <= now)
            plx_tend_due(it->helper, &it->lanes[i]);
    return next <= now ? 0 : (int)fmin(ceil((next - now) * 1e3), MOST_MS);
}

static bool watch(server *it, int fd, plx_tended *lane)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = lane };
    return fd >= 0 && epoll_ctl(it->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool open_server(server *it, plx_helper *helper)
{
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    it->helper = helper;
    it->lanes = calloc((size_t)helper->channels, sizeof *it->lanes);
    it->epoll = epoll_create1(EPOLL_CLOEXEC);
    it->children = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    bool good = it->lanes != NULL && it->epoll >= 0 && watch(it, it->children, NULL);
    for (int i = 0; good && i < helper->channels; i++) {
        plx_tended *lane = &it->lanes[i];
        *lane = (plx_tended){ .number = i, .fd = helper->its[i], .next_s = INFINITY,
                              .slot = plx_serve_slot_at(helper, i) };
        good = watch(it, lane->fd, lane);
        it->open++;
    }
    return good;
}

static void loop(server *it)
{
    struct epoll_event events[EVENTS];
    while (it->open > 0) {
        const int n = epoll_wait(it->epoll, events, EVENTS, wait_ms(it));
        for (int i = 0; i < n; i++) {
            plx_tended *lane = events[i].data.ptr;
            if (lane == NULL)
                reap(it);
            else if (lane->fd >= 0)
                hear(it, lane);
        }
    }
}

_Noreturn void plx_serve_run(plx_helper *helper)
{
    server it = { .open = 0 };
    plx_settle_down(helper);
    if (helper->words != NULL || plx_child_prepare(helper)) {
        if (open_server(&it, helper))
            loop(&it);
        plx_settle_up();
        if (helper->words == NULL)
            plx_child_release(helper);
    }
    _exit(0);
}
