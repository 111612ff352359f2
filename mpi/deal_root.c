/* SPDX-License-Identifier: MIT */
/*
 * mpi/deal_root.c: rank 0 hands out steps and, behind the answer, their data, straight from the
 * caller's array; results come straight into it.
 *
 * It never waits for a rank while it has blocks of its own: what it sends are short answers that
 * are waited for, and data that it only begins to send. A set of requests is used again when its
 * rank has asked twice since, which it does only after its chunk has been sent back.
 */
#include "mpi/deal.h"

static MPI_Comm comm_of(const plx_deal *d)
{
    const plx_ranks *ranks = d->team->own;
    return ranks->comm;
}

/* A step that is wanted, in rising order; once none is, none will be. */
static size_t take(plx_deal *d)
{
    size_t lo, hi;
    plx_deal_items(d, d->next, &lo, &hi);
    return d->next < d->cut.steps && plx_run_wants(d->run, lo) ? d->next++ : PLX_NONE;
}

static const char *in_of(const plx_deal *d, size_t lo, size_t hi, size_t *bytes)
{
    size_t size = d->run->kernel->in_size;
    if (!d->varies) {
        *bytes = (hi - lo) * size;
        return size ? d->in + lo * size : NULL;
    }
    *bytes = d->at[hi] - d->at[lo];
    return d->in + d->at[lo];
}

static void move_data(plx_deal *d, int r, size_t step)
{
    plx_ranks *ranks = d->team->own;
    int *sets = ranks->counts; /* handed out to each rank, in turns */
    size_t lo, hi, bytes, begun = 0;
    plx_deal_items(d, step, &lo, &hi);
    const char *in = in_of(d, lo, hi, &bytes);
    MPI_Request *set = ranks->requests.bytes;
    set += ((size_t)r * PLX_DEAL_SETS + (size_t)sets[r]) * d->width;
    sets[r] = (sets[r] + 1) % PLX_DEAL_SETS;
    plx_move_end(set, d->width);
    if (d->varies)
        begun += plx_move_begin_send(comm_of(d), d->at + lo, (hi - lo + 1) * sizeof *d->at, r,
                                     PLX_TAG_AT, set);
    begun += plx_move_begin_send(comm_of(d), in, bytes, r, PLX_TAG_IN, set + begun);
    size_t size = d->map ? d->run->kernel->out_size : 0;
    if (size)
        plx_move_begin_receive(comm_of(d), d->out + lo * size, (hi - lo) * size, r, PLX_TAG_OUT,
                               set + begun);
}

static void send_answer(const plx_deal *d, int r, size_t step)
{
    plx_answer answer = {.step = step, .news = plx_deal_news(d->run)};
    size_t lo, hi, bytes;
    if (step != PLX_NONE) {
        plx_deal_items(d, step, &lo, &hi);
        in_of(d, lo, hi, &bytes);
        answer.bytes = bytes;
    }
    MPI_Send(&answer, sizeof answer, MPI_BYTE, r, PLX_TAG_ANSWER, comm_of(d));
}

static void post(plx_deal *d, int i)
{
    MPI_Irecv(&d->asks[i], sizeof *d->asks, MPI_BYTE, MPI_ANY_SOURCE, PLX_TAG_ASK, comm_of(d),
              &d->posts[i]);
    d->posted++;
}

static void answer(plx_deal *d, int r, plx_news news)
{
    double begun = plx_trace_now(d->run);
    plx_deal_learn(d->run, news);
    size_t step = take(d);
    send_answer(d, r, step);
    if (step == PLX_NONE)
        d->asking--;
    else
        move_data(d, r, step);
    plx_trace_served(d->run, begun);
}

/* All that have come, then new receives: never more of them wait than ranks that may still ask. */
static bool answer_all(plx_deal *d, bool wait)
{
    int n;
    if (wait)
        MPI_Waitsome(d->receives, d->posts, &n, d->which, d->from);
    else
        MPI_Testsome(d->receives, d->posts, &n, d->which, d->from);
    if (n == MPI_UNDEFINED || n == 0)
        return false;
    d->posted -= n;
    for (int i = 0; i < n; i++)
        answer(d, d->from[i].MPI_SOURCE, d->asks[d->which[i]]);
    for (int i = 0; i < n && d->posted < d->asking; i++)
        post(d, d->which[i]);
    return true;
}

/* Between blocks. Open MPI looks, progresses, and returns without looking again, so it is asked
   twice; with nobody left to ask it is still to move data on. Where asks come as fast as they are
   answered, its own block waits for no more than one of each rank. */
static void look(void *arg)
{
    plx_deal *d = arg;
    int found;
    if (!plx_deal_looks(d))
        return;
    if (d->asking == 0 && d->width)
        MPI_Iprobe(MPI_ANY_SOURCE, PLX_TAG_ASK, comm_of(d), &found, MPI_STATUS_IGNORE);
    for (int looks = 0, most = d->asking; d->asking && looks < 2 && most > 0; looks++)
        if (answer_all(d, false)) {
            looks = -1;
            most--;
        }
}

/* The first step of each rank, unasked: it knows its number. */
static void begin(plx_deal *d)
{
    const plx_ranks *ranks = d->team->own;
    double begun = plx_clock_s();
    for (int r = 1; r < d->team->ranks; r++) {
        size_t step = (size_t)(r - d->first);
        ranks->counts[r] = 0;
        if (d->varies && step < d->cut.steps)
            send_answer(d, r, step);
        if (step < d->cut.steps)
            move_data(d, r, step);
    }
    d->asking = d->asked ? d->team->ranks - 1 : 0;
    d->receives = d->asking < PLX_DEAL_ASKS ? d->asking : PLX_DEAL_ASKS;
    for (int i = 0; i < d->receives; i++)
        post(d, i);
    if (d->run->kernel->in_size)
        plx_run_moved(d->run, PLX_SLICE_SCATTER, begun);
}

static void finish(plx_deal *d)
{
    const plx_ranks *ranks = d->team->own;
    double begun = plx_clock_s();
    plx_progress_end(d->team, d->run);
    while (d->asking)
        answer_all(d, true);
    plx_move_end(ranks->requests.bytes, PLX_DEAL_SETS * (size_t)d->team->ranks * d->width);
    plx_run_moved(d->run, PLX_SLICE_GATHER, begun);
}

static void run_step(plx_deal *d, size_t step)
{
    size_t lo, hi, in = d->run->kernel->in_size, out = d->run->kernel->out_size;
    plx_deal_items(d, step, &lo, &hi);
    plx_deal_chunk(d, step, d->varies || !in ? d->in : d->in + lo * in,
                   d->varies ? d->at + lo : NULL, d->map ? d->out + lo * out : NULL);
}

void plx_deal_lead(plx_deal *d)
{
    begin(d);
    d->run->between = look;
    d->run->between_arg = d;
    for (size_t step = d->first == 0 ? 0 : PLX_NONE; step != PLX_NONE; step = take(d))
        run_step(d, step);
    finish(d);
}
