/* SPDX-License-Identifier: MIT */
/*
 * mpi/lpt.h: which rank is free first, of ranks that differ in threads.
 *
 * Ranks with as many threads are a class, and a heap by what each was given: a task costs the
 * logarithm of the ranks, not their number, which a thousand ranks would all have to wait for. The
 * same on every rank.
 */
#ifndef PLX_MPI_LPT_H
#define PLX_MPI_LPT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct plx_lpt_rank {
    double load;
    int threads, rank;
} plx_lpt_rank;

typedef struct plx_lpt {
    plx_lpt_rank *ranks;            /* class by class, each a heap */
    size_t *ends, classes;          /* where each class ends */
} plx_lpt;

bool plx_lpt_open(plx_lpt *, const int *threads, int ranks);    /* false: no memory */
/* To the rank that would end it first; of equals the highest: rank 0 has others to serve. */
int plx_lpt_give(plx_lpt *, double cost);
void plx_lpt_close(plx_lpt *);

#endif
