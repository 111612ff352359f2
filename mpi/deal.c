/* SPDX-License-Identifier: MIT */
/*
 * mpi/deal.c: hand-outs across ranks: when there are any, and the room for them.
 *
 * All room is got before the ranks agree to start. Only where items differ in length rank 0 alone
 * knows how much that is, so there it is told and agreed on its own.
 */
#include "mpi/deal.h"

#include <stdlib.h>

#ifndef PLX_MPI_ROOT_WORKS
#define PLX_MPI_ROOT_WORKS 32 /* ranks; the build may set another, as the tests do */
#endif

#define LOOK_S 10e-6 /* seconds between two looks, at least */

bool plx_deal_wanted(const plx_team *team, plx_schedule schedule, plx_where where)
{
    return team->ranks > 1 && schedule != PLX_STATIC && where == PLX_ROOT;
}

bool plx_deal_serves(const plx_team *team, plx_schedule schedule, plx_where where)
{
    return plx_deal_wanted(team, schedule, where) && team->ranks > PLX_MPI_ROOT_WORKS;
}

plx_news plx_deal_news(const plx_run *run)
{
    return (plx_news){atomic_load(&run->lowest), (uint64_t)atomic_load(&run->trouble)};
}

void plx_deal_learn(plx_run *run, plx_news news)
{
    plx_fails_lower(&run->lowest, news.lowest);
    plx_run_trouble(run, (plx_status)news.trouble);
}

/* Looking takes some 300 ns: for short blocks it is not done at each. */
bool plx_deal_looks(plx_deal *d)
{
    double now = plx_clock_s();
    if (now < d->looked_s + LOOK_S)
        return false;
    d->looked_s = now;
    return true;
}

void plx_deal_items(const plx_deal *d, size_t step, size_t *lo, size_t *hi)
{
    size_t first, end;
    plx_cut_deal(&d->cut, step, &first, &end);
    *lo = plx_cut_item(d->run, first);
    *hi = plx_cut_item(d->run, end);
}

void plx_deal_chunk(plx_deal *d, size_t step, const char *in, const size_t *at, char *out)
{
    plx_run *run = d->run;
    plx_cut_deal(&d->cut, step, &run->first, &run->end);
    run->in = in;
    run->at = at;
    run->out = out;
    d->model(d->team->inner, run);
}

static size_t in_lines(size_t size)
{
    return (size + PLX_LINE - 1) / PLX_LINE * PLX_LINE;
}

/* Requests on rank 0: as many chunks of each rank as can be under way. Buffers on the others: a
   chunk that is computed and one that travels, and so for their requests. */
static bool make_room(plx_deal *d)
{
    plx_ranks *ranks = d->team->own;
    size_t halves = d->asked ? 2 : 1;
    d->width =
        plx_move_pieces(d->most_in) + plx_move_pieces(d->most_at) + plx_move_pieces(d->most_out);
    size_t sets = d->team->rank == 0 ? PLX_DEAL_SETS * (size_t)d->team->ranks : 2;
    MPI_Request *requests = plx_room_grow(&ranks->requests, sets * d->width * sizeof *requests);
    for (size_t i = 0; requests && i < sets * d->width; i++)
        requests[i] = MPI_REQUEST_NULL;
    if (!requests || d->team->rank == 0)
        return requests;
    return (!d->most_in || plx_room_grow(&ranks->in, halves * d->most_in)) &&
           (!d->most_at || plx_room_grow(&ranks->at, halves * d->most_at)) &&
           (!d->most_out || plx_room_grow(&ranks->out, halves * d->most_out));
}

/* Step 0 is the largest of all. */
static void measure(plx_deal *d)
{
    const plx_kernel *kernel = d->run->kernel;
    size_t lo, items;
    plx_deal_items(d, 0, &lo, &items);
    d->varies = kernel->in_size == PLX_VARIES;
    d->most_in = d->varies ? 0 : in_lines(items * kernel->in_size);
    d->most_at = d->varies ? in_lines((items + 1) * sizeof *d->at) : 0;
    d->most_out = d->map ? in_lines(items * kernel->out_size) : 0;
}

static int most_threads(const plx_team *team)
{
    const plx_ranks *ranks = team->own;
    int most = 1;
    for (int r = 0; r < team->ranks; r++)
        most = ranks->threads[r] > most ? ranks->threads[r] : most;
    return most;
}

plx_status plx_deal_open(plx_team *team, plx_run *run, bool map)
{
    plx_ranks *ranks = team->own;
    plx_deal *d = ranks->deal = calloc(1, sizeof *d);
    if (!d)
        return PLX_NO_MEMORY;
    d->team = team;
    d->run = run;
    d->map = map;
    d->model = map ? team->inner->model->map : team->inner->model->reduce;
    d->in = run->in;
    d->at = run->at;
    d->out = run->out;
    d->first = plx_deal_serves(team, run->schedule, run->where);
    int computing = team->ranks - d->first;
    d->cut = plx_cut_deals(run->schedule, run->blocks, computing, most_threads(team),
                           map ? 0 : run->kernel->acc_size);
    d->asked = d->cut.steps > (size_t)computing;
    d->next = d->asked ? (size_t)computing : d->cut.steps;
    measure(d);
    return make_room(d) ? PLX_OK : PLX_NO_MEMORY;
}

void plx_deal_close(plx_team *team)
{
    plx_ranks *ranks = team->own;
    free(ranks->deal);
    ranks->deal = NULL;
}

/* The most bytes of a chunk whose items differ in length. */
static bool tell_bytes(plx_deal *d)
{
    uint64_t most = 0;
    for (size_t step = 0, lo, hi; d->team->rank == 0 && step < d->cut.steps; step++) {
        plx_deal_items(d, step, &lo, &hi);
        most = d->at[hi] - d->at[lo] > most ? d->at[hi] - d->at[lo] : most;
    }
    plx_mpi_tell(d->team, 0, &most, sizeof most);
    d->most_in = in_lines(most + 1); /* a pointer, even to nothing */
    plx_run_trouble(d->run, plx_mpi_agree(d->team, make_room(d) ? PLX_OK : PLX_NO_MEMORY));
    return plx_run_status(d->run) == PLX_OK;
}

void plx_deal_run(plx_team *team, plx_run *run)
{
    const plx_ranks *ranks = team->own;
    plx_deal *d = ranks->deal;
    if (run->blocks == 0 || (d->varies && !tell_bytes(d)))
        return;
    if (team->rank == 0)
        plx_deal_lead(d);
    else
        plx_deal_follow(d);
    if (d->width && team->threads == 1) /* data were moved, and no other thread computed */
        run->scatter_s += run->lanes[0].served_s;
}
