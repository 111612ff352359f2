/* SPDX-License-Identifier: MIT */
/* compare/laws/laws_run.h: inside the check of laws: one run of a block, with one thing changed. */
#ifndef COMPARE_LAWS_RUN_H
#define COMPARE_LAWS_RUN_H

#include "compare/laws/laws.h"

/** Bytes between guards, a stated way off a 128-byte boundary. */
typedef struct plx_laws_room {
    unsigned char *store, *first;
    size_t size, store_size;
    unsigned char guard;
} plx_laws_room;

/** Whether an item failed, and how. */
typedef struct plx_laws_mark {
    bool failed;
    int code;
} plx_laws_mark;

/** Items of the job, as the plan gave them; NULL in if the kernel takes none. */
typedef struct plx_laws_items {
    size_t lo, hi;
    unsigned char *in;
    size_t *at;                     /* PLX_VARIES */
} plx_laws_items;

/** One check, from prepare to release. */
typedef struct plx_laws {
    const plx_laws_plan *plan;
    plx_laws_result *result;
    plx_kernel kernel;              /* a copy of today's size: what lies beyond it is zero */
    void *shared;
    plx_laws_room scratch, ctx;
    plx_laws_items items;           /* blocks lie within them */
    double begun_s, limit_s;
    double run_s, item_s;           /* what the last run took; an item of the last plain one */
    plx_status status;              /* no memory, no input */
} plx_laws;

/** How to run a block: zeroed but for lo, hi and fold it is the plain run. */
typedef struct plx_laws_try {
    size_t lo, hi;                  /* within the items */
    bool fold;
    plx_law law;                    /* for what, in words */
    size_t in_step, out_step;       /* places: steps of the item types' alignment */
    unsigned char beside, under;    /* added to in's guards; what out or acc held before */
    bool used;                      /* the scratch as the last run left it; else zeroed */
} plx_laws_try;

/** What came of a run: out's or acc's bytes, and a mark for each item. */
typedef struct plx_laws_seen {
    unsigned char *bytes;
    size_t size;
    plx_laws_mark *marks;
} plx_laws_seen;

bool plx_laws_room_make(plx_laws_room *, size_t size, size_t shift, unsigned char guard);
void plx_laws_room_free(plx_laws_room *);

/** Seconds of a clock that only goes forward. */
double plx_laws_now(void);

/** Alignment that items of a type and size may count on; at most 16. */
size_t plx_laws_align(plx_type, size_t size);

/**
 * True if a run may begin: nothing is broken, and there is time, or no block has yet been run
 * twice.
 */
bool plx_laws_may(plx_laws *);

/** Run a block; bounds, read_only and failures are looked at. False: the check is over. */
bool plx_laws_run(plx_laws *, const plx_laws_try *, plx_laws_seen *);
void plx_laws_seen_free(plx_laws_seen *);

/** True, and counted, if both are the same; else the law is broken, what says how. */
bool plx_laws_same(plx_laws *, const plx_laws_try *, const plx_laws_seen *want,
                   const plx_laws_seen *got, const char *what);

/** The law is broken: one line. Returns false. */
bool plx_laws_break(plx_laws *, plx_law, const char *text, ...)
    __attribute__((format(printf, 3, 4)));

/** Guards of a room, and the bytes of ctx: false and said if they were written. */
bool plx_laws_kept(plx_laws *, const plx_laws_room *, const char *name, const plx_laws_try *);

/** Say what runs now, for a handler of the signal that ends it. */
void plx_laws_doing(plx_laws *, const char *text, ...) __attribute__((format(printf, 2, 3)));

/** No memory: the check is over. Returns false. */
bool plx_laws_no_memory(plx_laws *);

/** Write the identity over bytes that hold `under`. */
void plx_laws_identity(const plx_laws *, void *acc, unsigned char under);

/* laws_block.c: all laws on items [lo, hi). brief: only those that its length may matter to. */
bool plx_laws_block(plx_laws *, size_t lo, size_t hi, bool fold, bool brief);

/* laws_fold.c: what is asked of fold, combine, identity and finish, given a block's plain run. */
bool plx_laws_fold_cuts(plx_laws *, const plx_laws_try *plain, const plx_laws_seen *want);
bool plx_laws_fold_joins(plx_laws *, const plx_laws_try *plain, const plx_laws_seen *want);

#endif
