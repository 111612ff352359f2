/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/merge_write.h: what merge.c has gathered, and merge_write.c, which writes it.
 *
 * Of a kernel a row is an out item, zeros if it failed; of commands it is where their output is.
 */
#ifndef PLX_CLI_BATCH_MERGE_WRITE_H
#define PLX_CLI_BATCH_MERGE_WRITE_H

#include "batch.h"
#include "rows.h"

/** Of a command. */
typedef struct plx_merge_row {
    plx_place place;
    uint64_t state;                     /* plx_item_state */
} plx_merge_row;

typedef struct plx_merge {
    const plx_batch_ask *ask;
    const plx_kernel *kernel;           /* NULL: commands */
    const char *folder;                 /* the journal */
    uint64_t n, count;                  /* items; those that have a final state */
    plx_keys *keys;                     /* 1 + index of each item */
    unsigned char *there, *failed;      /* a bit an item */
    void *zeros;                        /* a row */
    plx_finder *finder;                 /* of what commands wrote */
    plx_rows rows;
} plx_merge;

static inline bool plx_bits_have(const unsigned char *bits, uint64_t i)
{
    return bits[i / 8] >> i % 8 & 1;
}

static inline void plx_bits_set(unsigned char *bits, uint64_t i, bool to)
{
    const unsigned bit = 1u << i % 8;
    bits[i / 8] = (unsigned char)(to ? bits[i / 8] | bit : bits[i / 8] & ~bit);
}

/** Write all rows to -o, if one is named, and make the digest. 0, or a code after printing. */
int plx_merge_write(plx_merge *, uint64_t *digest);

/** 74, or 71 for no memory, after printing that the rows' file failed (errno). */
int plx_merge_unordered(const plx_merge *);

#endif
