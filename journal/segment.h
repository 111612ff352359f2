/* SPDX-License-Identifier: MIT */
/*
 * journal/segment.h: the file of one segment, as its only writer sees it.
 *
 * Every call here may fail and says what failed on which path. Nothing is tried again on a file on
 * which a write or sync has failed: the system may have dropped the bytes and forgotten the error.
 * All calls of one file come from one thread, in which every signal is blocked (SIGXFSZ is one).
 *
 * Source   Rebello et al., Can Applications Recover from fsync Failures?, USENIX ATC 2020
 */
#ifndef PLX_JOURNAL_SEGMENT_H
#define PLX_JOURNAL_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "journal/journal.h"

enum { PLX_SEGMENT_PATH = 4096 };

typedef struct plx_segment_file {
    int fd;                             /* -1: none */
    char path[PLX_SEGMENT_PATH];
    uint64_t salt;
    uint64_t start;                     /* of the first record */
    uint64_t room;                      /* bytes of the file that the disk has given */
    uint64_t step;                      /* of room, the next time */
} plx_segment_file;

/** What is the same for all segments of a writer. */
typedef struct plx_segment_plan {
    const char *folder;
    int folder_fd;
    const char *subject;
    uint32_t session;
    int rank;
    void *image;                        /* plx_segment_start(subject) bytes to build a header in */
} plx_segment_plan;

/** Offset of the first record: the bytes of both headers. */
uint64_t plx_segment_start(const char *subject);

/** The folder, to create in and to sync; -1: errno says why. Not below 3: nobody prints into it. */
int plx_segment_open_folder(const char *folder);

/**
 * Create the segment of this part, or of the next whose name is free: *part becomes it. Header and
 * folder are synced; there is room for so many bytes of records.
 */
plx_status plx_segment_create(plx_segment_file *, const plx_segment_plan *, uint32_t *part,
                              uint64_t bytes, char why[PLX_JOURNAL_WHY]);

/** Take room up to an offset, or more. On an error: *full, or else the file has failed. */
plx_status plx_segment_take_room(plx_segment_file *, uint64_t upto, bool *full,
                                 char why[PLX_JOURNAL_WHY]);

plx_status plx_segment_write(const plx_segment_file *, const void *bytes, size_t size,
                             uint64_t offset, char why[PLX_JOURNAL_WHY]);

/** Sync it. A file that somebody removed meanwhile holds nothing: an error too. */
plx_status plx_segment_sync(const plx_segment_file *, char why[PLX_JOURNAL_WHY]);
bool plx_segment_is_removed(const plx_segment_file *);

/** Give the rest of the room back, close the file, sync the folder. */
plx_status plx_segment_finish(plx_segment_file *, int folder_fd, uint64_t end,
                              char why[PLX_JOURNAL_WHY]);

/** Close it as it is: it has failed. */
void plx_segment_abandon(plx_segment_file *);

#endif
