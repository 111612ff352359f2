/* SPDX-License-Identifier: MIT */
/*
 * compare/laws/laws.h: the laws of kernels, checked on one kernel, in this process, in about a
 * second.
 *
 * A comparison trusts that a kernel gives the same bytes however its items are cut, laid and dealt.
 * Here a few blocks of the job are run again and again between guard bytes, each time with one
 * thing changed; what differs then names the law. It calls nothing but the kernel's own functions.
 * A law that holds here may still be broken elsewhere: this is a check, no proof.
 */
#ifndef COMPARE_LAWS_H
#define COMPARE_LAWS_H

#include "plx/plx.h"

/** Every law with its name and its words, in the order in which a fault is looked for. */
#define PLX_LAWS_LIST(X)                                                                           \
    X(BOUNDS, "bounds", "nothing is written beside out, acc, scratch; nothing read beside in")     \
    X(READ_ONLY, "read_only", "in, at, ctx and combine's right side are left as they are")         \
    X(FAILURES, "failures", "plx_fail names items of the block, each once, and none is written")   \
    X(REPEAT, "repeat", "the same block twice gives the same bytes and failures")                  \
    X(SCRATCH, "scratch", "a block's bytes do not depend on what its scratch saw before")          \
    X(WRITTEN, "written", "every byte of out and of the identity is written, padding too")         \
    X(ALIGNMENT, "alignment", "the same bytes at 8 places of in and out, aligned to their type")   \
    X(CUT, "cut", "an item's bytes do not depend on where the items are cut")                      \
    X(EXACT, "exact", "fold over [a,c) is combine(fold over [a,b), fold over [b,c))")              \
    X(IDENTITY, "identity", "an empty side of combine leaves the other's bytes as they are")       \
    X(COMBINE, "combine", "combine and finish give the same bytes twice")

#define PLX_LAWS_ENUM(name, word, text) PLX_LAW_##name,
typedef enum plx_law { PLX_LAWS_LIST(PLX_LAWS_ENUM) PLX_LAWS } plx_law;

/** What to check. */
typedef struct plx_laws_plan {
    const plx_kernel *kernel;       /* well formed: as plx_map() or plx_reduce() takes it */
    const void *ctx;                /* its ctx_size bytes */
    size_t n;                       /* items of the job, of which a few blocks are run */
    /**
     * Write items [lo, hi) to in. PLX_VARIES: called twice, first with in == NULL to set at[0] = 0
     * and the ends of hi - lo items, then with room for at[hi - lo] bytes; else at is NULL. May be
     * NULL if the kernel takes no input.
     */
    plx_status (*items)(void *user, size_t lo, size_t hi, size_t *at, void *in);
    void *user;
    double limit_s;                 /* start no run after so many seconds; 0: 1 */
} plx_laws_plan;

/** What was found. */
typedef struct plx_laws_result {
    int broken;                     /* the law, or -1 */
    bool applies[PLX_LAWS];         /* the kernel has what the law is about */
    size_t checked[PLX_LAWS];       /* comparisons made and good */
    bool cut_short;                 /* the time was over before all was looked at */
    size_t blocks;                  /* looked at */
    double elapsed_s;
    char why[256];                  /* one line: the broken law, or what the status means */
    char doing[128];                /* what runs now: for a handler of the signal that ends it */
    size_t calls;                   /* how often that was said */
} plx_laws_result;

/** "repeat" and the law in words; "?" for what is no law. */
const char *plx_laws_name(int law);
const char *plx_laws_about(int law);

/**
 * Run some blocks of the job and look for a law that is broken; stops at the first.
 *
 * Shape    blocks: the first, the last, two between, at most 4,095 items or 4 MiB each, and one as
 *          long as the library would cut it
 * Errors   PLX_OK: the check was made, see result->broken. Else it was not, result->why says it:
 *          PLX_REFUSED (by prepare), PLX_NO_MEMORY, or the status that items() gave
 * Cost     about 25 runs of each block; the kernel's own prepare() once
 */
plx_status plx_laws_check(const plx_laws_plan *, plx_laws_result *);

#endif
