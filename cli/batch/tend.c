/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/tend.c: one item: started, ended when its time is up, and answered for.
 *
 * A limit or a stop asks the whole group with TERM, and kills it a moment later. What cannot be
 * started since processes, descriptors or memory are short is tried again for a while, as others
 * end and make room.
 */
#define _GNU_SOURCE
#include "tend.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../since.h"

enum { CANNOT = 126, NOT_FOUND = 127 };     /* as a shell says it */
enum { EXITED = 65 };     /* a kernel that ended its process with 0: what `run` ends with then */

/* seconds: from TERM to KILL at a limit, at a stop; between tries to start, and how long */
static const double limit_grace_s = 0.5, stop_grace_s = 0.2, again_s = 0.02, held_s = 5;

double plx_serve_now(void)
{
    return (double)plx_cli_since_now() * 1e-9;
}

static void close_file(plx_lane *lane, int i)
{
    if (lane->file[i] >= 0)
        close(lane->file[i]);
    lane->file[i] = -1;
}

/*
 * One that is empty serves the next command too, if nobody is left who has it: every descendant
 * was our child by now, and there is none. Making a file costs more than all else we do.
 */
static void keep_or_close(plx_lane *lane, const plx_helper_end *end, bool alone)
{
    for (int i = 0; i < 2; i++)
        if (!alone || end->file[i] >= 0 || fcntl(lane->file[i], F_SETFL, O_APPEND) != 0)
            close_file(lane, i);
}

/* The answer and its files in one message: there is always room for it, since it is asked for. */
static void send_answer(const plx_lane *lane, plx_helper_end *end)
{
    union {
        char bytes[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr aligned;
    } room = { .bytes = { 0 } };
    struct iovec part = { .iov_base = end, .iov_len = sizeof *end };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = room.bytes };
    int files[2];
    size_t n = 0;
    for (int i = 0; i < 2; i++)
        if (end->file[i] >= 0)
            files[n++] = end->file[i];
    if (n > 0) {
        message.msg_controllen = CMSG_SPACE(n * sizeof *files);
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(n * sizeof *files);
        memcpy(CMSG_DATA(head), files, n * sizeof *files);
    } else
        message.msg_control = NULL;
    while (sendmsg(lane->fd, &message, MSG_NOSIGNAL) < 0 && errno == EINTR) {
    }
}

static void answer(plx_lane *lane, plx_helper_end *end, bool alone)
{
    lane->pid = 0;
    atomic_store(&lane->slot->group, 0);
    send_answer(lane, end);
    keep_or_close(lane, end, alone);
    lane->step = PLX_TEND_IDLE;
    lane->next_s = INFINITY;
}

static void answer_not_begun(plx_lane *lane, int code, const char *why)
{
    plx_helper_end end = { .code = code, .failed = true, .stopped = lane->stopped,
                           .file = { -1, -1 } };
    memcpy(end.why, why, sizeof end.why);
    answer(lane, &end, true);
}

static bool passes(int error)
{
    return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE ||
           error == ETXTBSY || error == ENOBUFS;
}

static void take_up(plx_lane *lane, pid_t pid)
{
    lane->pid = pid;
    lane->step = PLX_TEND_RUNS;
    lane->next_s = lane->ask.timeout_s > 0 ? lane->begun_s + lane->ask.timeout_s : INFINITY;
}

/* Its process, or -1 with errno; *code: what a shell would say. */
static pid_t start(plx_helper *helper, plx_lane *lane, int *code, char why[PLX_SERVE_WHY])
{
    lane->begun_s = plx_serve_now();
    *code = CANNOT;
    for (int i = 0; i < 2; i++)
        if (lane->file[i] < 0 && (lane->file[i] = plx_spool_open(helper->folder)) < 0) {
            const int error = errno;
            snprintf(why, PLX_SERVE_WHY, "no file for its output in %.36s: %.36s", helper->folder,
                     strerror(error));
            errno = error;
            return -1;
        }
    const plx_serve_order order = { .ask = &lane->ask, .item = lane->item, .slot = lane->slot,
                                    .file = { lane->file[0], lane->file[1] } };
    if (helper->words == NULL)
        return plx_child_start(helper, &order, why);
    const pid_t pid = plx_spawn_command(helper, &order, why);
    *code = pid < 0 && errno == ENOENT ? NOT_FOUND : CANNOT;
    return pid;
}

