/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/lane.c: the process that has one channel: its questions, the ends of its children, and
 * what is due.
 *
 * It goes from reading a question over running to the answer, and back; it waits in one place only.
 * When the channel closes, what runs is killed with all it started, and the process ends.
 */
#define _GNU_SOURCE                         /* ppoll */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tend.h"

/* Read on: 1: it is all there; 0: not yet; -1: the other end is closed. */
static int read_on(plx_lane *lane, unsigned char *to, size_t have, size_t want)
{
    while (have < want) {
        const ssize_t got = recv(lane->fd, to + have, want - have, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return 0;
        if (got == 0 || (got < 0 && errno != EINTR))
            return -1;
        have += got > 0 ? (size_t)got : 0;
        lane->got += got > 0 ? (size_t)got : 0;
    }
    return 1;
}

static bool make_room(plx_lane *lane, size_t size)
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
static int read_frame(plx_lane *lane)
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

/* False: nobody is there any more. */
static bool hear(plx_helper *helper, plx_lane *lane)
{
    const int whole = read_frame(lane);
    if (whole != 1)
        return whole == 0;
    lane->got = 0;
    if (lane->frame.kind == PLX_SERVE_RUN)
        plx_tend_begin(helper, lane);
    else
        plx_tend_stop(lane);
    return true;
}

/* Its group goes while the zombie still holds the number, so that it can be no other's. */
static void reap(plx_helper *helper, plx_lane *lane)
{
    siginfo_t about = { .si_pid = 0 };
    const pid_t pid = lane->pid;
    int how = 0;
    if (pid != 0 && waitid(P_PID, (id_t)pid, &about, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        about.si_pid == pid) {
        kill(-pid, SIGKILL);
        if (waitpid(pid, &how, 0) == pid)
            plx_tend_end(helper, lane, how, plx_settle_reap());
    } else if (pid == 0)
        plx_settle_reap();
}

/* Do what is due, and wait for a child's end, a frame, or what is due next. */
static int wait_for_news(plx_helper *helper, plx_lane *lane, const sigset_t *open)
{
    struct pollfd news = { .fd = lane->fd, .events = POLLIN };
    const double now = lane->next_s == INFINITY ? 0 : plx_serve_now();
    if (lane->next_s <= now) {
        plx_tend_due(helper, lane);
        return 0;
    }
    if (lane->next_s == INFINITY)
        return ppoll(&news, 1, NULL, open);
    const double left = fmin(lane->next_s - now, 1e6), whole = floor(left);
    const struct timespec until = { .tv_sec = (time_t)whole,
                                    .tv_nsec = (long)((left - whole) * 1e9) };
    return ppoll(&news, 1, &until, open);
}

_Noreturn void plx_lane_run(plx_helper *helper, int channel)
{
    plx_lane lane = { .fd = helper->its[channel], .next_s = INFINITY, .file = { -1, -1 },
                      .slot = plx_serve_slot_at(helper, channel) };
    sigset_t open;
    sigemptyset(&open);
    plx_settle_heir();
    for (bool more = true; more;) {
        const int news = wait_for_news(helper, &lane, &open);
        if (news < 0)
            reap(helper, &lane);
        else if (news > 0)
            more = hear(helper, &lane);
    }
    plx_tend_kill(&lane);
    atomic_store(&lane.slot->group, 0); /* from here on the number may become another's */
    plx_settle_up();
    _exit(0);
}
