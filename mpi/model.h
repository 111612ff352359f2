/* SPDX-License-Identifier: MIT */
/*
 * mpi/model.h: the patterns across ranks. A rank narrows the run to its own blocks and runs them
 * through another model's row; block numbers stay those of the whole.
 *
 * Every rank enters every collective, whatever went wrong on it: an error is a value that travels.
 */
#ifndef PLX_MPI_MODEL_H
#define PLX_MPI_MODEL_H

#include <mpi.h>

#include "core/team.h"

/* The most bytes of one message; the build may set fewer, as the tests do. */
#ifndef PLX_PIECE
#define PLX_PIECE 1073741824
#endif

/* What a message between two ranks is. */
enum {
    PLX_TAG_JOIN = 1, PLX_TAG_IN, PLX_TAG_AT, PLX_TAG_OUT, PLX_TAG_HEAD,
    PLX_TAG_FAILURE, PLX_TAG_SLICE, PLX_TAG_ASK, PLX_TAG_ANSWER, PLX_TAG_PROGRESS
};

/**
 * Memory that is kept from call to call and grows: getting it anew would cost a page fault for
 * every 4 KiB of a share.
 */
typedef struct plx_room {
    void *bytes;
    size_t size;
} plx_room;

/* What a rank tells rank 0 of its progress: items since it told last. */
typedef struct plx_tally {
    uint64_t done, failed, last;
} plx_tally;

/* Progress of ranks far away, of one call. */
typedef struct plx_far {
    bool on;                        /* somebody asked for it, and not all is told */
    plx_pace *pace;
    size_t done, failed;            /* told so far */
    int lasts;                      /* rank 0: ranks that have told their last */
    plx_tally news;
    MPI_Request sent;
} plx_far;

typedef struct plx_ranks {
    MPI_Comm comm;                  /* a duplicate of the user's; errors are fatal */
    int hosts, host_ranks;          /* hosts in all, ranks on this one */
    char library[MPI_MAX_LIBRARY_VERSION_STRING];   /* of the first line what is before a comma */
    int *threads;                   /* by rank */
    int *counts;                    /* room for counts and, behind them, displacements, by rank */
    plx_worker *mine;               /* room for what this rank's workers did */
    plx_room in, at, out;           /* this rank's share, where it is not the caller's own memory */
    plx_room roots;                 /* partials of a range of ranks, as they come or go */
    plx_room requests;              /* of all that is under way at once */
    plx_room parcels;               /* the partials that go to other ranks */
    plx_room codes;                 /* rank 0's retry_codes */
    plx_far far;
    struct plx_deal *deal;          /* one call's; NULL: its shares are static */
    struct plx_fan_ranks *fan;      /* one call's */
    struct plx_desk *desk;
    struct plx_trays *trays;        /* one call's, of several ranks */
    struct plx_post *post;
} plx_ranks;

extern const plx_model plx_mpi_model;

plx_status plx_mpi_begin(plx_team *, plx_call *, plx_status mine);
plx_status plx_mpi_agree(plx_team *, plx_status mine);
int plx_mpi_lowest(plx_team *, bool mine);
void plx_mpi_tell(plx_team *, int from, void *bytes, size_t size);
plx_status plx_mpi_enter(plx_team *, plx_call *);
void plx_mpi_leave(plx_team *, plx_call *);
void plx_mpi_report(plx_team *, plx_call *, plx_status, plx_report *);
void plx_mpi_map(plx_team *, plx_run *);
void plx_mpi_reduce(plx_team *, plx_run *);
void plx_mpi_fan(plx_team *, plx_fanout *);
void plx_mpi_pipeline(plx_team *, plx_flow *);
void plx_mpi_scan(plx_team *, plx_prefix *);
void plx_mpi_task(plx_team *, plx_tasks *);
void plx_mpi_divide(plx_team *, plx_forks *);
void plx_mpi_queue(plx_team *, plx_stepping *);

