/* SPDX-License-Identifier: MIT */
/*
 * mpi/post_rank.c: a rank other than 0: it makes items as it has room for, sends them away, and
 * consumes what it is dealt.
 */
#include "mpi/post.h"

static MPI_Comm comm_of(const plx_post *p)
{
    const plx_ranks *ranks = p->team->own;
    return ranks->comm;
}

static void take_order(plx_post *p)
{
    plx_stepping *s = p->stepping;
    plx_item_order told;
    MPI_Recv(&told, sizeof told, MPI_BYTE, 0, PLX_TAG_ANSWER, comm_of(p), MPI_STATUS_IGNORE);
    double begun = plx_trace_now(s->run);
    if (told.item != PLX_NONE) {
        plx_parcel *parcel = plx_post_receive(p, told.item, 0, PLX_TAG_IN);
        p->home[plx_post_number(s, parcel)] = told.parcel;
        plx_steps_put(s, &s->queue, parcel);
    }
    plx_steps_give(s, told.room);
    p->end = told.end;
    if (told.end == PLX_POST_CLOSED)
        plx_steps_shut(s);
    else if (told.end == PLX_POST_STOPPED)
        plx_steps_stop(s);
    plx_trace_served(s->run, begun);
}

static void send_news(plx_post *p, const plx_item_news *told, const void *bytes)
{
    MPI_Send(told, sizeof *told, MPI_BYTE, 0, PLX_TAG_ASK, comm_of(p));
    if (told->item != PLX_NONE)
        plx_move_send(comm_of(p), bytes, p->stepping->steps.item_size, 0, PLX_TAG_OUT);
}

/* What was made and what was consumed, one of each in a message. */
static bool tell_one(plx_post *p)
{
    plx_stepping *s = p->stepping;
    plx_parcel *made = plx_steps_take(s, &s->out, 0), *gone = plx_steps_take(s, &s->gone, 0);
    if (!made && !gone)
        return false;
    plx_item_news told = {.item = made ? made->item : PLX_NONE,
                          .consumed = gone ? p->home[plx_post_number(s, gone)] : PLX_NONE};
    send_news(p, &told, made ? made->bytes : NULL);
    if (made)
        plx_steps_put(s, &s->spare, made);
    if (gone)
        plx_steps_put(s, &s->spare, gone);
    return true;
}

void plx_post_look(void *arg)
{
    plx_post *p = arg;
    for (int looks = 0, found; looks < 2 && p->end == PLX_POST_GO; looks++) {
        MPI_Iprobe(0, PLX_TAG_ANSWER, comm_of(p), &found, MPI_STATUS_IGNORE);
        if (found) {
            take_order(p);
            looks = -1;
        }
    }
    bool ended = !p->told_ended && plx_steps_have_ended(p->stepping);
    while (tell_one(p)) {
    }
    if (ended) {
        send_news(p, &(plx_item_news){.item = PLX_NONE, .consumed = PLX_NONE, .ended = true}, NULL);
        p->told_ended = true;
    }
}

void plx_post_end(plx_post *p)
{
    plx_item_news told = {.item = PLX_NONE, .consumed = PLX_NONE, .stopped = true};
    if (p->end == PLX_POST_GO)
        send_news(p, &told, NULL);
    while (p->end == PLX_POST_GO)
        take_order(p);
    told.stopped = false;
    told.last = true;
    send_news(p, &told, NULL);
}
