/* SPDX-License-Identifier: MIT */
/*
 * journal/window.h: a file seen through a buffer, and the records in it.
 *
 * Nothing is mapped, since a file that shrinks would end the process; what the disk cannot read
 * counts as damaged bytes. Offsets and lengths are believed within the file only.
 */
#ifndef PLX_JOURNAL_WINDOW_H
#define PLX_JOURNAL_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "journal/format.h"

typedef struct plx_window {
    int fd;
    uint64_t size;                      /* of the file; less if it shrank */
    uint64_t salt;                      /* of its records */
    size_t room, ahead;                 /* of the buffer; bytes read at a time */
    uint64_t start;                     /* where the buffer's bytes stand in the file */
    size_t filled;
    unsigned char *buffer;
} plx_window;

/** A buffer for any record and for ahead bytes. False: no memory. */
bool plx_window_open(plx_window *, size_t ahead);
void plx_window_close(plx_window *);    /* zeroed is fine */

/** Look at another file: its size by now. */
void plx_window_turn(plx_window *, int fd, uint64_t salt);

/** size bytes of the file, aligned as offset is; NULL: it ends before. They hold until the next. */
const unsigned char *plx_window_at(plx_window *, uint64_t offset, size_t size);

typedef enum plx_found {
    PLX_FOUND_NONE,                     /* no record stands there */
    PLX_FOUND_BAD,                      /* one does, and its payload is broken */
    PLX_FOUND_WHOLE
} plx_found;

/** The record at offset, a multiple of 8; payload holds until the next look. */
plx_found plx_window_record(plx_window *, uint64_t offset, plx_record *,
                            const unsigned char **payload);

/** Where the next record stands that begins after a record of this size at offset. */
uint64_t plx_window_after(uint64_t offset, const plx_record *);

/**
 * The first record at from or beyond, where its header is whole; the file's size if there is none.
 * *last: the end of the last bytes up to there that are not zero, in eights; from if all are.
 */
uint64_t plx_window_search(plx_window *, uint64_t from, uint64_t *last);

/** An ENTRY's payload taken apart: pointers into it, and into why. False: it does not fit. */
bool plx_window_entry(const unsigned char *payload, size_t size, plx_entry *,
                      char why[PLX_WHY_MAX + 1]);

#endif
