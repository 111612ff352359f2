/* SPDX-License-Identifier: MIT */
/*
 * cli/part.h: a .npy file of which each rank reads its part and nothing else.
 *
 * Parts are read, not mapped: a disk's error is then an error and no signal, how long it took can
 * be told apart from computing, and a file may be larger than any rank's memory, as long as its
 * part fits. A file that changes between opening and reading is refused.
 */
#ifndef PLX_CLI_PART_H
#define PLX_CLI_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "npy.h"

/** By what ranks tell that they opened the same file, or whole copies of it. Crosses ranks. */
typedef struct plx_part_facts {
    uint64_t size, header;          /* bytes of all of it; XXH64 of its header */
    int64_t changed_s;              /* when it was written: copies keep whole seconds at most */
} plx_part_facts;

/** Zeroed: none. */
typedef struct plx_part {
    const char *path;
    plx_npy header;
    plx_part_facts facts;
    long changed_ns;                /* beside facts.changed_s: for this very file */
    int fd;
    bool open;
} plx_part;

/** 0, or 65 or 66 after printing the line; close is fine either way. */
int plx_part_open(plx_part *, const char *path);
void plx_part_close(plx_part *);

/** 0, or 66 after printing in what the file differs from rank 0's. */
int plx_part_same(const plx_part *, const plx_part_facts *first);

/** Bytes [from, from + size) of the values. 0, or 66 after printing. */
int plx_part_read(const plx_part *, size_t from, size_t size, void *to);

#endif