static void try_start(plx_helper *helper, plx_lane *lane)
{
    char why[PLX_SERVE_WHY] = "";
    int code;
    const pid_t pid = start(helper, lane, &code, why);
    const int error = errno;
    if (pid >= 0) {
        take_up(lane, pid);
        return;
    }
    atomic_store(&lane->slot->group, 0);
    if (!passes(error) || lane->begun_s - lane->asked_s > held_s) {
        answer_not_begun(lane, code, why);
        return;
    }
    lane->step = PLX_TEND_HELD;
    lane->next_s = lane->begun_s + again_s;
}

void plx_tend_begin(plx_helper *helper, plx_lane *lane)
{
    lane->ask = lane->frame;
    lane->timed_out = lane->stopped = false;
    lane->asked_s = plx_serve_now();
    try_start(helper, lane);
}

/* A stopped process hears a TERM only once it goes on. */
static void ask_to_end(plx_lane *lane, double grace_s)
{
    kill(-lane->pid, SIGTERM);
    kill(-lane->pid, SIGCONT);
    lane->step = PLX_TEND_ASKED;
    lane->next_s = plx_serve_now() + grace_s;
}

void plx_tend_kill(plx_lane *lane)
{
    if (lane->pid > 0) {
        kill(-lane->pid, SIGKILL);
        lane->step = PLX_TEND_KILLED;
    }
    lane->next_s = INFINITY;
}

void plx_tend_due(plx_helper *helper, plx_lane *lane)
{
    if (lane->step == PLX_TEND_HELD)
        try_start(helper, lane);
    else if (lane->step == PLX_TEND_RUNS) {
        lane->timed_out = true;
        ask_to_end(lane, limit_grace_s);
    } else
        plx_tend_kill(lane);
}

void plx_tend_stop(plx_lane *lane)
{
    if (lane->step == PLX_TEND_IDLE || lane->stopped)
        return;
    lane->stopped = true;
    if (lane->step == PLX_TEND_HELD) {
        const char why[PLX_SERVE_WHY] = "stopped before it could be started";
        answer_not_begun(lane, CANNOT, why);
    } else if (lane->step == PLX_TEND_RUNS)
        ask_to_end(lane, stop_grace_s);
    else
        lane->next_s = fmin(lane->next_s, plx_serve_now() + stop_grace_s);
}

/* What a kernel left to be known; why it failed, if it ended in order. */
static void read_slot(const plx_serve_slot *slot, plx_helper_end *end)
{
    if (slot->done) {
        end->failed = slot->failed;
        end->code = slot->failed ? slot->code : 0;
        memcpy(end->why, slot->why, sizeof end->why);
    } else if (slot->error != 0) {
        end->code = CANNOT;
        snprintf(end->why, sizeof end->why, "cannot be started: %s", strerror(slot->error));
    } else {
        snprintf(end->why, sizeof end->why, "ended the process with exit code %d", end->code);
        if (end->code == 0)
            end->code = EXITED;
    }
}

static void judge(const plx_helper *helper, const plx_lane *lane, int how, plx_helper_end *end)
{
    end->signal = WIFSIGNALED(how) ? WTERMSIG(how) : 0;
    end->code = end->signal != 0 ? 128 + end->signal : WEXITSTATUS(how);
    end->failed = end->code != 0 || helper->words == NULL;
    if (end->signal != 0)
        snprintf(end->why, sizeof end->why, "signal %d (%s)", end->signal, strsignal(end->signal));
    else if (helper->words == NULL)
        read_slot(lane->slot, end);
    else if (end->code != 0)
        snprintf(end->why, sizeof end->why, "exit code %d", end->code);
    if (lane->timed_out || lane->stopped) {
        end->failed = true;
        snprintf(end->why, sizeof end->why, "%s after %.4g s",
                 lane->timed_out ? "timed out" : "stopped", end->elapsed_s);
    }
}

void plx_tend_end(plx_helper *helper, plx_lane *lane, int how, bool alone)
{
    const double limit = lane->ask.timeout_s, took = plx_serve_now() - lane->begun_s;
    if (limit > 0 && took > limit)          /* also where it ended just before it was to be asked */
        lane->timed_out = true;
    plx_helper_end end = { .timed_out = lane->timed_out, .stopped = lane->stopped,
                           .elapsed_s = took, .file = { -1, -1 } };
    judge(helper, lane, how, &end);
    for (int i = 0; i < 2; i++) {
        struct stat about;
        if (fstat(lane->file[i], &about) == 0 && about.st_size > 0) {
            end.file[i] = lane->file[i];
            end.output[i] = (uint64_t)about.st_size;
        }
    }
    answer(lane, &end, alone);
}
