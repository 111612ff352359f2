/* SPDX-License-Identifier: MIT */
/*
 * mpi/deal.h: hand-outs across ranks, for the schedules guided and dynamic.
 *
 * A hand-out is a step (plx_cut_deal): a chunk of blocks. A rank that computes begins with the step
 * of its own number, untold; while it runs a chunk it asks rank 0 for the next, so that the answer
 * and the data behind it travel while it computes. Up to PLX_MPI_ROOT_WORKS ranks rank 0 computes
 * as well and answers between its own blocks; above, it only answers.
 *
 * Invariant: every ask is answered and every chunk handed out comes back, whatever went wrong, so
 * that no message is ever left unread.
 */
#ifndef PLX_MPI_DEAL_H
#define PLX_MPI_DEAL_H

#include "mpi/model.h"

enum {
    PLX_DEAL_ASKS = 64, /* receives that wait at rank 0: fewer would starve many ranks */
    /* chunks of a rank whose results are under way: one sent, one computed, one to come */
    PLX_DEAL_SETS = 3
};

/** What is known of failures, in each message both ways. It is an ask as well. */
typedef struct plx_news {
    uint64_t lowest, trouble;
} plx_news;

typedef struct plx_answer {
    uint64_t step;                  /* PLX_NONE: there are no more */
    uint64_t bytes;                 /* of its in */
    plx_news news;
} plx_answer;

typedef struct plx_deal {
    plx_team *team;
    plx_run *run;
    void (*model)(plx_team *, plx_run *);
    bool map, varies;
    plx_deals cut;
    int first;                      /* the rank that begins with step 0: 1 if rank 0 only answers */
    bool asked;                     /* ranks ask at all: there are more steps than such ranks */
    size_t most_in, most_at, most_out;      /* bytes of the largest chunk, in whole lines */
    size_t width;                   /* requests of one chunk */
    double looked_s;                /* by the clock */
    /* rank 0: the arrays of the whole job */
    const char *in;
    const size_t *at;
    char *out;
    size_t next;                    /* step */
    int asking;                     /* ranks not yet told that there are no more */
    int receives, posted;           /* for their asks: in all, those that wait */
    plx_news asks[PLX_DEAL_ASKS];
    MPI_Request posts[PLX_DEAL_ASKS];
    MPI_Status from[PLX_DEAL_ASKS];
    int which[PLX_DEAL_ASKS];
    /* the others: buffers and requests by turns */
    size_t turn;
    plx_answer answer;              /* what is to be run next */
    MPI_Request answered;
    bool to_ask, waits;             /* it has not yet asked for it; it waits for the answer */
    size_t left;                    /* blocks of worker 0 until it is to ask */
} plx_deal;

/* deal.c: what both sides need */
plx_news plx_deal_news(const plx_run *);
void plx_deal_learn(plx_run *, plx_news);
void plx_deal_items(const plx_deal *, size_t step, size_t *lo, size_t *hi);
bool plx_deal_looks(plx_deal *);    /* it is time to look for messages */
/* run it; in, at, out: those of its first item */
void plx_deal_chunk(plx_deal *, size_t step, const char *in, const size_t *at, char *out);

void plx_deal_lead(plx_deal *);     /* deal_root.c: rank 0 */
void plx_deal_follow(plx_deal *);   /* deal_rank.c: the others */

#endif
