/* SPDX-License-Identifier: MIT */
/* bench/work.c: the part of a measurement that is the same for every program; see bench/work.h. */
#define _POSIX_C_SOURCE 200809L
#include "work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_REPEATS = 1000 };

static void die(const char *why)
{
    fprintf(stderr, "bench: %s\n", why);
    exit(1);
}

static void fail(const plx_block *block, size_t item, int code, const char *why)
{
    (void)block, (void)item, (void)code;
    die(why);
}

static bool stopped(const plx_block *block)
{
    (void)block;
    return false;
}

static void *no_resource(const plx_block *block)
{
    (void)block;
    return NULL;
}

static const struct plx_hooks hooks = { fail, stopped, no_resource };

double work_clock_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void *room(size_t n, size_t size)
{
    void *made = n && size ? malloc(n * size) : NULL;
    if (n && size && !made)
        die("out of memory");
    return made;
}

/* Written once before anything is timed, so that all pages are there. */
static void make_data(work *w)
{
    const plx_kernel *kernel = w->kernel;
    w->in = room(w->n, kernel->in_size);
    w->out = room(w->n, kernel->out_size);
    if (w->out)
        memset(w->out, 0xff, w->n * kernel->out_size);
    for (size_t i = 0; w->in && i < w->n; i++)
        ((double *)w->in)[i] = 0.5 + (double)(i % 4096);
}

void work_open(work *w, char **arguments, bool root)
{
    *w = (work){ .root = root, .kernel = plx_kernel_find(arguments[0]) };
    w->n = (size_t)strtod(arguments[1], NULL);
    w->threads = atoi(arguments[2]);
    if (!w->kernel || w->n == 0 || w->threads < 1)
        die("arguments: KERNEL N THREADS REPEATS");
    const bool known_in = w->kernel->in_size == 0 || w->kernel->in_type == PLX_F64;
    if (!known_in || (w->kernel->fold && w->kernel->acc_size != sizeof w->total))
        die("only float64 items and sums of uint64");
    plx_ctx_init(w->kernel, w->ctx);
    const plx_job job = { .kernel = w->kernel, .n = w->n, .ctx = w->ctx };
    w->grain = plx_grain(&job);
    w->blocks = w->n / w->grain + (w->n % w->grain != 0);
    if (root)
        make_data(w);
}

void work_close(work *w)
{
    free(w->in);
    free(w->out);
}

void work_begin(work *w)
{
    const char *why = "refused";
    if (w->kernel->prepare && w->kernel->prepare(w->n, w->ctx, &w->shared, &why) != 0)
        die(why);
}

void work_end(work *w)
{
    if (w->kernel->prepare && w->kernel->release)
        w->kernel->release(w->shared);
}

void *work_scratch(const work *w)
{
    const size_t size = w->kernel->scratch_size ? w->kernel->scratch_size(w->n, w->ctx) : 0;
    void *made = calloc(1, size + 1);
    if (!made)
        die("out of memory");
    return made;
}

plx_block work_block(const work *w, size_t k, void *scratch, const void *in, void *out,
                     size_t first)
{
    const size_t lo = k * w->grain, end = lo + w->grain;
    return (plx_block){
        .lo = lo,
        .hi = end < w->n ? end : w->n,
        .in = in ? (const char *)in + (lo - first) * w->kernel->in_size : NULL,
        .out = out ? (char *)out + (lo - first) * w->kernel->out_size : NULL,
        .ctx = w->ctx,
        .shared = w->shared,
        .scratch = scratch,
        .hooks = &hooks,
    };
}

int work_compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* FNV-1a over the map's bytes, or the sum itself. */
static uint64_t check_of(const work *w)
{
    uint64_t check = 0xcbf29ce484222325;
    for (size_t j = 0; w->out && j < w->n * w->kernel->out_size; j++)
        check = (check ^ ((const unsigned char *)w->out)[j]) * 0x100000001b3;
    return w->out ? check : w->total;
}

void work_time(work *w, const way *how, int repeats)
{
    static double seconds[MOST_REPEATS];
    if (repeats < 1 || repeats > MOST_REPEATS)
        die("REPEATS is from 1 to 1000");
    for (int r = -1; r < repeats; r++) {
        if (how->meet)
            how->meet(w);
        const double begun = work_clock_s();
        w->kernel->fold ? how->reduce(w) : how->map(w);
        seconds[r < 0 ? 0 : r] = work_clock_s() - begun;
    }
    qsort(seconds, (size_t)repeats, sizeof *seconds, work_compare);
    const double median = (seconds[repeats / 2] + seconds[(repeats - 1) / 2]) / 2;
    if (w->root)
        printf("%.9f %llu\n", median, (unsigned long long)check_of(w));
}