/* move.c: a message of any length goes in pieces of at most PLX_PIECE bytes, since Open MPI 4.1
   counts in int and has faults beyond 2^31 bytes. None for 0 bytes. */
size_t plx_move_pieces(size_t size);
void plx_move_send(MPI_Comm, const void *, size_t size, int to, int tag);
void plx_move_receive(MPI_Comm, void *, size_t size, int from, int tag);
void plx_move_share(MPI_Comm, void *, size_t size, int from);   /* one rank's for all */
/* begun, not ended: plx_move_pieces(size) requests, whose number is returned */
size_t plx_move_begin_send(MPI_Comm, const void *, size_t size, int to, int tag, MPI_Request *);
size_t plx_move_begin_receive(MPI_Comm, void *, size_t size, int from, int tag, MPI_Request *);
void plx_move_end(MPI_Request *, size_t n);

/* fit.c: ranks that do not fit together */
/* whether all ranks run this library; else apart says which do not, the same words on all */
void plx_fit_check(MPI_Comm, char apart[108]);
/* "ranks 1, 3 to 5 run" or "rank 2 runs": those with differs[r]; as many as there is room for */
void plx_fit_name(const int *differs, int ranks, char *text, size_t size);

/* slice.c: the data of a rank's blocks */
plx_status plx_slice_open(plx_team *, plx_run *, bool map);
bool plx_slice_scatter(plx_team *, plx_run *);          /* false on every rank: no room */
void plx_slice_gather(plx_team *, plx_run *);
void *plx_room_grow(plx_room *, size_t size);           /* what it held is lost; NULL: no memory */

/* verdict.c: run->trouble, lowest and failures become those of all ranks */
void plx_verdict(plx_team *, plx_run *);
void plx_verdict_meet(plx_team *, plx_run *);          /* trouble and lowest alone */

/* deal.c: hand-outs across ranks, with their data */
bool plx_deal_wanted(const plx_team *, plx_schedule, plx_where);
bool plx_deal_serves(const plx_team *, plx_schedule, plx_where);    /* rank 0 runs no block */
plx_status plx_deal_open(plx_team *, plx_run *, bool map);
void plx_deal_run(plx_team *, plx_run *);
void plx_deal_close(plx_team *);

/* home.c: which rank joins which blocks, and how their partials come there after hand-outs */
size_t plx_home_first(const plx_team *, const plx_run *, int r);    /* r from 0 to ranks */
/* before the verdict: room, and how many accumulators are to be reserved */
size_t plx_home_reserve(plx_team *, plx_run *);
void plx_home_bring(plx_team *, plx_run *);

/* policy.c */
/* good: rank 0's job is; then its retry_codes are shared, on every rank */
plx_status plx_mpi_policy_adopt(plx_team *, plx_call *, const plx_policy *root, bool good);
void plx_mpi_policy_enter(plx_team *, plx_call *);

/* progress.c */
void plx_progress_open(plx_team *, plx_pace *);
void plx_progress_tell(void *team, const plx_progress *);   /* a rank's own, to rank 0 */
/* this rank has run all that it will; rank 0 serves and shows until all have. Once or more */
void plx_progress_end(plx_team *, plx_run *);

/* map.c */
plx_status plx_mpi_map_open(plx_team *, plx_run *);

/* fan.c */
plx_status plx_mpi_fan_open(plx_team *, plx_fanout *);
void plx_mpi_fan_close(plx_team *);

/* pipeline.c */
plx_status plx_mpi_pipeline_open(plx_team *, plx_flow *);
void plx_mpi_pipeline_close(plx_team *);

/* reduce.c */
plx_status plx_mpi_reduce_open(plx_team *, plx_run *);

/* task.c */
plx_status plx_mpi_task_open(plx_team *, plx_tasks *);
void plx_mpi_task_close(plx_team *);

/* scan.c */
plx_status plx_mpi_scan_open(plx_team *, plx_prefix *);

/* queue.c */
plx_status plx_mpi_queue_open(plx_team *, plx_stepping *);
void plx_mpi_queue_close(plx_team *);

#endif
