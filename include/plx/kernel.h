/* SPDX-License-Identifier: MIT */
/*
 * plx/kernel.h: what a kernel is, and all that a kernel may see.
 *
 * A kernel is an algorithm on a run of items, written once, with no idea of who calls it: serial
 * code, OpenMP tasks, a pthread or an MPI rank. It is a constant table of functions and sizes.
 *
 * Three words. An *item* is what the user counts. A *block* is a run of items [lo, hi): the unit of
 * numbering, failing and joining; it depends on the job alone. A *chunk* is what a worker is
 * handed: a run of neighbouring blocks; how long it is may depend on workers and schedule.
 *
 * A kernel never allocates (but in prepare), prints, locks, throws or calls a pattern. An item's
 * bytes depend on the item alone, never on the cut; a block's result never depends on what its
 * scratch saw before; in and out are aligned to their item type only.
 */
#ifndef PLX_KERNEL_H
#define PLX_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * in_size of a kernel whose items differ in length (lines, paths): item i is bytes [at[i],
 * at[i+1]).
 */
#define PLX_VARIES SIZE_MAX

/** Largest ctx_size, in bytes: parameters travel in the one message that opens a call. */
#define PLX_CTX_MAX 1024

/**
 * What a value is. PLX_BYTES: not told; PLX_U128: low 64 bits first, then high; PLX_TEXT:
 * char[size].
 */
typedef enum plx_type {
    PLX_BYTES, PLX_F64, PLX_F32, PLX_I64, PLX_U64, PLX_U8, PLX_U128, PLX_TEXT
} plx_type;

/** A named value inside ctx (a parameter), or inside acc or one out item (a result). */
typedef struct plx_field {
    const char *name, *about;
    const char *initial;            /* a parameter's default as text; NULL: must be given */
    plx_type type;
    size_t offset, size;            /* bytes */
/* a list ends with name == NULL; the first result is JSON's "value" */
} plx_field;

struct plx_hooks;

/** What a kernel sees of one block: items [lo, hi) of the whole job; no model renumbers them. */
typedef struct plx_block {
    size_t lo, hi;
    const void *in;                 /* item lo, wherever it lives; NULL if in_size == 0 */
    /* in_size == PLX_VARIES: item lo+i is bytes [at[i], at[i+1]) of in; else NULL */
    const size_t *at;
    void *out;                      /* item lo; NULL in a fold */
    /* the job's parameters: ctx_size bytes, equal on every worker and rank, no pointers */
    const void *ctx;
    const void *shared;             /* what prepare() made in this process, read only */
    /* this worker's own bytes, zeroed before its first block of the call */
    void *scratch;
    /* private: through it a kernel object needs no symbol of ours */
    const struct plx_hooks *hooks;
    void *run;                      /* private */
} plx_block;

struct plx_hooks {
    void (*fail)(const plx_block *, size_t item, int code, const char *why);
    bool (*stopped)(const plx_block *);
    void *(*resource)(const plx_block *);
};

/**
 * Say that an item of this block has no result. A map's out item is zeroed (write nothing to it
 * afterwards); a fold leaves the item out. At most once for an item.
 *
 * Shape    item: its number in the whole job, lo <= item < hi; why: one line, copied, cut at 107
 *          bytes
 */
static inline void plx_fail(const plx_block *block, size_t item, int code, const char *why)
{
    block->hooks->fail(block, item, code, why);
}

/**
 * True if nothing of this block is wanted any more (a failure below it, a stop, a deadline, or its
 * time-out has passed); a long kernel may ask now and then, and return. What it has been told so is
 * not counted as done.
 */
static inline bool plx_stopped(const plx_block *block)
{
    return block->hooks->stopped(block);
}

/**
 * The resource that this try holds, one of those that the policy named; NULL if it named none.
 */
static inline void *plx_resource(const plx_block *block)
{
    return block->hooks->resource(block);
}

/** Flags of a kernel. */
enum {
    /* fold: the same bytes for any cut (integers), not only for any spread of one cut */
    PLX_EXACT = 1,
    PLX_WAITS = 2                   /* waits more than it computes: more workers than cores pay */
};

typedef struct plx_kernel {
    /* sizeof(plx_kernel): what lies beyond it counts as zero, so that fields can be added */
    size_t size;
    const char *name, *about;       /* [a-z0-9_]+; one line for `parallax list` */
    const char *better;             /* the better serial method in words, or NULL */
    size_t in_size, out_size;       /* bytes of an item; 0: has none; in_size may be PLX_VARIES */
    size_t acc_size, ctx_size;      /* bytes of the accumulator and of the parameters */
    plx_type in_type, out_type;     /* checked against .npy; PLX_BYTES: not told */
    const plx_field *params;        /* ctx by name, or NULL */
    const plx_field *results;       /* acc by name (or one out item, if it has no fold), or NULL */
    unsigned flags;
    /* declared cost of one item in ns, order of magnitude; 0: unknown */
    double item_ns;

    /** Items per block, from the job alone. NULL: see plx_grain() in plx.h. */
    size_t (*grain)(size_t n, const void *ctx);
    /** Bytes of scratch for each worker. n is 0 in a batch of unknown length. */
    size_t (*scratch_size)(size_t n, const void *ctx);
    /**
     * Make what all blocks share; items are below n. Not 0: the job is refused, *why says it in one
     * line. Once per call and process before any block (fan: once per task, in the worker that runs
     * it).
     */
    int (*prepare)(size_t n, const void *ctx, void **shared, const char **why);
    /** Once for each prepare that returned 0, on every path. */
    void (*release)(void *shared);
    /**
     * Operations of items [lo, hi), about a nanosecond each; *bytes (may be NULL): memory traffic.
     */
    double (*work)(size_t lo, size_t hi, const void *ctx, double *bytes);
    /** out = f(in), item by item: no item's bytes may depend on the cut. */
    void (*map)(const plx_block *);
    /** acc = acc + block. */
    void (*fold)(const plx_block *, void *acc);
    /** Each block's fold starts from it. NULL: all bytes zero. */
    void (*identity)(void *acc, const void *ctx);
    /** left = left + right: associative; need not commute. */
    void (*combine)(void *left, const void *right, const void *ctx);
    /** Once, on the joined accumulator, before it is handed out (variance from M2). May be NULL. */
    void (*finish)(void *acc, const void *ctx);
    /**
     * How many items the parameters imply (width times height), 0 if they imply no number. The
     * command takes it where n is not told; prepare() refuses what lies beyond. May be NULL.
     */
    size_t (*items)(const void *ctx);
} plx_kernel;

/**
 * What a kernel object exports, and all that it must: `const plx_kernel plx_kernel_v1 = {...};`. The
 * version in the name is that of this header's types; they grow at the end only.
 */
extern __attribute__((visibility("default"))) const plx_kernel plx_kernel_v1;

#ifdef __cplusplus
}
#endif
#endif
