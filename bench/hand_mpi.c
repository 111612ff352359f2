/* SPDX-License-Identifier: MIT */
/*
 * bench/hand_mpi.c: a contiguous share of the blocks for each rank; data by MPI_Scatterv and
 * MPI_Gatherv, which rank 0 does in place; a reduction is one sum of each rank's.
 *
 * With a fifth argument, "keep", the shares' buffers are made once, in the call that warms up: what
 * a program does that knows its next call. Without it they are made in every call.
 */
#include <mpi.h>
#include <stdlib.h>
#include <string.h>

#include "work.h"

typedef struct shares {
    int rank, ranks;
    int *counts, *starts;           /* items of each rank */
    bool keep;
    void *in, *out;                 /* this rank's, if it is not rank 0 */
} shares;

static size_t first_block(const work *w, int rank)
{
    const shares *s = w->own;
    return w->blocks * (size_t)rank / (size_t)s->ranks;
}

static void count_items(const work *w)
{
    shares *s = w->own;
    for (int r = 0; r < s->ranks; r++) {
        const size_t lo = first_block(w, r) * w->grain, hi = first_block(w, r + 1) * w->grain;
        s->starts[r] = (int)lo;
        s->counts[r] = (int)((hi < w->n ? hi : w->n) - lo);
    }
}

static void make_buffers(const work *w)
{
    shares *s = w->own;
    const size_t items = (size_t)s->counts[s->rank];
    if (s->rank == 0 || s->out)
        return;
    s->in = w->kernel->in_size ? malloc(items * w->kernel->in_size) : NULL;
    s->out = malloc(items * w->kernel->out_size);
    if (!s->out || (w->kernel->in_size && !s->in))
        MPI_Abort(MPI_COMM_WORLD, 1);
}

static void drop_buffers(shares *s)
{
    free(s->in);
    free(s->out);
    s->in = s->out = NULL;
}

static void map(work *w)
{
    shares *s = w->own;
    MPI_Datatype in, out;
    MPI_Type_contiguous((int)w->kernel->in_size, MPI_BYTE, &in);
    MPI_Type_contiguous((int)w->kernel->out_size, MPI_BYTE, &out);
    MPI_Type_commit(&in);
    MPI_Type_commit(&out);
    const bool root = s->rank == 0;
    work_begin(w);
    make_buffers(w);
    if (w->kernel->in_size)
        MPI_Scatterv(w->in, s->counts, s->starts, in, root ? MPI_IN_PLACE : s->in,
                     s->counts[s->rank], in, 0, MPI_COMM_WORLD);
    void *scratch = work_scratch(w);
    for (size_t k = first_block(w, s->rank); k < first_block(w, s->rank + 1); k++) {
        const plx_block block = work_block(w, k, scratch, root ? w->in : s->in,
                                           root ? w->out : s->out, (size_t)s->starts[s->rank]);
        w->kernel->map(&block);
    }
    free(scratch);
    MPI_Gatherv(root ? MPI_IN_PLACE : s->out, s->counts[s->rank], out, w->out, s->counts, s->starts,
                out, 0, MPI_COMM_WORLD);
    if (!s->keep)
        drop_buffers(s);
    work_end(w);
    MPI_Type_free(&in);
    MPI_Type_free(&out);
}

static void reduce(work *w)
{
    const shares *s = w->own;
    work_begin(w);
    void *scratch = work_scratch(w);
    uint64_t total = 0;
    for (size_t k = first_block(w, s->rank); k < first_block(w, s->rank + 1); k++) {
        const plx_block block = work_block(w, k, scratch, NULL, NULL, 0);
        w->kernel->fold(&block, &total);
    }
    MPI_Reduce(&total, &w->total, 1, MPI_UINT64_T, MPI_SUM, 0, MPI_COMM_WORLD);
    free(scratch);
    work_end(w);
}

static void meet(work *w)
{
    (void)w;
    MPI_Barrier(MPI_COMM_WORLD);
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return 1;
    MPI_Init(&argc, &argv);
    shares s = { .keep = argc > 5 && strcmp(argv[5], "keep") == 0 };
    MPI_Comm_rank(MPI_COMM_WORLD, &s.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &s.ranks);
    s.counts = malloc(2 * (size_t)s.ranks * sizeof *s.counts);
    if (!s.counts)
        return 1;
    s.starts = s.counts + s.ranks;
    work w;
    work_open(&w, argv + 1, s.rank == 0);
    w.own = &s;
    if (!w.kernel->fold)
        count_items(&w);
    work_time(&w, &(way){ .map = map, .reduce = reduce, .meet = meet }, atoi(argv[4]));
    work_close(&w);
    drop_buffers(&s);
    free(s.counts);
    MPI_Finalize();
    return 0;
}
