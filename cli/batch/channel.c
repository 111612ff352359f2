/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/channel.c: the tool's side of one run: a free channel, the question, the answer.
 *
 * A worker waits in the kernel, and looks every 10 ms whether it shall go on (the channels' time
 * limit for receiving). No lock: whoever sets a channel's mark has it. If the helper is gone its
 * end of the channel is closed; then the group that stands in the slot is nobody's, and is killed.
 */
#define _GNU_SOURCE                         /* MSG_CMSG_CLOEXEC */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "serve.h"

enum { NAP_MS = 1 };

static const double early_s = 0.02;         /* the caller's clock began before the helper's */

static bool asks_to_stop(const plx_helper_ask *ask)
{
    return ask->stopped != NULL && ask->stopped(ask->user);
}

/* A free channel; -1: stopped before there was one. */
static int take(plx_helper *helper, const plx_helper_ask *ask)
{
    for (;;) {
        for (int i = 0; i < helper->channels; i++)
            if (!atomic_exchange_explicit(&helper->busy[i], true, memory_order_acquire))
                return i;
        if (asks_to_stop(ask))
            return -1;
        poll(NULL, 0, NAP_MS);
    }
}

static void give(plx_helper *helper, int channel)
{
    atomic_store_explicit(&helper->busy[channel], false, memory_order_release);
}

/* All bytes of a frame and its item. */
static bool send_all(int fd, const plx_serve_ask *frame, const void *item)
{
    const size_t head = sizeof *frame, all = head + (size_t)frame->size;
    size_t sent = 0;
    while (sent < all) {
        struct iovec parts[2] = {
            { .iov_base = (unsigned char *)(uintptr_t)frame + sent, .iov_len = head - sent },
            { .iov_base = (void *)(uintptr_t)item, .iov_len = (size_t)frame->size },
        };
        struct msghdr message = { .msg_iov = parts, .msg_iovlen = frame->size > 0 ? 2 : 1 };
        if (sent >= head) {
            parts[1].iov_base = (unsigned char *)(uintptr_t)item + (sent - head);
            parts[1].iov_len = all - sent;
            message.msg_iov = &parts[1];
            message.msg_iovlen = 1;
        }
        const ssize_t more = sendmsg(fd, &message, MSG_NOSIGNAL);
        if (more < 0 && errno != EINTR)
            return false;
        sent += more > 0 ? (size_t)more : 0;
    }
    return true;
}

/* The files come with the first byte of the answer, in the order of its streams. */
static void take_files(struct msghdr *message, int files[2])
{
    for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head != NULL;
         head = CMSG_NXTHDR(message, head))
        if (head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS)
            memcpy(files, CMSG_DATA(head), head->cmsg_len - CMSG_LEN(0));
}

/* 1: all of the answer is there; 0: not yet; -1: the helper is gone. */
static int receive(int fd, plx_helper_end *end, size_t *got, int files[2])
{
    union {
        char bytes[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr aligned;
    } room;
    struct iovec part = { .iov_base = (unsigned char *)end + *got, .iov_len = sizeof *end - *got };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = room.bytes,
                              .msg_controllen = sizeof room.bytes };
    const ssize_t more = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    if (more < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
    if (more == 0)
        return -1;
    take_files(&message, files);
    *got += (size_t)more;
    return *got == sizeof *end;
}

/* From its limit on the helper ends it anyway: a stop would only cut short its time for that. */
static bool wait_for_end(int fd, const plx_helper_ask *ask, plx_helper_end *end)
{
    const double limit = ask->timeout_s > 0 ? plx_serve_now() + ask->timeout_s - early_s : INFINITY;
    int files[2] = { -1, -1 }, next = 0, whole;
    size_t got = 0;
    bool told = false;
    while ((whole = receive(fd, end, &got, files)) == 0)
        if (!told && asks_to_stop(ask) && plx_serve_now() < limit) {
            const plx_serve_ask stop = { .kind = PLX_SERVE_STOP };
            told = send_all(fd, &stop, NULL);
        }
    for (int i = 0; i < 2 && whole == 1; i++)
        if (end->file[i] >= 0)
            end->file[i] = files[next++];
    return whole == 1;
}

/* Where the tool has no descriptor left for a file, the item's output is not known. */
static void check_files(plx_helper_end *end)
{
    static const char why[] = "its output cannot be taken over: too many open files";
    for (int i = 0; i < 2; i++)
        if (end->file[i] < 0 && end->output[i] > 0) {
            end->output[i] = 0;
            end->failed = true;
            end->code = end->code != 0 ? end->code : EMFILE;
            memcpy(end->why, why, sizeof why);
        }
}

static bool run_on(plx_helper *helper, int channel, const plx_helper_ask *ask, plx_helper_end *end)
{
    const plx_serve_ask frame = { .index = ask->index, .size = ask->size,
                                  .timeout_s = ask->timeout_s, .kind = PLX_SERVE_RUN };
    plx_serve_slot *slot = plx_serve_slot_at(helper, channel);
    const int fd = helper->ours[channel];
    if (!send_all(fd, &frame, ask->item) || !wait_for_end(fd, ask, end)) {
        const int group = atomic_exchange(&slot->group, 0);
        if (group > 0)
            kill(-group, SIGKILL);
        atomic_store(&helper->gone, true);
        return false;
    }
    check_files(end);
    if (helper->words == NULL && !end->failed)
        memcpy(ask->out, plx_serve_out(slot), helper->kernel.out_size);
    return true;
}

bool plx_helper_run(plx_helper *helper, const plx_helper_ask *ask, plx_helper_end *end)
{
    *end = (plx_helper_end){ .file = { -1, -1 } };
    if (atomic_load(&helper->gone))
        return false;
    const int channel = take(helper, ask);
    if (channel < 0) {
        end->failed = end->stopped = true;
        return true;
    }
    const bool known = run_on(helper, channel, ask, end);
    give(helper, channel);
    return known;
}
