/* SPDX-License-Identifier: MIT */
/*
 * mpi/lpt.c: list scheduling, longest processing time first (Graham, SIAM J. Appl. Math. 17(2),
 * 1969), for tasks that come dearest first.
 *
 * Within a class who has the least load is free first, whatever the task costs; between classes
 * that hangs on the cost, and there are few of them.
 */
#include "mpi/lpt.h"

#include <stdlib.h>

/* Class by class, and in each as a heap of ranks without load lies. */
static int in_order(const void *a, const void *b)
{
    const plx_lpt_rank *x = a, *y = b;
    return x->threads != y->threads ? x->threads - y->threads : y->rank - x->rank;
}

bool plx_lpt_open(plx_lpt *lpt, const int *threads, int ranks)
{
    size_t n = (size_t)ranks;
    *lpt = (plx_lpt){calloc(n, sizeof *lpt->ranks), calloc(n, sizeof *lpt->ends), 0};
    if (!lpt->ranks || !lpt->ends) {
        plx_lpt_close(lpt);
        return false;
    }
    for (int r = 0; r < ranks; r++)
        lpt->ranks[r] = (plx_lpt_rank){.threads = threads[r], .rank = r};
    qsort(lpt->ranks, n, sizeof *lpt->ranks, in_order);
    for (size_t i = 1; i <= n; i++)
        if (i == n || lpt->ranks[i].threads != lpt->ranks[i - 1].threads)
            lpt->ends[lpt->classes++] = i;
    return true;
}

static bool is_before(const plx_lpt_rank *a, const plx_lpt_rank *b)
{
    return a->load < b->load || (a->load == b->load && a->rank > b->rank);
}

/* The top of a heap of n has got heavier. */
static void sink(plx_lpt_rank *heap, size_t n)
{
    for (size_t at = 0, child = 1; child < n; at = child, child = 2 * at + 1) {
        if (child + 1 < n && is_before(&heap[child + 1], &heap[child]))
            child++;
        if (!is_before(&heap[child], &heap[at]))
            return;
        plx_lpt_rank heavier = heap[at];
        heap[at] = heap[child];
        heap[child] = heavier;
    }
}

int plx_lpt_give(plx_lpt *lpt, double cost)
{
    plx_lpt_rank *best = lpt->ranks;
    size_t size = lpt->ends[0];
    for (size_t c = 1; c < lpt->classes; c++) {
        plx_lpt_rank *top = lpt->ranks + lpt->ends[c - 1];
        double ends = (top->load + cost) / top->threads,
               best_ends = (best->load + cost) / best->threads;
        if (ends < best_ends || (!(best_ends < ends) && top->rank > best->rank)) {
            best = top;
            size = lpt->ends[c] - lpt->ends[c - 1];
        }
    }
    int rank = best->rank;
    best->load += cost;
    sink(best, size);
    return rank;
}

void plx_lpt_close(plx_lpt *lpt)
{
    free(lpt->ranks);
    free(lpt->ends);
    *lpt = (plx_lpt){NULL, NULL, 0};
}
