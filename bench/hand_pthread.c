/* SPDX-License-Identifier: MIT */
/*
 * bench/hand_pthread.c: threads made for the call, an atomic counter that hands out blocks, each
 * thread's sum added once at its end. The caller is the first of them.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "work.h"

enum { MOST_THREADS = 1024 };

typedef struct crew {
    work *work;
    _Atomic size_t next;
    _Atomic uint64_t total;
} crew;

static void *map_blocks(void *arg)
{
    crew *c = arg;
    const work *w = c->work;
    void *scratch = work_scratch(w);
    for (size_t k; (k = atomic_fetch_add(&c->next, 1)) < w->blocks;) {
        const plx_block block = work_block(w, k, scratch, w->in, w->out, 0);
        w->kernel->map(&block);
    }
    free(scratch);
    return NULL;
}

static void *fold_blocks(void *arg)
{
    crew *c = arg;
    const work *w = c->work;
    void *scratch = work_scratch(w);
    uint64_t total = 0;
    for (size_t k; (k = atomic_fetch_add(&c->next, 1)) < w->blocks;) {
        const plx_block block = work_block(w, k, scratch, w->in, NULL, 0);
        w->kernel->fold(&block, &total);
    }
    atomic_fetch_add(&c->total, total);
    free(scratch);
    return NULL;
}

static void run(work *w, void *(*part)(void *))
{
    pthread_t threads[MOST_THREADS];
    crew c = { .work = w };
    int made = 0;
    work_begin(w);
    while (made < w->threads - 1 && made < MOST_THREADS)
        if (pthread_create(&threads[made++], NULL, part, &c) != 0)
            abort();
    part(&c);
    while (made > 0)
        pthread_join(threads[--made], NULL);
    w->total = c.total;
    work_end(w);
}

static void map(work *w)
{
    run(w, map_blocks);
}

static void reduce(work *w)
{
    run(w, fold_blocks);
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 1;
    work w;
    work_open(&w, argv + 1, true);
    work_time(&w, &(way){ .map = map, .reduce = reduce }, atoi(argv[4]));
    work_close(&w);
    return 0;
}
