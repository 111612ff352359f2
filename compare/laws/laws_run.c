/* SPDX-License-Identifier: MIT */
/*
 * compare/laws/laws_run.c: one run of a block, and what any run must leave alone.
 *
 * Everything that the kernel may touch stands between guards, and all that it may only read is
 * compared with what it was; so each run, whatever it is for, looks at these laws too.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compare/laws/laws_run.h"

enum { GUARD = 256, LINE = 128, ALIGN_MAX = 16, GUARD_BYTE = 0xa5 };

/* What the hooks need to know of the run that calls them. */
typedef struct cursor {
    const plx_laws *check;
    plx_laws_mark *marks;
    const char *fault; /* the first wrong plx_fail */
    size_t item;
} cursor;

/* Where a block's data stands. */
typedef struct stage {
    plx_laws_room in, at, out;
    size_t in_size, skip; /* bytes of in; items before the block */
} stage;

double plx_laws_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void plx_laws_doing(plx_laws *check, const char *text, ...)
{
    va_list values;
    va_start(values, text);
    vsnprintf(check->result->doing, sizeof check->result->doing, text, values);
    va_end(values);
    check->result->calls++;
}

size_t plx_laws_align(plx_type type, size_t size)
{
    static const size_t aligns[] = {[PLX_F64] = 8, [PLX_F32] = 4,   [PLX_I64] = 8, [PLX_U64] = 8,
                                    [PLX_U8] = 1,  [PLX_U128] = 16, [PLX_TEXT] = 1};
    if (type != PLX_BYTES && (size_t)type < sizeof aligns / sizeof *aligns)
        return aligns[type];
    size_t align = 1;
    while (size != PLX_VARIES && align < ALIGN_MAX && size % (2 * align) == 0)
        align *= 2;
    return align;
}

bool plx_laws_room_make(plx_laws_room *room, size_t size, size_t shift, unsigned char guard)
{
    if (size > SIZE_MAX / 2)
        return false;
    room->store_size = size + shift + LINE + 2 * GUARD;
    room->store = malloc(room->store_size);
    if (!room->store)
        return false;
    size_t start = (size_t)((uintptr_t)room->store + GUARD) % LINE;
    room->first = room->store + GUARD + (LINE - start) % LINE + shift;
    room->size = size;
    room->guard = guard;
    memset(room->store, guard, room->store_size);
    return true;
}

void plx_laws_room_free(plx_laws_room *room)
{
    free(room->store);
    *room = (plx_laws_room){0};
}

bool plx_laws_break(plx_laws *check, plx_law law, const char *text, ...)
{
    va_list values;
    va_start(values, text);
    vsnprintf(check->result->why, sizeof check->result->why, text, values);
    va_end(values);
    check->result->broken = (int)law;
    return false;
}

bool plx_laws_no_memory(plx_laws *check)
{
    check->status = PLX_NO_MEMORY;
    return false;
}

bool plx_laws_kept(plx_laws *check, const plx_laws_room *room, const char *name,
                   const plx_laws_try *how)
{
    const unsigned char *end = room->first + room->size, *last = room->store + room->store_size;
    for (const unsigned char *at = room->first; at > room->store; at--)
        if (at[-1] != room->guard)
            return plx_laws_break(check, PLX_LAW_BOUNDS,
                                  "writes %zu bytes before %s: items [%zu, %zu)",
                                  (size_t)(room->first - at) + 1, name, how->lo, how->hi);
    for (const unsigned char *at = end; at < last; at++)
        if (*at != room->guard)
            return plx_laws_break(check, PLX_LAW_BOUNDS,
                                  "writes byte %zu of %s, which has %zu: items [%zu, %zu)",
                                  (size_t)(at - room->first), name, room->size, how->lo, how->hi);
    check->result->checked[PLX_LAW_BOUNDS]++;
    return true;
}

