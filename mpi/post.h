/* SPDX-License-Identifier: MIT */
/*
 * mpi/post.h: items between ranks: producers and consumers on each, the queue on rank 0.
 *
 * Rank 0 lends the others room for items before they make any, so memory is bounded, and deals
 * items to ranks whose consumers are idle, one more for each to have at hand.
 *
 * The end is two words: rank 0's `end` is the last that it tells a rank, and what the rank then
 * answers with `last` is the last that it tells rank 0. So no message is left.
 */
#ifndef PLX_MPI_POST_H
#define PLX_MPI_POST_H

#include "mpi/model.h"

/* Rank 0's last word. */
enum { PLX_POST_GO, PLX_POST_CLOSED, PLX_POST_STOPPED };

/* What a rank tells rank 0. */
typedef struct plx_item_news {
    size_t item;                    /* made here, its bytes follow; or PLX_NONE */
    size_t consumed;                /* rank 0's parcel of an item that is; or PLX_NONE */
    bool ended;                     /* all producers here have, and nothing is on its way */
    bool stopped;                   /* no step is begun here any more */
    bool last;
} plx_item_news;

/* What rank 0 tells a rank. */
typedef struct plx_item_order {
    size_t item, parcel;            /* its bytes follow; or PLX_NONE */
    size_t room;                    /* for more items to be made */
    int end;
} plx_item_order;

/* Rank 0's: another rank. */
typedef struct plx_item_peer {
    size_t lent, most_lent;         /* room */
    size_t held, takes;             /* items dealt to it; of them under way at once, at most */
    bool ended;                     /* its producers */
    plx_item_order lend, end;
    MPI_Request lending, ending;
} plx_item_peer;

typedef struct plx_post {
    plx_team *team;
    plx_stepping *stepping;
    plx_item_peer *peers;           /* rank 0's, by rank */
    plx_item_order *orders;         /* rank 0's, by parcel: what was dealt */
    MPI_Request *requests;          /* by parcel, `each` of them */
    size_t each, *begun;
    int turn, lasts;
    size_t *home;                   /* another rank's, by parcel: rank 0's */
    bool told_ended;
    int end;
} plx_post;

/* An item's number and bytes are coming: into a parcel that is the caller's. */
plx_parcel *plx_post_receive(plx_post *, size_t item, int from, int tag);
size_t plx_post_number(const plx_stepping *, const plx_parcel *);

/* Between steps, and after the last. post_root.c: on rank 0; post_rank.c: on another. */
void plx_post_look_as_root(void *);
void plx_post_end_as_root(plx_post *);
void plx_post_look(void *);
void plx_post_end(plx_post *);

#endif
