/* SPDX-License-Identifier: MIT */
/*
 * bench/work.h: what the hand-written programs and ours.c share, so that they differ in nothing
 * else: the kernel, the data, the blocks, the clock and the line that is printed.
 *
 * A program says map() and reduce(); each is one whole call as plx_map() is one: prepare, scratch,
 * all blocks, the joined result. Of the library hand-written ones use a kernel's functions only.
 */
#ifndef BENCH_WORK_H
#define BENCH_WORK_H

#include <plx/kernels.h>
#include <plx/plx.h>

typedef struct work {
    const plx_kernel *kernel;
    size_t n, grain, blocks;
    int threads;
    bool root;                      /* has the data, takes the result, prints */
    unsigned char ctx[PLX_CTX_MAX];
    void *in, *out;                 /* of all items; NULL if not root */
    uint64_t total;                 /* of a reduction: these programs know sums of uint64 only */
    void *shared;
    void *own;                      /* the program's */
} work;

typedef struct way {
    void (*map)(work *);
    void (*reduce)(work *);
    void (*meet)(work *);           /* all ranks, before each call; NULL: there is one process */
} way;

/* Arguments: KERNEL N THREADS REPEATS. Ends the program if they are wrong. */
void work_open(work *, char **arguments, bool root);

/* A call to warm up, then repeats; the root prints their median and a check of the result. */
void work_time(work *, const way *how, int repeats);

void work_close(work *);

void work_begin(work *);            /* the kernel's prepare() */
void work_end(work *);              /* … and release() */
void *work_scratch(const work *);   /* zeroed, a worker's own; free() it */

/* Block k; in and out are arrays that begin with item first. */
plx_block work_block(const work *, size_t k, void *scratch, const void *in, void *out,
                     size_t first);

double work_clock_s(void);
int work_compare(const void *a, const void *b);             /* doubles, for qsort() */

#endif