/* As core does it: a map's failed item is zeroed at once. */
static void note_failure(const plx_block *block, size_t item, int code, const char *why)
{
    cursor *at = block->run;
    (void)why;
    bool inside = item >= block->lo && item < block->hi;
    if (!inside || at->marks[item - block->lo].failed) {
        at->item = at->fault ? at->item : item;
        at->fault = at->fault ? at->fault : inside ? "twice" : "outside the block";
        return;
    }
    at->marks[item - block->lo] = (plx_laws_mark){true, code};
    size_t size = at->check->kernel.out_size;
    if (block->out)
        memset((unsigned char *)block->out + (item - block->lo) * size, 0, size);
}

static bool is_stopped(const plx_block *block)
{
    (void)block;
    return false;
}

bool plx_laws_may(plx_laws *check)
{
    plx_laws_result *result = check->result;
    if (check->status != PLX_OK || result->broken >= 0)
        return false;
    if (plx_laws_now() - check->begun_s < check->limit_s || result->checked[PLX_LAW_REPEAT] == 0)
        return true;
    result->cut_short = true;
    return false;
}

/* Items that differ in length keep what stands before them: at then begins above 0. */
static bool set_stage(plx_laws *check, const plx_laws_try *how, stage *to)
{
    const plx_kernel *kernel = &check->kernel;
    const plx_laws_items *items = &check->items;
    size_t n = how->hi - how->lo, all = items->hi - items->lo, before = 0;
    bool varies = kernel->in_size == PLX_VARIES;
    to->skip = how->lo - items->lo;
    if (varies)
        to->in_size = items->at[all];
    else {
        before = to->skip * kernel->in_size;
        to->in_size = n * kernel->in_size;
    }
    size_t in_align = plx_laws_align(kernel->in_type, kernel->in_size),
           out_align = how->fold ? 0 : plx_laws_align(kernel->out_type, kernel->out_size);
    unsigned char beside = (unsigned char)(GUARD_BYTE + how->beside);
    if (!plx_laws_room_make(&to->in, to->in_size, how->in_step * in_align, beside) ||
        !plx_laws_room_make(&to->at, varies ? (all + 1) * sizeof(size_t) : 0, 0, beside) ||
        !plx_laws_room_make(&to->out, how->fold ? kernel->acc_size : n * kernel->out_size,
                            how->out_step * out_align, GUARD_BYTE))
        return plx_laws_no_memory(check);
    if (to->in_size)
        memcpy(to->in.first, items->in + before, to->in_size);
    if (varies)
        memcpy(to->at.first, items->at, to->at.size);
    memset(to->out.first, how->under, to->out.size);
    if (check->scratch.size && !how->used)
        memset(check->scratch.first, 0, check->scratch.size);
    return true;
}

static void clear_stage(stage *from)
{
    plx_laws_room_free(&from->in);
    plx_laws_room_free(&from->at);
    plx_laws_room_free(&from->out);
}

static void *no_resource(const plx_block *block)
{
    (void)block;
    return NULL;
}

static void call(plx_laws *check, const plx_laws_try *how, const stage *on, cursor *run)
{
    static const struct plx_hooks hooks = {note_failure, is_stopped, no_resource};
    const plx_kernel *kernel = &check->kernel;
    const plx_block block = {
        .lo = how->lo,
        .hi = how->hi,
        .in = kernel->in_size ? on->in.first : NULL,
        .at = on->at.size ? (const size_t *)(const void *)on->at.first + on->skip : NULL,
        .out = how->fold ? NULL : on->out.first,
        .ctx = check->ctx.first,
        .shared = check->shared,
        .scratch = check->scratch.size ? check->scratch.first : NULL,
        .hooks = &hooks,
        .run = run,
    };
    plx_laws_doing(check, "%s, items [%zu, %zu), for law '%s'", how->fold ? "fold" : "map", how->lo,
                   how->hi, plx_laws_name((int)how->law));
    double begun = plx_laws_now();
    if (how->fold) {
        plx_laws_identity(check, on->out.first, how->under);
        kernel->fold(&block, on->out.first);
    } else {
        kernel->map(&block);
    }
    check->run_s = plx_laws_now() - begun;
    check->result->doing[0] = '\0';
}

