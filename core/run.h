/* SPDX-License-Identifier: MIT */
/*
 * core/run.h: one call in one process, and what the models call to carry it out.
 *
 * core calls a model once, through the table in core/team.h; from there on core is a library that
 * the model calls. The loop is the model's: who owns the loop is what a reader came to compare.
 *
 * Invariant: blocks are numbered by the whole job. A rank narrows [first, end); nobody renumbers.
 */
#ifndef PLX_CORE_RUN_H
#define PLX_CORE_RUN_H

#include <stdatomic.h>

#include "core/lock.h"
#include "core/policy.h"
#include "plx/plx.h"

#define PLX_NONE SIZE_MAX           /* no item, no task */
/* bytes: two cache lines, since neighbours are fetched in pairs */
#define PLX_LINE 128

/** The lowest failures seen, sorted by item. */
typedef struct plx_fails {
    plx_failure *list;
    size_t n, room;
    size_t count;                   /* all that failed, listed or not */
} plx_fails;

/** One worker's own: nobody else writes it while the call runs. */
typedef struct plx_lane {
    _Alignas(PLX_LINE) void *scratch;
    bool scratched;                 /* zeroed, by the worker itself */
    plx_fails fails;
    void *spare;                    /* free small accumulators */
    size_t items, chunks;
    size_t done;                    /* items that have a result, until plx_run_settle() */
    double busy_s, served_s;        /* worker 0 serves messages between blocks: that is not busy */
    double last_s;                  /* by the clock: the end of the last chunk, if there was one */
    plx_slice *slices;              /* NULL: nobody asked for them */
    size_t slices_room, slices_n;   /* n: all, also those beyond the room */
} plx_lane;

/** Accumulators too large for a free list in every lane: one list for all. */
typedef struct plx_store {
    plx_lock lock;
    void *spare;
} plx_store;

typedef struct plx_run {
    /* a private copy, filled up with zeros: see plx_check_kernel() */
    const plx_kernel *kernel;
    const void *ctx;
    size_t base, n;                 /* items [base, base + n) of the job */
    /* of the whole job; block k is items base + [k * grain, (k + 1) * grain) */
    size_t grain, blocks;
    size_t first, end;              /* this process's blocks */
    const char *in;                 /* item of block first; VARIES: where at counts from */
    const size_t *at;               /* of block first; or NULL */
    char *out;                      /* item of block first */
    size_t out_size;                /* bytes of an item of it: the kernel's, in a scan acc_size */
    plx_schedule schedule;
    plx_where where;
    bool keep_going;
    int rank;                       /* goes into each failure */
    size_t fails_cap;               /* how many failures each list keeps, at least 1 */

    void *shared;                   /* what prepare made */
    void *scratches;                /* all lanes' in one allocation */
    size_t scratch_size;            /* of each */
    bool prepared;
    plx_lane *lanes;
    int workers;
    /* [m]: the partial that waits at boundary m, or a root at its first block */
    _Atomic(void *) *waiting;
    plx_store store;
    _Atomic size_t made;            /* accumulators ever allocated */
    _Atomic size_t lowest;          /* lowest failed item known; PLX_NONE */
    _Atomic int trouble;            /* a plx_status: the worst that is no failed item */
    void (*between)(void *);        /* worker 0, the calling thread, before each of its blocks */
    void *between_arg;
    bool aside;                     /* worker 0 is not the calling thread: it serves nothing */
    plx_pace *pace;                 /* NULL: no policy */
    plx_attempt *attempt;           /* all of this run is one try of one item of another */
    bool drains;                    /* part of a stream: ends what it has in spite of PLX_DRAIN */

    plx_fails fails;                /* after plx_run_settle() */
    size_t done;                    /* likewise: told of a call that was stopped */
    char why[108];
    double prepare_begun_s, prepare_ended_s;                /* by the clock, if prepared */
    double scatter_s, gather_s;                             /* of ranks: see plx_run_moved() */
    plx_slice *slices;              /* of ranks: room for one rank's, rank 0: another rank's */
} plx_run;

