/* SPDX-License-Identifier: MIT */
/*
 * mpi/task.h: the tasks of a scope across ranks.
 *
 * The body runs on rank 0. Each other rank has some trays more than threads, so that one task lies
 * ready while the others run. Rank 0 puts the best task queued into a free tray and sends it; what
 * comes back frees the tray. A rank runs its tasks as a scope of its own under the model inside,
 * whose body receives and sends.
 *
 * Invariant: an order says what follows it, so receives are begun in the order in which data are
 * sent; data above EAGER follow only after the rank has said that it has room for them.
 */
#ifndef PLX_MPI_TASK_H
#define PLX_MPI_TASK_H

#include "mpi/model.h"

enum {
    PLX_TRAY_MORE = 1,               /* trays of a rank beyond its threads */
    PLX_TRAY_EAGER = 8192            /* bytes of a task's data that every tray has room for */
};

/* DATA: of a large task that was told before. */
typedef enum plx_order_kind { PLX_ORDER_TASK, PLX_ORDER_DATA, PLX_ORDER_END } plx_order_kind;

/** From rank 0. As much of ctx is sent as the kernel has. */
typedef struct plx_order {
    plx_order_kind kind;
    int tray;                        /* of this rank */
    int priority;
    size_t number, place, lo, hi;
    size_t in_size;                 /* bytes; VARIES: of all items */
    _Alignas(16) unsigned char ctx[PLX_CTX_MAX];
} plx_order;

/** To rank 0; out follows if the task ended well. */
typedef struct plx_tray_answer {
    int tray;
    bool room;                      /* it has not ended: there is room for its data */
    plx_status status;
    plx_status trouble;             /* of the rank: a stop, or worse */
    int32_t tries;
    plx_failure failure;
} plx_tray_answer;

/** A task between rank 0 and another rank, on either side. */
typedef struct plx_tray {
    plx_errand *errand;             /* NULL: it is free */
    int rank;                       /* on rank 0: whose tray it is */
    bool filling;                   /* data are coming: out on rank 0, in on the other */
    plx_order order;
    plx_tray_answer answer;
    MPI_Request *requests;
    size_t room, requested;
    /* on the other rank: at, in and out, one behind the other */
    plx_errand mine;
    char *data, *large;             /* EAGER bytes; more, for one task */
} plx_tray;

typedef struct plx_trays {
    plx_team *team;
    plx_tasks *tasks;
    plx_tray *trays;                 /* on rank 0 those of all ranks, one rank after the other */
    size_t n, *first;               /* rank 0: where each rank's trays begin */
    size_t *spare, spares, next;    /* rank 0: a ring of free trays, n long; the next to be used */
    plx_tray **coming;               /* rank 0: those whose out is coming */
    size_t comings;
    bool over;                      /* not on rank 0: no more will come */
} plx_trays;

/** Where a task's data lie from the begin of a tray's room on; total: bytes in all. */
typedef struct plx_tray_layout {
    size_t at_size, in_size, out_size, in, out, total;
} plx_tray_layout;

/* task.c: what both sides need */
MPI_Comm plx_tray_comm(const plx_trays *);
plx_tray_layout plx_tray_lay(const plx_kernel *, const plx_order *);
bool plx_tray_reserve(plx_tray *, const plx_tray_layout *);       /* requests; false: no memory */
void plx_tray_finish(plx_tray *);                                 /* wait for them */
bool plx_tray_filled(plx_tray *);                                 /* its data came; once */

void plx_tray_deal(void *);          /* task_root.c: rank 0's serving */
void plx_tray_dismiss(plx_trays *);  /* no more will come */
void plx_tray_serve(void *);         /* task_rank.c: the others' */
void plx_tray_follow(plx_tasks *);   /* their body */

#endif
