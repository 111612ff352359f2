/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/rows.h: rows of one size, put in any order and read in theirs, in a file that has no
 * name.
 *
 * A row that was never put reads as zeros. Neighbours that are put one after the other are written
 * together, as a batch's results come.
 */
#ifndef PLX_CLI_BATCH_ROWS_H
#define PLX_CLI_BATCH_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Zeroed: not open. */
typedef struct plx_rows {
    int fd;
    bool open;
    size_t size, room;              /* bytes of a row; rows that the buffer holds */
    uint64_t first;                 /* the buffer's first row */
    size_t used;                    /* rows in it */
    unsigned char *buffer;
} plx_rows;

/** Room for n rows, in a file in this folder. False, as all: errno says why. */
bool plx_rows_open(plx_rows *, const char *folder, size_t size, uint64_t n);
void plx_rows_close(plx_rows *);

bool plx_rows_put(plx_rows *, uint64_t row, const void *bytes);
bool plx_rows_read(plx_rows *, uint64_t first, size_t n, void *rows);

#endif
