/* SPDX-License-Identifier: MIT */
/*
 * journal/head.h: a segment's name, and what its header says.
 *
 * A segment's name tells session, rank and part, and its header must tell the same: so no two of a
 * folder can be the same segment, and a copy under another name is none.
 */
#ifndef PLX_JOURNAL_HEAD_H
#define PLX_JOURNAL_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "journal/format.h"

enum { PLX_SEGMENT_NAME = 48 };         /* longest name and its NUL */

/** Which segment of a journal: they are ordered by session, rank, part. */
typedef struct plx_segment_id {
    uint32_t session;
    int32_t rank;
    uint32_t part;
} plx_segment_id;

/** "s000001-r0-0.plxj", and back: false if it is no such name, to the letter. */
void plx_segment_name(const plx_segment_id *, char name[PLX_SEGMENT_NAME]);
bool plx_segment_named(const char *name, plx_segment_id *);

/** <0, 0, >0 as strcmp. */
int plx_segment_compare(const plx_segment_id *, const plx_segment_id *);

/** Bytes of one of the two copies of a header with such a subject. */
size_t plx_segment_head_size(uint32_t subject_size);

typedef enum plx_head_state {
    PLX_HEAD_NONE,                      /* neither copy is whole; subject is NULL */
    PLX_HEAD_WHOLE,
    PLX_HEAD_NEWER,                     /* whole, of a newer major version */
    PLX_HEAD_NO_MEMORY                  /* it was not looked at; subject is NULL */
} plx_head_state;

typedef struct plx_segment_head {
    plx_header header;                  /* host and boot end with a NUL */
    char *subject;
    uint64_t begin;                     /* where the first record stands */
} plx_segment_head;

/** Read the header, from either copy. */
plx_head_state plx_segment_head_read(int fd, plx_segment_head *);
void plx_segment_head_free(plx_segment_head *);

/** True if the file's last record says that the writer closed it. */
bool plx_segment_ended(int fd, const plx_segment_head *);

/** size bytes at offset, as many as there are; -1: errno says why not. EINTR is gone over. */
long plx_segment_bytes(int fd, void *bytes, size_t size, uint64_t offset);

#endif
