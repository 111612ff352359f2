/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/task.c: the kernel that a batch calls: it runs one item at a time, by the user's kernel
 * or in the helper's processes.
 *
 * The core sees positions in the stream; the user's kernel sees the item's index, whatever was left
 * out before it. Tries, time-outs and fallbacks are the core's: what a try came to, and why it
 * failed, is noted by position, for done.c.
 */
#include <stdio.h>
#include <string.h>

#include "../signals.h"
#include "../since.h"
#include "batch.h"

/* A kernel is a table of functions, so what they work for stands here. */
static plx_batch_run *at_work;

/* What the user's kernel sees as its run. */
typedef struct task {
    const plx_block *outer;
    size_t position;
} task;

plx_batch_note *plx_batch_note_of(plx_batch_run *run, size_t position)
{
    return &run->notes[position % run->notes_n];
}

/* The core forgets it where it falls back. */
static void note_why(plx_batch_note *note, int code, const char *why)
{
    note->failed = true;
    note->code = code;
    snprintf(note->why, sizeof note->why, "%s", why != NULL ? why : "");
}

static void note_failure(const plx_block *block, size_t item, int code, const char *why)
{
    const task *one = block->run;
    if (item == block->lo)
        note_why(plx_batch_note_of(at_work, one->position), code, why);
    /* an item that is not its own is told on as what is none of the batch's */
    plx_fail(one->outer, item == block->lo ? one->position : SIZE_MAX, code, why);
}

static bool is_stopped(const plx_block *block)
{
    const task *one = block->run;
    return plx_stopped(one->outer);
}

static void *resource_of(const plx_block *block)
{
    const task *one = block->run;
    return plx_resource(one->outer);
}

static const struct plx_hooks hooks = { note_failure, is_stopped, resource_of };

/* By the user's kernel, in this process. */
static void run_kernel(const plx_block *outer, size_t position, const void *item,
                       const plx_batch_head *head, void *out)
{
    const plx_kernel *kernel = &at_work->user;
    const size_t at[] = { 0, (size_t)head->size };
    const task one = { outer, position };
    const plx_block block = {
        .lo = (size_t)head->index,
        .hi = (size_t)head->index + 1,
        .in = kernel->in_size == 0 ? NULL : item,
        .at = kernel->in_size == PLX_VARIES ? at : NULL,
        .out = out,
        .ctx = outer->ctx,
        .shared = outer->shared,
        .scratch = outer->scratch,
        .hooks = &hooks,
        .run = (void *)(uintptr_t)&one,
    };
    kernel->map(&block);
}

static bool ask_stopped(void *block)
{
    return plx_stopped(block);
}

/* In a process of the helper's. What it wrote in an earlier try is dropped. */
static void run_helped(const plx_block *outer, plx_batch_note *note, const void *item, void *out)
{
    const plx_helper_ask ask = {
        .index = note->head.index,
        .item = item,
        .size = (size_t)note->head.size,
        .timeout_s = at_work->ask->policy.timeout_s,
        .stopped = ask_stopped,
        .user = (void *)(uintptr_t)outer,
        .out = out,
    };
    plx_helper_end end;
    plx_batch_note_drop(note);
    if (!plx_helper_run(at_work->helper, &ask, &end)) {
        note->unknown = true;
        atomic_store(&at_work->lost, true);
        plx_cli_signals_ask("the end of its helper process", PLX_DRAIN);
        return;
    }
    note->elapsed_s = end.elapsed_s;
    note->code = end.code;
    note->signal = end.signal;
    memcpy(note->file, end.file, sizeof note->file);
    memcpy(note->output, end.output, sizeof note->output);
    if (!end.failed)
        return;
    if (!end.timed_out)
        note_why(note, end.code, end.why);
    plx_fail(outer, note->position, end.code, end.why);
}

/* The note of this position, by rank 0's source already or as the first try begins. */
static plx_batch_note *note_of(size_t position, const void *item, const plx_batch_head *head)
{
    plx_batch_note *note = plx_batch_note_of(at_work, position);
    if (note->position != position)
        *note = (plx_batch_note){ .position = position, .file = { -1, -1 } };
    note->item = item;
    note->head = *head;
    note->tries++;
    note->code = note->signal = 0;
    note->failed = false;
    note->why[0] = '\0';
    note->elapsed_s = 0;
    return note;
}

static void run_item(const plx_block *outer, size_t position, const char *bytes, char *out)
{
    plx_batch_head head;
    const plx_batch_out made = { .state = PLX_ITEM_OK };
    memcpy(&head, bytes, sizeof head);
    plx_batch_note *note = note_of(position, bytes + sizeof head, &head);
    plx_batch_begin(at_work); /* before the look: who leaps over waits sees one or the other */
    note->unknown = plx_batch_drains();
    if (!note->unknown) {
        memcpy(out, &made, sizeof made);
        if (at_work->helper != NULL) {
            run_helped(outer, note, note->item, out + sizeof made);
        } else {
            const uint64_t begun = plx_cli_since_now();
            run_kernel(outer, position, note->item, &head, out + sizeof made);
            note->elapsed_s = (double)(plx_cli_since_now() - begun) * 1e-9;
        }
    }
    plx_batch_end(at_work);
}

static void map(const plx_block *block)
{
    const char *in = block->in;
    for (size_t i = 0; i < block->hi - block->lo; i++)
        run_item(block, block->lo + i,
                 block->at != NULL ? in + block->at[i] : in + i * at_work->kernel.in_size,
                 (char *)block->out + i * at_work->kernel.out_size);
}

static size_t round_up(size_t size)
{
    return (size + 15) / 16 * 16;
}

/* Of a kernel that a helper prepares, and of a command, nothing is prepared here. */
plx_kernel plx_batch_task(plx_batch_run *run)
{
    enum { NUMBER = 32 };           /* room for an index in decimal */
    const plx_kernel *user = &run->user;
    const bool command = run->ask->command != NULL,
               varies = command || user->in_size == PLX_VARIES;
    const size_t in = user->in_size == 0 ? NUMBER : round_up(user->in_size);
    at_work = run;
    return (plx_kernel){
        .size = sizeof(plx_kernel),
        .name = "batch_item",
        .about = "one item of a batch",
        .in_size = varies ? PLX_VARIES : sizeof(plx_batch_head) + in,
        .out_size = sizeof(plx_batch_out) + round_up(user->out_size),
        .ctx_size = user->ctx_size,
        .flags = command ? PLX_WAITS : user->flags,
        .item_ns = user->item_ns,
        .scratch_size = run->ask->helped ? NULL : user->scratch_size,
        .prepare = run->ask->helped ? NULL : user->prepare,
        .release = run->ask->helped ? NULL : user->release,
        .map = map,
    };
}

_Static_assert(sizeof(plx_batch_head) % 16 == 0 && sizeof(plx_batch_out) % 16 == 0,
               "what follows them is aligned");
