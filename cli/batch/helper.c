/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/helper.c: the helper as the tool sees it: made, forked, asked how it began, ended.
 *
 * All that both sides need is there before the fork: sockets, common memory, the words or the
 * kernel. Afterwards each closes the other's ends, so that either one's death closes the channels.
 */
#define _GNU_SOURCE                         /* MAP_ANONYMOUS */
#include "helper.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../error.h"
#include "serve.h"

enum { LINE = 64, NAP_MS = 1, LOOK_US = 10000 };

static const double end_s = 6;              /* a bit more than the process takes at most */

static void close_all(int *fds, int n)
{
    for (int i = 0; fds != NULL && i < n; i++)
        if (fds[i] >= 0) {
            close(fds[i]);
            fds[i] = -1;
        }
}

static void destroy(plx_helper *helper)
{
    close_all(helper->ours, helper->channels);
    close_all(helper->its, helper->channels);
    if (helper->common != NULL)
        munmap(helper->common, helper->common_size);
    free(helper->ours);
    free(helper->its);
    free(helper->busy);
    free(helper);
}

static bool map_common(plx_helper *helper)
{
    const size_t n = (size_t)helper->channels + 1, out = helper->kernel.out_size;
    const size_t most = SIZE_MAX / n - sizeof(plx_serve_slot) - 4 * LINE;
    if (out > most)
        return false;
    helper->stride = (sizeof(plx_serve_slot) + 2 * LINE - 1 + out + LINE - 1) / LINE * LINE;
    if (helper->stride < sizeof *helper->common)
        helper->stride = (sizeof *helper->common + LINE - 1) / LINE * LINE;
    helper->common_size = n * helper->stride;
    void *bytes = mmap(NULL, helper->common_size, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (bytes != MAP_FAILED)
        helper->common = bytes;
    return bytes != MAP_FAILED;
}

/* A worker that waits for its answer looks up every so often: see channel.c. */
static bool open_channels(plx_helper *helper)
{
    const struct timeval look = { .tv_usec = LOOK_US };
    for (int i = 0; i < helper->channels; i++) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
            return false;
        helper->ours[i] = pair[0];
        helper->its[i] = pair[1];
        if (setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &look, sizeof look) != 0)
            return false;
    }
    return true;
}

static bool set_up(plx_helper *helper, const plx_helper_how *how)
{
    const size_t n = (size_t)how->channels;
    helper->channels = how->channels;
    helper->words = how->words;
    helper->ctx = how->ctx;
    helper->n = how->n;
    helper->tool = getpid();
    helper->launcher = how->launched ? getppid() : 0;
    helper->folder = plx_spool_folder();
    if (how->words == NULL)
        memcpy(&helper->kernel, how->kernel, how->kernel->size < sizeof helper->kernel
                                                 ? how->kernel->size : sizeof helper->kernel);
    helper->ours = malloc(n * sizeof *helper->ours);
    helper->its = malloc(n * sizeof *helper->its);
    helper->busy = calloc(n, sizeof *helper->busy);
    if (helper->ours == NULL || helper->its == NULL || helper->busy == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        helper->ours[i] = helper->its[i] = -1;
    return map_common(helper) && open_channels(helper);
}

/* Better now than at the first item. */
static int check_folder(const plx_helper *helper)
{
    const int file = plx_spool_open(helper->folder);
    if (file < 0)
        return plx_cli_error(PLX_EXIT_CREATE, "TMPDIR '%s': no file can be made there for what "
                             "commands write: %s", helper->folder, strerror(errno));
    close(file);
    return 0;
}

/* What stands in a stream's buffer now would else be written by both. */
static bool fork_it(plx_helper *helper)
{
    fflush(NULL);
    helper->pid = fork();
    if (helper->pid == 0)
        plx_serve_run(helper);
    close_all(helper->its, helper->channels);
    return helper->pid > 0;
}

int plx_helper_start(plx_helper **helper, const plx_helper_how *how)
{
    *helper = NULL;
    plx_helper *made = calloc(1, sizeof *made);
    if (made == NULL)
        return plx_cli_error(PLX_EXIT_SYSTEM, "helper process: %s", strerror(errno));
    int code = 0;
    if (!set_up(made, how))
        code = plx_cli_error(PLX_EXIT_SYSTEM, "helper process: %d channels: %s", how->channels,
                             strerror(errno));
    else if ((code = check_folder(made)) == 0 && !fork_it(made))
        code = plx_cli_error(PLX_EXIT_SYSTEM, "helper process: %s", strerror(errno));
    if (code != 0)
        destroy(made);
    else
        *helper = made;
    return code;
}

/* It is gone once its ends are closed: that is the end of what can be read. */
static bool is_gone(const plx_helper *helper)
{
    char byte;
    return recv(helper->ours[0], &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

const char *plx_helper_refused(plx_helper *helper)
{
    const plx_serve_common *common = helper->common;
    if (helper->words != NULL)
        return NULL;
    while (atomic_load(&common->prepared) == PLX_SERVE_NEW) {
        if (is_gone(helper) && atomic_load(&common->prepared) == PLX_SERVE_NEW)
            return "preparing it ended the process";
        poll(NULL, 0, NAP_MS);
    }
    return atomic_load(&common->prepared) == PLX_SERVE_REFUSED ? common->why : NULL;
}

void plx_helper_abandon(plx_helper *helper)
{
    for (int i = 0; i < helper->channels; i++)
        shutdown(helper->ours[i], SHUT_RDWR);
}

/* Closed channels are its sign to end. It is not waited for longer than it needs. */
void plx_helper_stop(plx_helper *helper)
{
    if (helper == NULL)
        return;
    close_all(helper->ours, helper->channels);
    const double until = plx_serve_now() + end_s;
    pid_t ended = 0;
    while ((ended = waitpid(helper->pid, NULL, WNOHANG)) == 0 && plx_serve_now() < until)
        poll(NULL, 0, NAP_MS);
    if (ended == 0) {
        kill(helper->pid, SIGKILL);
        waitpid(helper->pid, NULL, 0);
    }
    destroy(helper);
}
