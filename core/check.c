/* SPDX-License-Identifier: MIT */
/*
 * core/check.c: whether a kernel and a job are well formed, before anything runs.
 *
 * A kernel is copied into a table of today's size, so that one compiled against an older header
 * reads as zero beyond its end.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "core/run.h"

enum { NAME_MAX_SIZE = 64, FIELDS_MAX = 64 };

void plx_check_say(char why[108], const char *text, ...)
{
    va_list values;
    va_start(values, text);
    vsnprintf(why, 108, text, values);
    va_end(values);
}

static bool good_name(const char *name)
{
    size_t length = name ? strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") : 0;
    return length > 0 && length < NAME_MAX_SIZE && name[length] == '\0';
}

static const char *bad_sizes(const plx_kernel *kernel)
{
    if (kernel->ctx_size > PLX_CTX_MAX)
        return "ctx_size is above PLX_CTX_MAX";
    if (kernel->out_size == PLX_VARIES || kernel->out_size > SIZE_MAX / 2 ||
        kernel->acc_size > SIZE_MAX / 2)
        return "out_size or acc_size is too large";
    if (!kernel->map && !kernel->fold)
        return "has neither map nor fold";
    if (kernel->map && kernel->out_size == 0)
        return "has map but no out_size";
    if (kernel->fold && (kernel->acc_size == 0 || !kernel->combine))
        return "has fold but no acc_size or no combine";
    return NULL;
}

bool plx_kernel_fits(const plx_kernel *kernel, plx_pattern pattern)
{
    switch (pattern) {
    case PLX_MAP:
    case PLX_BATCH:
    case PLX_PIPELINE:
        return kernel->map != NULL;
    case PLX_REDUCE:
    case PLX_SCAN:
        return kernel->fold != NULL;
    case PLX_FAN:
    case PLX_TASK:
    case PLX_PRIORITY:
        return kernel->map || kernel->fold;
    default: /* functions of the user's, no kernels */
        return false;
    }
}

plx_status plx_check_kernel(const plx_kernel *kernel, plx_pattern pattern, plx_kernel *copy,
                            char why[108])
{
    memset(copy, 0, sizeof *copy);
    if (!kernel) {
        plx_check_say(why, "kernel is missing");
        return PLX_BAD_JOB;
    }
    if (kernel->size < offsetof(plx_kernel, map) || kernel->size > 65536) {
        plx_check_say(why, "kernel's size is %zu: set it to sizeof(plx_kernel)", kernel->size);
        return PLX_BAD_KERNEL;
    }
    memcpy(copy, kernel, kernel->size < sizeof *copy ? kernel->size : sizeof *copy);
    const char *wrong = good_name(copy->name) ? bad_sizes(copy) : "name is not of [a-z0-9_]";
    if (wrong) {
        plx_check_say(why, "kernel %.40s: %s", good_name(copy->name) ? copy->name : "?", wrong);
        return PLX_BAD_KERNEL;
    }
    if (!plx_kernel_fits(copy, pattern)) {
        plx_check_say(why, "kernel %s has no %s", copy->name,
                      pattern == PLX_REDUCE || pattern == PLX_SCAN ? "fold" : "map");
        return PLX_BAD_JOB;
    }
    return PLX_OK;
}

/* Bytes of one value; 0: any number of them. */
static size_t type_size(plx_type type)
{
    static const size_t sizes[] = {
        [PLX_F64] = 8, [PLX_F32] = 4, [PLX_I64] = 8, [PLX_U64] = 8, [PLX_U8] = 1, [PLX_U128] = 16};
    return type < PLX_TEXT ? sizes[type] : 0;
}

static const char *bad_field(const plx_field *field, size_t room)
{
    if ((unsigned)field->type > PLX_TEXT)
        return "its type is none of plx_type";
    if (field->size == 0 || (type_size(field->type) && field->size != type_size(field->type)))
        return "its size is not that of its type";
    if (field->offset > room || field->size > room - field->offset)
        return "it lies outside";
    return field->about ? NULL : "its about is missing";
}

