/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/items_inside.h: what items.c, which reads them, and items_open.c share.
 *
 * How the next item comes to be is chosen once, when they are opened.
 */
#ifndef PLX_CLI_BATCH_ITEMS_INSIDE_H
#define PLX_CLI_BATCH_ITEMS_INSIDE_H

#include <sys/stat.h>

#include "items.h"
#include "reader.h"

/** The next item. END; FAILED: the line is printed. */
typedef plx_read plx_items_step(plx_items *, const void **item, size_t *size);

struct plx_items {
    plx_items_how how;
    plx_items_step *next;
    uint64_t at, count;                     /* items given; there are; PLX_ITEMS_ALL: not known */
    size_t longest;
    bool rows, once;                        /* values of a .npy file; what cannot be rewound */
    int code;                               /* of the line that is printed */
    int fd;                                 /* -1: no file */
    struct stat st;                         /* as it was opened */
    off_t first;
    plx_reader reader;
    char digits[32];                        /* a number as an item; where one stands */
    _Alignas(64) unsigned char value[];     /* one of the kernel's; as long as it is */
};

plx_items_step plx_items_next_line, plx_items_next_text, plx_items_next_row, plx_items_next_made,
    plx_items_next_number;

/** True if the file is not what it was when it was opened; then 66 after printing that. */
bool plx_items_changed(const plx_items *);
int plx_items_say_changed(const plx_items *);

#endif
