/* SPDX-License-Identifier: MIT */
/*
 * mpi/slice.c: a rank's share of the data: contiguous whole blocks, from rank 0 and back to it.
 *
 * Counts travel in blocks, so that they fit an int however large the array; the last block, if it
 * is shorter, is always the last rank's and goes by a message of its own. Rank 0 works in place.
 */
#include <limits.h>
#include <stdlib.h>

#include "mpi/model.h"

static size_t items_of(const plx_run *run)
{
    return plx_cut_item(run, run->end) - plx_cut_item(run, run->first);
}

static bool fits(const plx_run *run, size_t size)
{
    if (size == PLX_VARIES)
        return run->n < INT_MAX;
    return size == 0 || run->grain <= INT_MAX / size || run->n <= INT_MAX / size;
}

static plx_status check_own(const plx_team *team, plx_run *run, bool map)
{
    const plx_kernel *kernel = run->kernel;
    bool short_of_in = kernel->in_size && !run->in;
    bool short_of_at = kernel->in_size == PLX_VARIES && !run->at;
    if (run->first == run->end || (!short_of_in && !short_of_at && !(map && !run->out)))
        return PLX_OK;
    plx_check_say(run->why, "rank %d: in, at or out of its own share is missing", team->rank);
    return PLX_BAD_JOB;
}

void *plx_room_grow(plx_room *room, size_t size)
{
    if (size <= room->size && room->bytes)
        return room->bytes;
    free(room->bytes);
    room->bytes = malloc(size + 1);
    room->size = room->bytes ? size : 0;
    return room->bytes;
}

static bool make_room(plx_ranks *ranks, plx_run *run, bool map)
{
    const plx_kernel *kernel = run->kernel;
    size_t items = items_of(run);
    bool varies = kernel->in_size == PLX_VARIES;
    if (kernel->in_size && !varies)
        run->in = plx_room_grow(&ranks->in, items * kernel->in_size);
    if (varies)
        run->at = plx_room_grow(&ranks->at, (items + 1) * sizeof *run->at);
    if (map)
        run->out = plx_room_grow(&ranks->out, items * kernel->out_size);
    return (run->in || !kernel->in_size || varies) && (run->at || !varies) && (run->out || !map);
}

plx_status plx_slice_open(plx_team *team, plx_run *run, bool map)
{
    plx_ranks *ranks = team->own;
    plx_cut_share(run->blocks, team->ranks, team->rank, &run->first, &run->end);
    if (run->where == PLX_LOCAL)
        return check_own(team, run, map);
    if (run->blocks > INT_MAX || !fits(run, run->kernel->in_size) ||
        !fits(run, map ? run->kernel->out_size : 0)) {
        plx_check_say(run->why, "%zu blocks of %zu items: above 2^31 blocks or bytes a block",
                      run->blocks, run->grain);
        return PLX_TOO_BIG;
    }
    if (team->rank == 0)
        return PLX_OK;
    run->in = NULL;
    run->at = NULL;
    run->out = NULL;
    return make_room(ranks, run, map) ? PLX_OK : PLX_NO_MEMORY;
}

/* Whole blocks of each rank. */
static void count_blocks(const plx_team *team, const plx_run *run)
{
    plx_ranks *ranks = team->own;
    size_t whole = run->n / run->grain;
    for (int r = 0; r < team->ranks; r++) {
        size_t first, end;
        plx_cut_share(run->blocks, team->ranks, r, &first, &end);
        ranks->counts[r] = (int)((end < whole ? end : whole) - (first < whole ? first : whole));
        ranks->counts[team->ranks + r] = (int)first;
    }
}

static MPI_Datatype block_type(const plx_run *run, size_t size)
{
    MPI_Datatype type;
    size_t bytes =
        run->grain <= INT_MAX / size ? run->grain * size : 1; /* 1: there is no whole block */
    MPI_Type_contiguous((int)bytes, MPI_BYTE, &type);
    MPI_Type_commit(&type);
    return type;
}

/* The short last block: its bytes; *at: where it lies in this rank's array. */
static int edge_of(const plx_run *run, size_t size, size_t *at)
{
    size_t begin = run->n / run->grain * run->grain;
    *at = (begin - (run->first * run->grain < begin ? run->first * run->grain : begin)) * size;
    return (int)((run->n - begin) * size);
}

