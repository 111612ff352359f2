/* SPDX-License-Identifier: MIT */
/*
 * journal/head.c: see journal/head.h.
 *
 * Of the two copies the first that is whole counts. Where the second stands follows from the
 * subject's size, which the first may tell wrongly: so it is looked for at every eighth byte, and
 * must stand where its own size puts it.
 */
#define _POSIX_C_SOURCE 200809L
#include "journal/head.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal/sums.h"

enum {
    ALIGN = PLX_FORMAT_ALIGN,
    COPY_MAX = sizeof(plx_header) + PLX_SUBJECT_MAX     /* both are multiples of ALIGN */
};

void plx_segment_name(const plx_segment_id *id, char name[PLX_SEGMENT_NAME])
{
    snprintf(name, PLX_SEGMENT_NAME, "s%06" PRIu32 "-r%" PRId32 "-%" PRIu32 ".plxj", id->session,
             id->rank, id->part);
}

bool plx_segment_named(const char *name, plx_segment_id *id)
{
    char again[PLX_SEGMENT_NAME];
    int length = 0;
    if (strlen(name) >= PLX_SEGMENT_NAME ||
        sscanf(name, "s%10" SCNu32 "-r%10" SCNd32 "-%10" SCNu32 ".plxj%n", &id->session, &id->rank,
               &id->part, &length) != 3 ||
        length == 0)
        return false;
    plx_segment_name(id, again);
    return id->rank >= 0 && strcmp(name, again) == 0;
}

int plx_segment_compare(const plx_segment_id *a, const plx_segment_id *b)
{
    if (a->session != b->session)
        return a->session < b->session ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return a->part == b->part ? 0 : a->part < b->part ? -1 : 1;
}

size_t plx_segment_head_size(uint32_t subject_size)
{
    return (sizeof(plx_header) + subject_size + ALIGN - 1) / ALIGN * ALIGN;
}

long plx_segment_bytes(int fd, void *bytes, size_t size, uint64_t offset)
{
    size_t got = 0;
    while (got < size) {
        ssize_t n = pread(fd, (char *)bytes + got, size - got, (off_t)(offset + got));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && got == 0)
            return -1;
        if (n <= 0)
            break;
        got += (size_t)n;
    }
    return (long)got;
}

/* A header with its subject that is whole, of any version: what stands in it keeps its place. */
static bool is_whole(const unsigned char *bytes, size_t size, plx_header *header)
{
    if (size < sizeof *header || memcmp(bytes, PLX_SEGMENT_MAGIC, sizeof header->magic) != 0)
        return false;
    memcpy(header, bytes, sizeof *header);
    const char *subject = (const char *)bytes + sizeof *header;
    return header->order == PLX_FORMAT_ORDER && header->major > 0 && header->subject_size > 0 &&
           header->subject_size <= PLX_SUBJECT_MAX &&
           header->subject_size <= size - sizeof *header &&
           plx_sums_header(header, subject) == header->check &&
           memchr(subject, '\0', header->subject_size) == subject + header->subject_size - 1 &&
           memchr(header->host, '\0', sizeof header->host) != NULL &&
           memchr(header->boot, '\0', sizeof header->boot) != NULL;
}

/* Where a whole copy begins that stands where it belongs; size: there is none. */
static size_t find(const unsigned char *bytes, size_t size, plx_header *header)
{
    for (size_t at = 0; at + sizeof *header <= size && at <= COPY_MAX; at += ALIGN)
        if (is_whole(bytes + at, size - at, header) &&
            (at == 0 || at == plx_segment_head_size(header->subject_size)))
            return at;
    return size;
}

plx_head_state plx_segment_head_read(int fd, plx_segment_head *head)
{
    enum { NEAR = 4096 };
    unsigned char *bytes = malloc(2 * COPY_MAX);
    memset(head, 0, sizeof *head);
    if (bytes == NULL)
        return PLX_HEAD_NO_MEMORY;
    long got = plx_segment_bytes(fd, bytes, NEAR, 0);
    size_t size = got > 0 ? (size_t)got : 0, at = find(bytes, size, &head->header);
    if (at == size && (got < 0 || got == NEAR)) { /* a long subject, or damage */
        got = plx_segment_bytes(fd, bytes, 2 * COPY_MAX, 0);
        size = got > 0 ? (size_t)got : 0;
        at = find(bytes, size, &head->header);
    }
    if (at < size)
        head->subject = malloc(head->header.subject_size);
    if (head->subject != NULL) {
        memcpy(head->subject, bytes + at + sizeof head->header, head->header.subject_size);
        head->begin = 2 * plx_segment_head_size(head->header.subject_size);
    }
    free(bytes);
    if (head->subject == NULL)
        return at < size ? PLX_HEAD_NO_MEMORY : PLX_HEAD_NONE;
    return head->header.major > PLX_FORMAT_MAJOR ? PLX_HEAD_NEWER : PLX_HEAD_WHOLE;
}

void plx_segment_head_free(plx_segment_head *head)
{
    free(head->subject);
    head->subject = NULL;
}

bool plx_segment_ended(int fd, const plx_segment_head *head)
{
    struct stat st;
    struct {
        plx_record record;
        plx_end_record end;
    } last;
    if (fstat(fd, &st) != 0 || st.st_size < (off_t)(head->begin + sizeof last))
        return false;
    const uint64_t offset = (uint64_t)st.st_size - sizeof last;
    return plx_segment_bytes(fd, &last, sizeof last, offset) == (long)sizeof last &&
           last.record.magic == PLX_RECORD_MAGIC && last.record.kind == PLX_KIND_END &&
           last.record.size == sizeof last.end &&
           last.record.check == plx_sums_record(&last.record, head->header.salt, offset) &&
           last.record.payload_check ==
               plx_sums_payload(&last.end, sizeof last.end, head->header.salt);
}
