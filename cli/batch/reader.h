/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/reader.h: a file through one buffer: line by line, or in pieces of one size.
 *
 * Whole items stand in the buffer, so none is ever copied; it holds two of the longest or more.
 */
#ifndef PLX_CLI_BATCH_READER_H
#define PLX_CLI_BATCH_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef enum plx_read { PLX_READ_ITEM, PLX_READ_END, PLX_READ_LONG, PLX_READ_FAILED } plx_read;

typedef struct plx_reader {
    int fd;
    bool waits;                     /* no regular file: reading may wait, until a stop is asked */
    bool over, cut;                 /* no more is to come; since a stop was asked */
    off_t first;                    /* where the items begin */
    char *buffer;
    size_t room;
    size_t begin, end;              /* what is in it and not taken yet */
} plx_reader;

/** longest: bytes of an item. False: no memory. fd is the caller's. */
bool plx_reader_open(plx_reader *, int fd, bool waits, off_t first, size_t longest);
void plx_reader_close(plx_reader *);

/** What comes next up to a byte, which is taken too and may be missing at the end. LONG: above
    longest bytes. FAILED: errno. *item holds until the next call. */
plx_read plx_reader_line(plx_reader *, char end, size_t longest, const char **item, size_t *size);

/** The next size bytes, no more than the longest. END: fewer are left. */
plx_read plx_reader_piece(plx_reader *, size_t size, const char **item);

/** Back to the first. */
void plx_reader_rewind(plx_reader *);

#endif