/** What the hooks of a block need to know of it. */
typedef struct plx_cursor {
    plx_run *run;
    plx_lane *lane;
    plx_attempt *attempt;           /* the block is one item, and this its try; or NULL */
    plx_failure *caught;            /* then: where its failure goes */
    size_t failed;                  /* of its items, so far */
    bool told;                      /* plx_stopped() said so: the block has no result */
    double asked_s;                 /* when plx_stopped() last served */
} plx_cursor;

/* clock.c */
double plx_clock_s(void);
void plx_clock_nap(unsigned looks);     /* wait a little before looking again */
void plx_clock_sleep(double s);         /* until just before; below 0.1 ms not at all */

/* check.c: nothing here looks at more than its arguments */
plx_status plx_check_kernel(const plx_kernel *, plx_pattern, plx_kernel *copy, char why[108]);
/* ctx, or if NULL the defaults of all parameters in room; NULL: one of them has none */
const void *plx_check_ctx(const plx_kernel *, const void *ctx, void *room);
bool plx_check_fields(const plx_kernel *, char why[108]);    /* names, sizes, places, defaults */
/** What every rank looks at on its own: the caller's room for failures and workers. */
plx_status plx_check_rooms(const plx_job *, char why[108]);
plx_status plx_check_job(const plx_job *, const plx_kernel *, char why[108]);
/* where in and out must be */
plx_status plx_check_data(const plx_job *, const plx_kernel *, plx_pattern, char why[108]);
uint64_t plx_check_digest(const plx_kernel *, uint64_t seed);
void plx_check_say(char why[108], const char *text, ...) __attribute__((format(printf, 2, 3)));

/* cut.c: all arithmetic on items, blocks and hand-outs */
size_t plx_cut_grain(const plx_kernel *, size_t n, const void *ctx);
/* the job's own; else its policy's, if that rules single items; else the kernel's */
size_t plx_cut_chosen(const plx_job *, const plx_kernel *, size_t n, const void *ctx);
size_t plx_cut_blocks(size_t n, size_t grain);
void plx_cut_share(size_t blocks, int ranks, int rank, size_t *first, size_t *end);
bool plx_cut_hand(plx_schedule, size_t blocks, int workers, size_t step, size_t *lo, size_t *hi);
/**
 * Hand-outs across ranks: a closed form as well. Steps tile [0, blocks) in rising order and each is
 * one subtree of the join, the last perhaps a ragged one; none but the last is below least.
 */
typedef struct plx_deals {
    plx_schedule schedule;          /* guided or dynamic */
    size_t blocks, ranks;           /* ranks: that compute */
    size_t part;                    /* guided: of what is left over the ranks, one in so many */
    size_t least;                   /* blocks, a power of two */
    size_t steps;
} plx_deals;

/* threads: the most of one rank, for which a hand-out has some blocks each; acc_size: 0 in a map */
plx_deals plx_cut_deals(plx_schedule, size_t blocks, int ranks, int threads, size_t acc_size);
void plx_cut_deal(const plx_deals *, size_t step, size_t *lo, size_t *hi);   /* steps: at the end */
/* first item of block k, counted from base; n at the end */
size_t plx_cut_item(const plx_run *, size_t k);

/* run.c, and block.c: running blocks */
void plx_run_cut(plx_run *, const plx_job *, const plx_kernel *, const void *ctx, size_t n);
/* schedule, where and failing, as the job says */
void plx_run_rules(plx_run *, const plx_job *);
plx_status plx_run_open(plx_run *, int workers, bool fold);
void plx_run_part(plx_run *part, const plx_run *, size_t first_item, size_t n, size_t grain);
void plx_run_close(plx_run *);
bool plx_run_hand(const plx_run *, int workers, size_t step, size_t *lo, size_t *hi);
void plx_run_map(plx_run *, size_t lo, size_t hi, int worker);
void plx_run_reduce(plx_run *, size_t lo, size_t hi, int worker);
/* shall it begin? Not above a failure, nor once the call is to end: that becomes trouble here */
bool plx_run_wants(plx_run *, size_t item);
/* on the calling thread: messages and progress; false: there is nothing of the kind */
bool plx_run_serve(plx_run *, int worker);
/* what patterns that run blocks in a way of their own share: before a block, serve what waits and
   zero a scratch never used; false: this block is not wanted */
