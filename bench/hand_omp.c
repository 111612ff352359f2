/* SPDX-License-Identifier: MIT */
/* bench/hand_omp.c: what OpenMP programmers write: a parallel loop, dynamic, with its reduction. */
#include <stdlib.h>

#include "work.h"

static void map(work *w)
{
    work_begin(w);
    #pragma omp parallel num_threads(w->threads)
    {
        void *scratch = work_scratch(w);
        #pragma omp for schedule(dynamic)
        for (size_t k = 0; k < w->blocks; k++) {
            const plx_block block = work_block(w, k, scratch, w->in, w->out, 0);
            w->kernel->map(&block);
        }
        free(scratch);
    }
    work_end(w);
}

static void reduce(work *w)
{
    work_begin(w);
    uint64_t total = 0;
    #pragma omp parallel num_threads(w->threads) reduction(+ : total)
    {
        void *scratch = work_scratch(w);
        #pragma omp for schedule(dynamic)
        for (size_t k = 0; k < w->blocks; k++) {
            const plx_block block = work_block(w, k, scratch, w->in, NULL, 0);
            w->kernel->fold(&block, &total);
        }
        free(scratch);
    }
    w->total = total;
    work_end(w);
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
