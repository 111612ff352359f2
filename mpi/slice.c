/* SPDX-License-Identifier: MIT */
/*
 * mpi/slice.c: a rank's share of the data: contiguous whole blocks, from rank 0 and back to it.
 *
 * Rank 0 begins the messages of all ranks before it waits for any, so that no rank waits for
 * another's; it works in place itself. All room is got when the call opens: data may be refused
 * there, and never later, but for bytes whose number the offsets tell.
 */
#include <stdlib.h>

#include "mpi/model.h"

static size_t items_of(const plx_run *run)
{
    return plx_cut_item(run, run->end) - plx_cut_item(run, run->first);
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
        run->out = plx_room_grow(&ranks->out, items * run->out_size);
    return (run->in || !kernel->in_size || varies) && (run->at || !varies) && (run->out || !map);
}

/* Of what rank 0 has, what is rank r's: items, offsets (one more), or the bytes that these tell. */
static const char *part_of(const plx_team *team, const plx_run *run, int tag, int r, size_t *size)
{
    size_t first, end, each = run->kernel->in_size;
    plx_cut_share(run->blocks, team->ranks, r, &first, &end);
    size_t lo = plx_cut_item(run, first), hi = plx_cut_item(run, end);
    if (tag == PLX_TAG_AT) {
        *size = (hi - lo + 1) * sizeof *run->at;
        return (const char *)(run->at + lo);
    }
    if (each == PLX_VARIES) {
        *size = run->at[hi] - run->at[lo];
        return run->in + run->at[lo];
    }
    *size = (hi - lo) * each;
    return run->in + lo * each;
}

static char *result_of(const plx_team *team, const plx_run *run, int r, size_t *size)
{
    size_t first, end, each = run->out_size;
    plx_cut_share(run->blocks, team->ranks, r, &first, &end);
    size_t lo = plx_cut_item(run, first);
    *size = (plx_cut_item(run, end) - lo) * each;
    return run->out + lo * each;
}

static size_t parts_pieces(const plx_team *team, const plx_run *run, int tag)
{
    size_t pieces = 0, size;
    for (int r = 1; r < team->ranks && run->n; r++) {
        if (tag == PLX_TAG_OUT)
            result_of(team, run, r, &size);
        else
            part_of(team, run, tag, r, &size);
        pieces += plx_move_pieces(size);
    }
    return pieces;
}

/* Rank 0: as many requests as the scatter or the gather has under way at once. */
static bool make_requests(const plx_team *team, plx_ranks *ranks, const plx_run *run, bool map)
{
    size_t each = run->kernel->in_size;
    size_t items = each ? parts_pieces(team, run, PLX_TAG_IN) : 0;
    size_t offsets = each == PLX_VARIES ? parts_pieces(team, run, PLX_TAG_AT) : 0;
    size_t results = map ? parts_pieces(team, run, PLX_TAG_OUT) : 0;
    size_t most = items > offsets ? items : offsets;
    most = most > results ? most : results;
    return plx_room_grow(&ranks->requests, most * sizeof(MPI_Request)) != NULL;
}

plx_status plx_slice_open(plx_team *team, plx_run *run, bool map)
{
    plx_ranks *ranks = team->own;
    plx_cut_share(run->blocks, team->ranks, team->rank, &run->first, &run->end);
    if (run->where == PLX_LOCAL)
        return check_own(team, run, map);
    if (team->rank == 0)
        return make_requests(team, ranks, run, map) ? PLX_OK : PLX_NO_MEMORY;
    run->in = NULL;
    run->at = NULL;
    run->out = NULL;
    return make_room(ranks, run, map) ? PLX_OK : PLX_NO_MEMORY;
}

static void send_parts(const plx_team *team, const plx_run *run, int tag)
{
    const plx_ranks *ranks = team->own;
    MPI_Request *requests = ranks->requests.bytes;
    size_t begun = 0, size;
    for (int r = 1; r < team->ranks; r++) {
        const char *part = part_of(team, run, tag, r, &size);
        begun += plx_move_begin_send(ranks->comm, part, size, r, tag, requests + begun);
    }
    plx_move_end(requests, begun);
}

/* Made relative to the share; how many bytes to expect is known only now. */
static plx_status receive_offsets(plx_ranks *ranks, plx_run *run, size_t items)
{
    size_t *at = ranks->at.bytes;
    plx_move_receive(ranks->comm, at, (items + 1) * sizeof *at, 0, PLX_TAG_AT);
    for (size_t base = at[0], i = 0; i <= items; i++)
        at[i] -= base;
    run->in = plx_room_grow(&ranks->in, at[items]);
    return run->in ? PLX_OK : PLX_NO_MEMORY;
}

static void scatter_items(const plx_team *team, const plx_run *run, size_t size)
{
    const plx_ranks *ranks = team->own;
    if (team->rank == 0)
        send_parts(team, run, PLX_TAG_IN);
    else
        plx_move_receive(ranks->comm, ranks->in.bytes, size, 0, PLX_TAG_IN);
}

/* Offsets, an agreement that there is room, bytes. */
static void scatter_varying(plx_team *team, plx_run *run)
{
    plx_status status = PLX_OK;
    size_t items = items_of(run);
    if (team->rank == 0)
        send_parts(team, run, PLX_TAG_AT);
    else
        status = receive_offsets(team->own, run, items);
    plx_run_trouble(run, plx_mpi_agree(team, status));
    if (plx_run_status(run) == PLX_OK)
        scatter_items(team, run, team->rank ? run->at[items] : 0);
}

bool plx_slice_scatter(plx_team *team, plx_run *run)
{
    size_t size = run->kernel->in_size;
    if (run->where == PLX_LOCAL || run->n == 0 || size == 0)
        return true;
    double begun = plx_clock_s();
    if (size == PLX_VARIES)
        scatter_varying(team, run);
    else
        scatter_items(team, run, items_of(run) * size);
    plx_run_moved(run, PLX_SLICE_SCATTER, begun);
    return plx_run_status(run) == PLX_OK;
}

static void receive_results(const plx_team *team, const plx_run *run)
{
    const plx_ranks *ranks = team->own;
    MPI_Request *requests = ranks->requests.bytes;
    size_t begun = 0, size;
    for (int r = 1; r < team->ranks; r++) {
        char *part = result_of(team, run, r, &size);
        begun += plx_move_begin_receive(ranks->comm, part, size, r, PLX_TAG_OUT, requests + begun);
    }
    plx_move_end(requests, begun);
}

void plx_slice_gather(plx_team *team, plx_run *run)
{
    const plx_ranks *ranks = team->own;
    if (run->where == PLX_LOCAL || run->n == 0 || team->ranks == 1)
        return;
    plx_progress_end(team, run);
    double begun = plx_clock_s();
    if (team->rank == 0)
        receive_results(team, run);
    else
        plx_move_send(ranks->comm, run->out, items_of(run) * run->out_size, 0, PLX_TAG_OUT);
    plx_run_moved(run, PLX_SLICE_GATHER, begun);
}
