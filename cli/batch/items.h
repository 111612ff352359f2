/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/items.h: the items of a batch, one after the other: lines, values of a .npy file,
 * values made from the seed, or numbers alone.
 *
 * An item is its bytes. For a command they are a text: the line, or the number in decimal, from 0.
 * For a kernel they are one item of its in_size: the line if that varies, else the line's text read
 * as a value of its in_type, the file's row, a made value; of a kernel without input the number in
 * decimal, for its key alone. A file is read through a buffer, so memory does not grow with it.
 *
 * A line ends with a newline (-0: a NUL), which the last may lack. An empty line is an item, and
 * any other byte, CR included, belongs to the item it stands in.
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
    /* "-": stdin; NULL: n items without a file; for a kernel of fixed in_size, if it ends in .npy:
       values, else lines */
    const char *path;
    bool nul;                           /* -0: items end with NUL, not with a newline */
    uint64_t n;                         /* the first so many; PLX_ITEMS_ALL: all */
    uint64_t seed;                      /* of made ones */
} plx_items_how;
#define PLX_ITEMS_ALL UINT64_MAX

/**
 * Open them. A regular file is gone through once for its count, its longest item and what cannot be
 * an item; stdin and other files that cannot be gone through twice are read as they come. A FIFO is
 * waited for.
 *
 * Errors   *items is NULL, and after printing the line: 64 (what does not go together; fewer than
 *          n), 65 (an item that is too long, has a NUL byte and is for a command, or is no value of
 *          the kernel's type: with its number; a .npy file that is not the kernel's), 66 (missing,
 *          unreadable, a folder), 71
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

/**
 * True: what comes only once (stdin, a pipe) was not read to its end, since the command was told to
 * stop (signals.h) while it waited for more; next then said that there are none.
 */
bool plx_items_cut(const plx_items *);

/** Back to the first. False: these come only once. */
bool plx_items_rewind(plx_items *);

/** True if the path's items come only once: it is "-", or there and no regular file. */
bool plx_items_once(const char *path);

#endif
