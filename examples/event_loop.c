/* SPDX-License-Identifier: MIT */
/*
 * event_loop.c: when threads are not the answer: 1,000 waits in one thread, beside a team that
 * needs a worker for each wait that goes on at once.
 *
 * Each wait is a timer's file descriptor; epoll tells which are over. Where all that a task does is
 * wait for a descriptor, one thread is enough. Times and threads are told on stderr. Linux only.
 */
#define _POSIX_C_SOURCE 200809L
#include <plx/kernels.h>
#include <plx/plx.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { WAITS = 1000, MS = 20, WORKERS = 100 };

static int start_wait(int loop)
{
    const struct itimerspec end = { .it_value.tv_nsec = MS * 1000000 };
    struct epoll_event event = { .events = EPOLLIN };
    event.data.fd = timerfd_create(CLOCK_MONOTONIC, 0);
    if (event.data.fd < 0 || timerfd_settime(event.data.fd, 0, &end, NULL) != 0)
        return -1;
    return epoll_ctl(loop, EPOLL_CTL_ADD, event.data.fd, &event);
}

static int wait_for_all(int loop)                       /* returns how many have ended */
{
    struct epoll_event over[64];
    int begun = 0, ended = 0, ready = 0;
    while (begun < WAITS && start_wait(loop) == 0)
        begun++;
    for (; ended < begun && ready >= 0; ended += ready > 0 ? ready : 0) {
        ready = epoll_wait(loop, over, 64, -1);
        for (int i = 0; i < ready; i++)
            close(over[i].data.fd);                     /* which takes it out of the loop, too */
    }
    return ended;
}

int main(int argc, char **argv)
{
    static uint64_t number[WAITS];
    double ms = MS;
    plx_job job = { .kernel = plx_kernel_find("wait"), .n = WAITS, .out = number, .ctx = &ms };
    plx_report report = { 0 };
    plx_team *team;
    const int loop = epoll_create1(0), ended = loop < 0 ? 0 : wait_for_all(loop);
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", WORKERS, &team);
    if (status == PLX_OK)
        status = plx_map(team, &job, &report);
    fprintf(stderr, "team: %d threads, %.3f s\n", report.threads, report.elapsed_s);
    printf("%d waits in one thread, %zu in a team, the last is item %d\n", ended, report.done,
           (int)number[WAITS - 1]);
    plx_close(team);
    close(loop);
    return plx_status_exit(ended == WAITS ? status : PLX_SYSTEM);
}
