/* SPDX-License-Identifier: MIT */
/*
 * wait: for every item: sleep ms milliseconds, then out = the item's number. The stand-in for I/O:
 * it holds a worker and no core, so that more workers than cores pay. A long sleep is cut into
 * slices, so that a stop is noticed within 100 ms.
 *
 * Check    the numbers, and that the clock moved by at least the sleep
 * Source   nanosleep of POSIX.1
 * Better   one thread that waits for all at once (poll, io_uring), if what is waited for allows it
 */
#define _POSIX_C_SOURCE 199309L
#include "plx/kernel.h"

#include <time.h>

typedef struct params { double ms; } params;

static const double longest_ms = 3600000, slice_ms = 100;

/* After a signal the rest of the slice is slept, unless we were stopped. */
static bool sleep_slice(const plx_block *block, double ms)
{
    struct timespec left = { .tv_nsec = (long)(ms * 1e6) };
    while (nanosleep(&left, &left) != 0)
        if (plx_stopped(block))
            return false;
    return !plx_stopped(block);
}

static bool sleep_item(const plx_block *block, double ms)
{
    for (; ms > slice_ms; ms -= slice_ms)
        if (!sleep_slice(block, slice_ms))
            return false;
    return sleep_slice(block, ms);
}

static void map(const plx_block *block)
{
    const params *set = block->ctx;
    uint64_t *out = block->out;
    for (size_t i = block->lo; i < block->hi; i++) {
        const bool whole = sleep_item(block, set->ms);
        out[i - block->lo] = i;
        if (!whole)
            return;
    }
}

static int prepare(size_t n, const void *ctx, void **shared, const char **why)
{
    (void)n;
    const params *set = ctx;
    *shared = NULL;
    if (set->ms >= 0 && set->ms <= longest_ms)
        return 0;
    *why = "parameter ms must be from 0 to 3600000 (one hour)";
    return 1;
}

/* One item a block: a worker that waits must not keep others' items waiting behind it. */
static size_t grain(size_t n, const void *ctx)
{
    (void)ctx;
    return n > 65536 ? n / 65536 + (n % 65536 != 0) : 1;
}

static double work(size_t lo, size_t hi, const void *ctx, double *bytes)
{
    const params *set = ctx;
    if (bytes)
        *bytes = 8.0 * (double)(hi - lo);
    return 1e6 * set->ms * (double)(hi - lo);
}

static const plx_field fields[] = {
    { .name = "ms", .about = "milliseconds slept for each item, 0 to 3600000", .initial = "10",
      .type = PLX_F64, .offset = offsetof(params, ms), .size = sizeof(double) },
    { .name = NULL }
};

static const plx_field results[] = {
    { .name = "value", .about = "the item's number", .type = PLX_U64, .offset = 0, .size = 8 },
    { .name = NULL }
};

const plx_kernel plx_wait_kernel = {
    .size = sizeof(plx_kernel),
    .name = "wait",
    .about = "sleeps ms milliseconds for each item: the stand-in for I/O",
    .better = "one thread that waits for all at once",
    .out_size = sizeof(uint64_t),
    .ctx_size = sizeof(params),
    .out_type = PLX_U64,
    .params = fields,
    .results = results,
    .flags = PLX_WAITS,
    .item_ns = 1e7,
    .grain = grain,
    .prepare = prepare,
    .work = work,
    .map = map,
};