static bool read_only(plx_laws *check, const plx_laws_try *how, const stage *on)
{
    const plx_laws_items *items = &check->items;
    bool varies = check->kernel.in_size == PLX_VARIES;
    size_t before = varies ? 0 : on->skip * check->kernel.in_size, size = check->kernel.ctx_size;
    const char *written = NULL;
    if (on->in_size && memcmp(on->in.first, items->in + before, on->in_size) != 0)
        written = "in";
    else if (varies && memcmp(on->at.first, items->at, on->at.size) != 0)
        written = "at";
    else if (size && memcmp(check->ctx.first, check->plan->ctx, size) != 0)
        written = "ctx";
    if (written)
        return plx_laws_break(check, PLX_LAW_READ_ONLY, "writes into %s: items [%zu, %zu)", written,
                              how->lo, how->hi);
    check->result->checked[PLX_LAW_READ_ONLY]++;
    return true;
}

static bool fails_well(plx_laws *check, const plx_laws_try *how, const stage *on, const cursor *run)
{
    size_t size = check->kernel.out_size;
    if (run->fault)
        return plx_laws_break(check, PLX_LAW_FAILURES,
                              "plx_fail names item %zu %s: items [%zu, %zu)", run->item, run->fault,
                              how->lo, how->hi);
    for (size_t i = 0; !how->fold && i < how->hi - how->lo; i++)
        for (size_t b = 0; run->marks[i].failed && b < size; b++)
            if (on->out.first[i * size + b] != 0)
                return plx_laws_break(check, PLX_LAW_FAILURES,
                                      "item %zu is written after its plx_fail: items [%zu, %zu)",
                                      how->lo + i, how->lo, how->hi);
    check->result->checked[PLX_LAW_FAILURES]++;
    return true;
}

static bool look_around(plx_laws *check, const plx_laws_try *how, const stage *on,
                        const cursor *run)
{
    return plx_laws_kept(check, &on->out, how->fold ? "acc" : "out", how) &&
           plx_laws_kept(check, &check->scratch, "scratch", how) &&
           plx_laws_kept(check, &on->in, "in", how) && plx_laws_kept(check, &on->at, "at", how) &&
           plx_laws_kept(check, &check->ctx, "ctx", how) && read_only(check, how, on) &&
           fails_well(check, how, on, run);
}

bool plx_laws_run(plx_laws *check, const plx_laws_try *how, plx_laws_seen *seen)
{
    stage on = {0};
    *seen = (plx_laws_seen){0};
    if (!plx_laws_may(check))
        return false;
    bool good = set_stage(check, how, &on);
    if (good) {
        seen->size = on.out.size;
        seen->bytes = malloc(seen->size + 1);
        seen->marks = calloc(how->hi - how->lo + 1, sizeof *seen->marks);
        good = seen->bytes && seen->marks ? true : plx_laws_no_memory(check);
    }
    if (good) {
        cursor run = {.check = check, .marks = seen->marks};
        call(check, how, &on, &run);
        good = look_around(check, how, &on, &run);
        memcpy(seen->bytes, on.out.first, seen->size);
    }
    clear_stage(&on);
    return good;
}

void plx_laws_seen_free(plx_laws_seen *seen)
{
    free(seen->bytes);
    free(seen->marks);
    *seen = (plx_laws_seen){0};
}

void plx_laws_identity(const plx_laws *check, void *acc, unsigned char under)
{
    const plx_kernel *kernel = &check->kernel;
    memset(acc, kernel->identity ? under : 0, kernel->acc_size);
    if (kernel->identity)
        kernel->identity(acc, check->ctx.first);
}
