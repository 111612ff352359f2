/* SPDX-License-Identifier: MIT */
/*
 * mpi/post_root.c: rank 0 lends room, takes in what is made, and deals it out again.
 *
 * It only begins to send, since the other rank may be sending to it. An item that was dealt keeps
 * its parcel until it is consumed, so the message that says so also ends the sending.
 */
#include "mpi/post.h"

static MPI_Comm comm_of(const plx_post *p)
{
    const plx_ranks *ranks = p->team->own;
    return ranks->comm;
}

static void take_news(plx_post *p)
{
    plx_stepping *s = p->stepping;
    MPI_Status from;
    plx_item_news told;
    MPI_Recv(&told, sizeof told, MPI_BYTE, MPI_ANY_SOURCE, PLX_TAG_ASK, comm_of(p), &from);
    double begun = plx_trace_now(s->run);
    plx_item_peer *r = &p->peers[from.MPI_SOURCE];
    if (told.item != PLX_NONE) {
        plx_steps_put(s, &s->queue, plx_post_receive(p, told.item, from.MPI_SOURCE, PLX_TAG_OUT));
        r->lent--;
    }
    if (told.consumed != PLX_NONE) {
        plx_move_end(&p->requests[p->each * told.consumed], p->begun[told.consumed]);
        p->begun[told.consumed] = 0;
        plx_steps_put(s, &s->spare, &s->all[told.consumed]);
        plx_steps_give(s, r->held-- > r->takes); /* one that it had at hand is begun */
    }
    if (told.ended) {
        plx_steps_give(s, r->lent);
        r->lent = 0;
        r->ended = true;
    }
    if (told.stopped)
        plx_steps_stop(s);
    p->lasts += told.last;
    plx_trace_served(s->run, begun);
}

static void deal_one(plx_post *p, int to, plx_parcel *parcel)
{
    size_t b = plx_post_number(p->stepping, parcel);
    MPI_Request *requests = &p->requests[p->each * b];
    p->orders[b] = (plx_item_order){.item = parcel->item, .parcel = b};
    size_t n = plx_move_begin_send(comm_of(p), &p->orders[b], sizeof *p->orders, to, PLX_TAG_ANSWER,
                                   requests);
    p->begun[b] = n + plx_move_begin_send(comm_of(p), parcel->bytes, p->stepping->steps.item_size,
                                          to, PLX_TAG_IN, requests + n);
}

/* An item that a consumer will take at once has left the queue; one to have at hand has not. */
static void deal(plx_post *p, size_t ahead, size_t keep)
{
    plx_stepping *s = p->stepping;
    for (int r = 1; r < p->team->ranks; r++) {
        plx_item_peer *to = &p->peers[r];
        while (to->held < ahead * to->takes) {
            plx_parcel *parcel = plx_steps_take(s, &s->queue, keep);
            if (!parcel)
                return;
            plx_steps_give(s, to->held++ < to->takes);
            deal_one(p, r, parcel);
        }
    }
}

static void lend(plx_post *p, plx_item_peer *to, int r)
{
    int done;
    if (to->ended || 2 * to->lent > to->most_lent)
        return;
    MPI_Test(&to->lending, &done, MPI_STATUS_IGNORE);
    size_t room = done ? plx_steps_lend(p->stepping, to->most_lent - to->lent) : 0;
    if (!room)
        return;
    to->lent += room;
    to->lend = (plx_item_order){.item = PLX_NONE, .room = room};
    MPI_Isend(&to->lend, sizeof to->lend, MPI_BYTE, r, PLX_TAG_ANSWER, comm_of(p), &to->lending);
}

/* By turns; when it is rank 0's the room stays here until the next look. */
static void lend_by_turns(plx_post *p)
{
    for (int r = 1; r < p->team->ranks; r++) {
        p->turn = (p->turn + 1) % p->team->ranks;
        if (p->turn != 0)
            lend(p, &p->peers[p->turn], p->turn);
        else if (!plx_steps_have_ended(p->stepping))
            return;
    }
}

static void close_if_ended(plx_post *p)
{
    bool ended = plx_steps_have_ended(p->stepping);
    for (int r = 1; ended && r < p->team->ranks; r++)
        ended = p->peers[r].ended;
    if (ended)
        plx_steps_shut(p->stepping);
}

/* Open MPI's probe looks, progresses, and returns without looking again, so it is asked twice. */
void plx_post_look_as_root(void *arg)
{
    plx_post *p = arg;
    for (int look = 0, found; look < 2; look++) {
        MPI_Iprobe(MPI_ANY_SOURCE, PLX_TAG_ASK, comm_of(p), &found, MPI_STATUS_IGNORE);
        if (found) {
            take_news(p);
            look = -1;
        }
    }
    deal(p, 1, 0);
    deal(p, PLX_STEPS_AHEAD, p->peers[0].takes);
    lend_by_turns(p);
    close_if_ended(p);
}

void plx_post_end_as_root(plx_post *p)
{
    int end = p->stepping->stopped ? PLX_POST_STOPPED : PLX_POST_CLOSED, ranks = p->team->ranks;
    for (int r = 1; r < ranks; r++) {
        plx_item_peer *to = &p->peers[r];
        to->end = (plx_item_order){.item = PLX_NONE, .end = end};
        MPI_Isend(&to->end, sizeof to->end, MPI_BYTE, r, PLX_TAG_ANSWER, comm_of(p), &to->ending);
    }
    while (p->lasts < ranks - 1)
        take_news(p);
    for (int r = 1; r < ranks; r++) {
        MPI_Wait(&p->peers[r].lending, MPI_STATUS_IGNORE);
        MPI_Wait(&p->peers[r].ending, MPI_STATUS_IGNORE);
    }
    for (size_t b = 0; b < p->stepping->parcels; b++)
        plx_move_end(&p->requests[p->each * b], p->begun[b]);
}