static void scatter_fixed(const plx_team *team, const plx_run *run, const char *from, char *to,
                          size_t size)
{
    plx_ranks *ranks = team->own;
    int last = team->ranks - 1;
    if (last == 0)
        return;
    count_blocks(team, run);
    MPI_Datatype type = block_type(run, size);
    if (team->rank == 0)
        MPI_Scatterv(from, ranks->counts, ranks->counts + team->ranks, type, MPI_IN_PLACE, 0, type,
                     0, ranks->comm);
    else
        MPI_Scatterv(NULL, NULL, NULL, type, to, ranks->counts[team->rank], type, 0, ranks->comm);
    MPI_Type_free(&type);
    size_t at;
    int bytes = edge_of(run, size, &at);
    if (bytes && team->rank == 0)
        MPI_Send(from + at, bytes, MPI_BYTE, last, PLX_TAG_EDGE, ranks->comm);
    if (bytes && team->rank == last)
        MPI_Recv(to + at, bytes, MPI_BYTE, 0, PLX_TAG_EDGE, ranks->comm, MPI_STATUS_IGNORE);
}

/* Rank 0: each other rank's offsets, or then the bytes that they tell. */
static void send_shares(const plx_team *team, const plx_run *run, bool bytes)
{
    const plx_ranks *ranks = team->own;
    for (int r = 1; r < team->ranks; r++) {
        size_t first, end;
        plx_cut_share(run->blocks, team->ranks, r, &first, &end);
        size_t lo = plx_cut_item(run, first), hi = plx_cut_item(run, end);
        if (bytes)
            MPI_Send(run->in + run->at[lo], (int)(run->at[hi] - run->at[lo]), MPI_BYTE, r,
                     PLX_TAG_IN, ranks->comm);
        else
            MPI_Send(run->at + lo, (int)(hi - lo + 1), MPI_UINT64_T, r, PLX_TAG_AT, ranks->comm);
    }
}

/* Made relative to the share; how many bytes to expect is known only now. */
static plx_status receive_offsets(plx_ranks *ranks, plx_run *run, size_t items)
{
    size_t *at = ranks->at.bytes;
    MPI_Recv(at, (int)(items + 1), MPI_UINT64_T, 0, PLX_TAG_AT, ranks->comm, MPI_STATUS_IGNORE);
    for (size_t base = at[0], i = 0; i <= items; i++)
        at[i] -= base;
    if (at[items] > INT_MAX)
        return PLX_TOO_BIG;
    run->in = plx_room_grow(&ranks->in, at[items]);
    return run->in ? PLX_OK : PLX_NO_MEMORY;
}

/* Offsets, an agreement that there is room, bytes. */
static void scatter_varying(plx_team *team, plx_run *run)
{
    plx_ranks *ranks = team->own;
    size_t items = items_of(run);
    plx_status status = PLX_OK;
    if (team->rank == 0)
        send_shares(team, run, false);
    else
        status = receive_offsets(ranks, run, items);
    plx_run_trouble(run, plx_mpi_agree(team, status));
    if (plx_run_status(run) != PLX_OK)
        return;
    if (team->rank == 0)
        send_shares(team, run, true);
    else
        MPI_Recv(ranks->in.bytes, (int)run->at[items], MPI_BYTE, 0, PLX_TAG_IN, ranks->comm,
                 MPI_STATUS_IGNORE);
}

bool plx_slice_scatter(plx_team *team, plx_run *run)
{
    const plx_ranks *ranks = team->own;
    size_t size = run->kernel->in_size;
    if (run->where == PLX_LOCAL || run->n == 0 || size == 0)
        return true;
    double begun = plx_clock_s();
    if (size == PLX_VARIES)
        scatter_varying(team, run);
    else
        scatter_fixed(team, run, run->in, ranks->in.bytes, size);
    plx_run_moved(run, PLX_SLICE_SCATTER, begun);
    return plx_run_status(run) == PLX_OK;
}

void plx_slice_gather(plx_team *team, plx_run *run)
{
    plx_ranks *ranks = team->own;
    int last = team->ranks - 1;
    if (run->where == PLX_LOCAL || run->n == 0 || last == 0)
        return;
    double begun = plx_clock_s();
    size_t size = run->kernel->out_size;
    count_blocks(team, run);
    MPI_Datatype type = block_type(run, size);
    if (team->rank == 0)
        MPI_Gatherv(MPI_IN_PLACE, 0, type, run->out, ranks->counts, ranks->counts + team->ranks,
                    type, 0, ranks->comm);
    else
        MPI_Gatherv(run->out, ranks->counts[team->rank], type, NULL, NULL, NULL, type, 0,
                    ranks->comm);
    MPI_Type_free(&type);
    size_t at;
    int bytes = edge_of(run, size, &at);
    if (bytes && team->rank == last)
        MPI_Send(run->out + at, bytes, MPI_BYTE, 0, PLX_TAG_EDGE, ranks->comm);
    if (bytes && team->rank == 0)
        MPI_Recv(run->out + at, bytes, MPI_BYTE, last, PLX_TAG_EDGE, ranks->comm,
                 MPI_STATUS_IGNORE);
    plx_run_moved(run, PLX_SLICE_GATHER, begun);
}
