/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/items.h: the items of a batch, one after the other: lines, values of a .npy file,
 * values made from the seed, or numbers alone.
 *
 * An item is its bytes. For a command they are a text: the line, or the number in decimal. For a
 * kernel they are one item of its in_size: the line if that varies, else the line's text read as a
 * value of its in_type, the file's row, a made value; of a kernel without input the number, for its
 * key alone. A file is read through a buffer, so memory does not grow with it.
 */
#ifndef PLX_CLI_BATCH_ITEMS_H
#define PLX_CLI_BATCH_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plx/kernel.h"

typedef struct plx_items plx_items;

/** Zeroed: nothing is told. */
typedef struct plx_items_how {
    const plx_kernel *kernel;           /* NULL: a command's */
    const char *path;                   /* "-": stdin; NULL: n items without a file */
    bool nul;                           /* -0: items end with NUL, not with a newline */
    uint64_t n;                         /* at most so many; PLX_ITEMS_ALL: all */
    uint64_t seed;                      /* of made ones */
} plx_items_how;
#define PLX_ITEMS_ALL UINT64_MAX

/**
 * Open them. A regular file is gone through once for its count, its longest item and what cannot be
 * an item; stdin and other files that cannot be gone through twice are read as they come.
 *
 * Errors   0, or after printing the line: 64 (what does not go together), 65 (an item that is too
 *          long, has a NUL byte and is for a command, or is no value of the kernel's type: with its
 *          number), 66 (missing, unreadable, a folder)
 */
int plx_items_open(plx_items **, const plx_items_how *);
void plx_items_close(plx_items *);      /* NULL is fine */

/** How many there are; PLX_ITEMS_ALL: not known before the end. */
uint64_t plx_items_count(const plx_items *);
/** Bytes of the longest; PLX_ITEM_MAX if that is not known. */
size_t plx_items_longest(const plx_items *);

/**
 * The next one: *item holds until the next call; false at the end, or on an error: then *code is
 * not 0 and the line is printed (65, 66: it changed while it was read).
 */
bool plx_items_next(plx_items *, const void **item, size_t *size, int *code);

/** Back to the first. False: these come only once. */
bool plx_items_rewind(plx_items *);

#endif