bool plx_run_begin(plx_run *, size_t k, int worker);
/* block k as the kernel sees it */
plx_block plx_run_block(const plx_run *, size_t k, plx_lane *, plx_cursor *);
void *plx_run_identity(plx_run *, int worker);          /* an accumulator; NULL, and trouble */
/* block k, begun and folded from the identity: its accumulator, and where it belongs. NULL: it does
   not run, or trouble. The caller counts it */
void *plx_run_fold(plx_run *, size_t k, int worker, plx_cursor *, plx_block *);
/* a block of so many items has run: count what has a result; the cursor is ready for the next */
void plx_run_count(plx_cursor *, size_t items);
void plx_run_fail(plx_run *, plx_lane *, const plx_failure *);
/* blocks [lo, hi) were one hand-out: it took from begun to now, less what was served meanwhile */
void plx_run_end(plx_run *, size_t lo, size_t hi, int worker, double begun, double served);
/* one hand-out, items [lo, hi), ended: it took from begun to now, less what was served meanwhile */
void plx_run_ran(plx_run *, int worker, size_t lo, size_t hi, double begun, double served);
/* the calling thread moved data between ranks from begun to now: PLX_SLICE_SCATTER or GATHER */
void plx_run_moved(plx_run *, plx_slice_kind, double begun);
void plx_run_trouble(plx_run *, plx_status);
/* lanes' failures into run->fails, cut at the lowest in stop mode */
void plx_run_settle(plx_run *);
plx_status plx_run_status(const plx_run *);
/* a reduce's joined accumulator, finished; the identity if there are no blocks */
plx_status plx_run_result(plx_run *, void *out);

/* trace.c: slices, if the lanes have any */
plx_status plx_trace_open(plx_run *, size_t most);      /* most: that one lane keeps */
void plx_trace_close(plx_run *);
void plx_trace_add(plx_run *, int worker, plx_slice);
double plx_trace_now(const plx_run *);                  /* 0 without slices: no clock is read */
void plx_trace_served(plx_run *, double begun);         /* worker 0 moved messages until now */
size_t plx_trace_count(const plx_run *);
/* all lanes' into room, sorted, in seconds from zero_s on; returns how many are kept */
size_t plx_trace_take(plx_run *, double zero_s, plx_slice *room, size_t cap);
/* a lane's slices into those of another, of the same worker in the same process */
void plx_trace_join(plx_lane *, plx_lane *more);
/* a sorted list into one of n that has room for cap; returns how many are kept, the earliest */
size_t plx_trace_merge(plx_slice *into, size_t n, size_t cap, const plx_slice *more, size_t m);

/* acc.c: accumulators */
/* NULL, and trouble, if there is no memory */
void *plx_acc_take(plx_run *, int worker);
void plx_acc_give(plx_run *, void *acc, int worker);
/* n can then be taken by worker 0 without failing; else trouble */
void plx_acc_reserve(plx_run *, size_t n);
void plx_acc_close(plx_run *);

/* join.c */
void plx_join_put(plx_run *, size_t lo, size_t hi, void *acc, int worker);
/* end of the root that starts at block lo */
size_t plx_join_reach(const plx_run *, size_t lo);
size_t plx_join_roots(const plx_run *);                 /* how many roots [first, end) leaves */
void plx_join_widen(plx_run *, size_t end);

/* fail.c */
/* a sorted list into a sorted list; the counts are the caller's */
void plx_fails_merge(plx_fails *, const plx_failure *list, size_t n, size_t cap, plx_run *);
void plx_fails_add(plx_fails *, const plx_failure *, size_t cap, plx_run *);
bool plx_fails_reserve(plx_fails *, size_t room);
void plx_fails_lower(_Atomic size_t *lowest, size_t item);

#endif
