/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/child.c: one item of a kernel in a process of its own.
 *
 * The kernel is prepared once; what each item gets of that, and of scratch memory, is a copy that
 * fork makes. So a crash, an endless loop or memory that is written over costs one item. The result
 * is written to memory that the tool sees, and counts only once the child said that it is done.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "serve.h"

enum { ALIGNED = 64 };

/* What the hooks see of the one item. */
typedef struct child_item {
    plx_serve_slot *slot;
    size_t index;
    double until_s;
} child_item;

static volatile sig_atomic_t told;          /* a TERM came: the item is not wanted any more */

static void on_term(int number)
{
    (void)number;
    told = 1;
}

static void fail(const plx_block *block, size_t item, int code, const char *why)
{
    const child_item *own = block->run;
    if (item != own->index)
        return;
    own->slot->failed = true;
    own->slot->code = code;
    snprintf(own->slot->why, sizeof own->slot->why, "%s", why != NULL ? why : "");
}

static bool stopped(const plx_block *block)
{
    const child_item *own = block->run;
    return told || (own->until_s < INFINITY && plx_serve_now() > own->until_s);
}

static void *resource(const plx_block *block)
{
    (void)block;
    return NULL;
}

static const struct plx_hooks hooks = { .fail = fail, .stopped = stopped, .resource = resource };

static void run(const plx_helper *helper, const plx_serve_order *order)
{
    const plx_kernel *kernel = &helper->kernel;
    const plx_serve_ask *ask = order->ask;
    const size_t at[2] = { 0, (size_t)ask->size };
    const double limit = ask->timeout_s > 0 ? plx_serve_now() + ask->timeout_s : INFINITY;
    child_item own = { .slot = order->slot, .index = (size_t)ask->index, .until_s = limit };
    kernel->map(&(plx_block){
        .lo = own.index, .hi = own.index + 1, .in = kernel->in_size == 0 ? NULL : order->item,
        .at = kernel->in_size == PLX_VARIES ? at : NULL, .out = plx_serve_out(order->slot),
        .ctx = helper->ctx, .shared = helper->shared, .scratch = helper->scratch, .hooks = &hooks,
        .run = &own });
}

/* Its channels would keep the tool from seeing that the helper is gone. */
static void close_channels(const plx_helper *helper)
{
    for (int i = 0; i < helper->channels; i++)
        if (helper->its[i] >= 0)
            close(helper->its[i]);
}

static _Noreturn void be_child(const plx_helper *helper, const plx_serve_order *order, pid_t parent)
{
    struct sigaction term = { .sa_handler = on_term, .sa_flags = SA_RESTART };
    plx_settle_signals(SIG_DFL);
    sigemptyset(&term.sa_mask);
    sigaction(SIGTERM, &term, NULL);
    if (!plx_spawn_settle(parent, order)) {
        order->slot->error = errno;
        _exit(0);
    }
    close_channels(helper);
    run(helper, order);
    fflush(NULL);                           /* what it printed is its output */
    order->slot->done = true;
    _exit(0);
}

pid_t plx_child_start(plx_helper *helper, const plx_serve_order *order, char why[PLX_SERVE_WHY])
{
    plx_serve_slot *slot = order->slot;
    const pid_t parent = getpid();
    slot->error = slot->code = 0;
    slot->done = slot->failed = false;
    slot->why[0] = '\0';
    memset(plx_serve_out(slot), 0, helper->kernel.out_size);
    const pid_t pid = fork();
    if (pid == 0)
        be_child(helper, order, parent);
    const int error = errno;
    if (pid < 0)
        snprintf(why, PLX_SERVE_WHY, "cannot be started: %s", strerror(error));
    errno = error;
    return pid;
}

static bool make_scratch(plx_helper *helper)
{
    const plx_kernel *kernel = &helper->kernel;
    size_t size = kernel->scratch_size != NULL ? kernel->scratch_size(helper->n, helper->ctx) : 0;
    if (size == 0)
        return true;
    if (size > SIZE_MAX - ALIGNED)
        return false;
    size = (size + ALIGNED - 1) / ALIGNED * ALIGNED;
    if ((helper->scratch = aligned_alloc(ALIGNED, size)) != NULL)
        memset(helper->scratch, 0, size);
    return helper->scratch != NULL;
}

static bool refuse(plx_helper *helper, const char *why)
{
    plx_serve_common *common = helper->common;
    snprintf(common->why, sizeof common->why, "%s", why);
    atomic_store(&common->prepared, PLX_SERVE_REFUSED);
    return false;
}

/* It may take long, and look at nothing meanwhile: so it shall die with the tool. */
bool plx_child_prepare(plx_helper *helper)
{
    const plx_kernel *kernel = &helper->kernel;
    const char *why = NULL;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != helper->tool)
        return refuse(helper, "the tool is gone");
    if (kernel->prepare != NULL &&
        kernel->prepare(helper->n, helper->ctx, &helper->shared, &why) != 0)
        return refuse(helper, why != NULL ? why : "it does not say why");
    if (!make_scratch(helper)) {
        plx_child_release(helper);
        return refuse(helper, "there is no memory for its scratch");
    }
    prctl(PR_SET_PDEATHSIG, 0);
    atomic_store(&helper->common->prepared, PLX_SERVE_PREPARED);
    return true;
}

void plx_child_release(plx_helper *helper)
{
    if (helper->kernel.prepare != NULL && helper->kernel.release != NULL)
        helper->kernel.release(helper->shared);
    free(helper->scratch);
}