static bool check_list(const plx_field *fields, const char *list, size_t room, char why[108])
{
    for (size_t i = 0; fields && fields[i].name; i++) {
        const char *wrong =
            i == FIELDS_MAX ? "there are more than 64" : bad_field(&fields[i], room);
        if (!wrong && !good_name(fields[i].name))
            wrong = "its name is not of [a-z0-9_]";
        for (size_t before = 0; !wrong && before < i; before++)
            if (strcmp(fields[before].name, fields[i].name) == 0)
                wrong = "its name is taken";
        if (wrong) {
            plx_check_say(why, "%s[%zu] of the kernel: %s", list, i, wrong);
            return false;
        }
    }
    return true;
}

bool plx_check_fields(const plx_kernel *kernel, char why[108])
{
    const size_t room = kernel->fold ? kernel->acc_size : kernel->out_size;
    if (!check_list(kernel->params, "params", kernel->ctx_size, why) ||
        !check_list(kernel->results, "results", room, why))
        return false;
    unsigned char ctx[PLX_CTX_MAX];
    memset(ctx, 0, sizeof ctx);
    for (const plx_field *field = kernel->params; field && field->name; field++)
        if (field->initial && plx_field_set(field, ctx, field->initial) != PLX_OK) {
            plx_check_say(why, "parameter %.30s: its initial '%.30s' is no value of its type",
                          field->name, field->initial);
            return false;
        }
    return true;
}

const void *plx_check_ctx(const plx_kernel *kernel, const void *ctx, void *room)
{
    if (ctx || !kernel->ctx_size || !kernel->params)
        return ctx;
    for (const plx_field *field = kernel->params; field->name; field++)
        if (!field->initial)
            return NULL;
    plx_ctx_init(kernel, room);
    return room;
}

/* Largest item count whose bytes can be addressed. */
static size_t most_items(const plx_kernel *kernel)
{
    size_t in = kernel->in_size == PLX_VARIES ? sizeof(size_t) : kernel->in_size;
    size_t wide = in > kernel->out_size ? in : kernel->out_size;
    return SIZE_MAX / 2 / (wide ? wide : 1);
}

plx_status plx_check_rooms(const plx_job *job, char why[108])
{
    bool missing = (job->failures_cap && !job->failures) ||
                   (job->by_worker_cap && !job->by_worker) || (job->slices_cap && !job->slices);
    if (!missing)
        return PLX_OK;
    plx_check_say(why, "failures_cap, by_worker_cap or slices_cap without room");
    return PLX_BAD_JOB;
}

plx_status plx_check_job(const plx_job *job, const plx_kernel *kernel, char why[108])
{
    if ((unsigned)job->schedule > PLX_DYNAMIC || (unsigned)job->where > PLX_LOCAL) {
        plx_check_say(why, "schedule or where is not one of their values");
        return PLX_BAD_JOB;
    }
    if (job->n > most_items(kernel)) {
        plx_check_say(why, "n = %zu: the items' bytes cannot be addressed", job->n);
        return PLX_TOO_BIG;
    }
    if (kernel->ctx_size && !job->ctx) {
        plx_check_say(why, "ctx is missing");
        return PLX_BAD_JOB;
    }
    return PLX_OK;
}

static const char *missing_data(const plx_job *job, const plx_kernel *kernel, plx_pattern pattern)
{
    if (kernel->in_size && !job->in)
        return "in is missing";
    if (kernel->in_size == PLX_VARIES && !job->at)
        return "at is missing";
    return (pattern == PLX_MAP || pattern == PLX_SCAN) && !job->out ? "out is missing" : NULL;
}

plx_status plx_check_data(const plx_job *job, const plx_kernel *kernel, plx_pattern pattern,
                          char why[108])
{
    const char *missing = job->n ? missing_data(job, kernel, pattern) : NULL;
    if (!missing)
        return PLX_OK;
    plx_check_say(why, "%s", missing);
    return PLX_BAD_JOB;
}

uint64_t plx_check_digest(const plx_kernel *kernel, uint64_t seed)
{
    uint64_t sizes[] = {kernel->in_size, kernel->out_size,    kernel->acc_size,    kernel->ctx_size,
                        kernel->flags,   kernel->map != NULL, kernel->fold != NULL};
    return XXH64(sizes, sizeof sizes, XXH64(kernel->name, strlen(kernel->name), seed));
}
