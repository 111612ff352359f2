/* SPDX-License-Identifier: MIT */
/*
 * mpi/deal_rank.c: a rank other than 0 runs one chunk after another and meanwhile asks for the
 * next.
 *
 * While a chunk is computed in one half of the buffers the next one's data come into the other, and
 * the results of the one before go out: worker 0 looks after them between its blocks.
 */
#include "mpi/deal.h"

static MPI_Comm comm_of(const plx_deal *d)
{
    const plx_ranks *ranks = d->team->own;
    return ranks->comm;
}

/* The requests of a turn: its results in front, then its data. */
static MPI_Request *requests_of(const plx_deal *d, size_t turn)
{
    const plx_ranks *ranks = d->team->own;
    return (MPI_Request *)ranks->requests.bytes + turn % 2 * d->width;
}

static char *half_of(const plx_room *room, size_t most, size_t turn)
{
    return most ? (char *)room->bytes + turn % 2 * most : NULL;
}

/* Whatever is under way for a turn is of the one before the last: its half is to be used again. */
static void expect_data(plx_deal *d, size_t turn)
{
    const plx_ranks *ranks = d->team->own;
    size_t lo, hi, begun = plx_move_pieces(d->most_out);
    if (d->answer.step == PLX_NONE)
        return;
    plx_deal_items(d, d->answer.step, &lo, &hi);
    MPI_Request *set = requests_of(d, turn);
    if (d->varies)
        begun += plx_move_begin_receive(comm_of(d), half_of(&ranks->at, d->most_at, turn),
                                        (hi - lo + 1) * sizeof *d->at, 0, PLX_TAG_AT, set + begun);
    plx_move_begin_receive(comm_of(d), half_of(&ranks->in, d->most_in, turn), d->answer.bytes, 0,
                           PLX_TAG_IN, set + begun);
}

static void ask(plx_deal *d)
{
    plx_news news = plx_deal_news(d->run);
    MPI_Irecv(&d->answer, sizeof d->answer, MPI_BYTE, 0, PLX_TAG_ANSWER, comm_of(d), &d->answered);
    MPI_Send(&news, sizeof news, MPI_BYTE, 0, PLX_TAG_ASK, comm_of(d));
    d->to_ask = false;
    d->waits = true;
}

/* Data that have to travel are asked for at once. A number alone is soon there, and who asks late
   is not bound to a chunk that another could begin sooner: so that is asked for when half of this
   one is run. */
static void begin_chunk(plx_deal *d, size_t step)
{
    size_t lo, hi;
    plx_cut_deal(&d->cut, step, &lo, &hi);
    d->answer.step = PLX_NONE;
    d->to_ask = d->asked;
    d->left = (hi - lo) / 2 / (size_t)d->team->threads;
    if (d->to_ask && d->run->kernel->in_size)
        ask(d);
}

static void take_answer(plx_deal *d)
{
    d->waits = false;
    plx_deal_learn(d->run, d->answer.news);
    expect_data(d, d->turn + 1);
}

/* Between blocks. What is under way moves on by being looked at. */
static void look(void *arg)
{
    plx_deal *d = arg;
    const plx_ranks *ranks = d->team->own;
    int done = 0;
    if (d->to_ask && d->left-- == 0)
        ask(d);
    if (!plx_deal_looks(d))
        return;
    if (d->waits)
        MPI_Test(&d->answered, &done, MPI_STATUS_IGNORE);
    if (done) {
        double begun = plx_trace_now(d->run);
        take_answer(d);
        plx_trace_served(d->run, begun);
    }
    if (d->width)
        MPI_Testall((int)(2 * d->width), ranks->requests.bytes, &done, MPI_STATUSES_IGNORE);
}

/* Data came as they lie at rank 0, where offsets do not begin with 0. */
static void run_chunk(plx_deal *d, size_t step)
{
    const plx_ranks *ranks = d->team->own;
    size_t lo, hi, *at = (size_t *)half_of(&ranks->at, d->most_at, d->turn);
    plx_deal_items(d, step, &lo, &hi);
    if (at)
        for (size_t base = at[0], i = 0; i <= hi - lo; i++)
            at[i] -= base;
    char *out = half_of(&ranks->out, d->most_out, d->turn);
    plx_deal_chunk(d, step, half_of(&ranks->in, d->most_in, d->turn), at, out);
    if (out)
        plx_move_begin_send(comm_of(d), out, (hi - lo) * d->run->kernel->out_size, 0, PLX_TAG_OUT,
                            requests_of(d, d->turn));
}

/* What to run next, its data, and the half of the buffers that it will use. */
static void wait_for_next(plx_deal *d)
{
    double begun = plx_trace_now(d->run);
    if (d->to_ask)
        ask(d);
    if (d->waits) {
        MPI_Wait(&d->answered, MPI_STATUS_IGNORE);
        take_answer(d);
    }
    plx_trace_served(d->run, begun);
    if (d->width == 0)
        return;
    begun = plx_clock_s();
    plx_move_end(requests_of(d, d->turn + 1), d->width);
    plx_run_moved(d->run, PLX_SLICE_SCATTER, begun);
}

static void begin(plx_deal *d)
{
    double begun = plx_clock_s();
    size_t lo, hi, step = (size_t)(d->team->rank - d->first);
    plx_deal_items(d, step, &lo, &hi);
    d->answer.step = step < d->cut.steps ? step : PLX_NONE;
    d->answer.bytes = d->most_in ? (hi - lo) * d->run->kernel->in_size : 0;
    if (d->varies && d->answer.step != PLX_NONE)
        MPI_Recv(&d->answer, sizeof d->answer, MPI_BYTE, 0, PLX_TAG_ANSWER, comm_of(d),
                 MPI_STATUS_IGNORE);
    expect_data(d, 0);
    plx_move_end(requests_of(d, 0), d->width);
    if (d->run->kernel->in_size)
        plx_run_moved(d->run, PLX_SLICE_SCATTER, begun);
}

void plx_deal_follow(plx_deal *d)
{
    begin(d);
    d->run->between = look;
    d->run->between_arg = d;
    for (; d->answer.step != PLX_NONE; d->turn++) {
        size_t step = d->answer.step;
        begin_chunk(d, step);
        run_chunk(d, step);
        wait_for_next(d);
    }
    plx_progress_end(d->team, d->run);
    double begun = plx_clock_s();
    plx_move_end(requests_of(d, 0), 2 * d->width);
    plx_run_moved(d->run, PLX_SLICE_GATHER, begun);
}
