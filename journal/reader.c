/* SPDX-License-Identifier: MIT */
/*
 * journal/reader.c: a journal from its first segment to its last, in constant memory.
 *
 * A segment is a walk from record to record. Where none stands the next is searched for, and what
 * was passed over is a hole. An entry counts if its output stands directly before it, of the same
 * key and of the length that it tells.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal/list.h"
#include "journal/window.h"

enum { AHEAD = 1048576 };

/* The pieces of output that stand before where the walk is. */
typedef struct pieces {
    plx_key key;
    uint64_t begin, end, bytes[2];
    int stream;
} pieces;

typedef struct walk {
    plx_window window;
    const plx_reading *reading;
    plx_journal_report *report;
    plx_segment *segment;
    uint64_t number;                    /* the least that the next record may have */
    pieces pieces;
} walk;

static void note_hole(walk *w, uint64_t from, uint64_t to)
{
    if (w->segment->holes++ == 0)
        w->segment->damaged_at = from;
    w->segment->damaged += to - from;
}

static bool same(plx_key a, plx_key b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* False: it is not well formed. */
static bool take_piece(walk *w, uint64_t at, const plx_record *record, const unsigned char *payload)
{
    plx_output_head head;
    pieces *p = &w->pieces;
    if (record->size <= sizeof head || record->size - sizeof head > PLX_OUTPUT_PIECE)
        return false;
    memcpy(&head, payload, sizeof head);
    if (head.stream != 0 && head.stream != 1)
        return false;
    if (p->end != at || !same(p->key, head.key) || head.stream < p->stream)
        *p = (pieces){.key = head.key, .begin = at};
    p->stream = head.stream;
    p->bytes[head.stream] += record->size - sizeof head;
    p->end = plx_window_after(at, record);
    return true;
}

/* *counts: it is well formed, and its output is there. */
static plx_status take_entry(walk *w, uint64_t at, const plx_record *record,
                             const unsigned char *payload, bool *counts)
{
    char why[PLX_WHY_MAX + 1];
    plx_entry entry;
    const pieces *p = &w->pieces;
    const plx_segment *segment = w->segment;
    plx_place place = {.session = segment->session, .rank = segment->rank, .part = segment->part,
                       .offset = at};
    *counts = plx_window_entry(payload, record->size, &entry, why);
    if (!*counts)
        return PLX_OK;
    const bool has = p->end == at && same(p->key, entry.key);
    for (int i = 0; i < 2; i++) {
        *counts = *counts && entry.output[i] == (has ? p->bytes[i] : 0);
        place.output[i] = entry.output[i];
    }
    if (has)
        place.offset = p->begin;
    if (!*counts)
        return PLX_OK;
    w->segment->entries++;
    return w->reading->entry ? w->reading->entry(w->reading->user, &entry, &place) : PLX_OK;
}

/* The record at an offset, after which *at stands. */
static plx_status take_record(walk *w, uint64_t *at)
{
    plx_record record;
    const unsigned char *payload;
    plx_status status = PLX_OK;
    bool counts = true;
    const uint64_t from = *at;
    plx_found found = plx_window_record(&w->window, from, &record, &payload);
    if (found == PLX_FOUND_NONE) {
        uint64_t last;
        *at = plx_window_search(&w->window, from, &last);
        if (*at < w->window.size)
            last = *at;
        if (last > from)
            note_hole(w, from, last);
        return PLX_OK;
    }
    *at = plx_window_after(from, &record);
    if (found == PLX_FOUND_BAD || record.number < w->number) {
        note_hole(w, from, *at < w->window.size ? *at : w->window.size);
        return PLX_OK;
    }
    w->number = record.number + 1;
    w->segment->ended = record.kind == PLX_KIND_END && record.size == sizeof(plx_end_record);
    if (record.kind == PLX_KIND_OUTPUT)
        counts = take_piece(w, from, &record, payload);
    if (record.kind == PLX_KIND_ENTRY)
        status = take_entry(w, from, &record, payload, &counts);
    if (!counts)
        note_hole(w, from, *at);
    return status;
}

static plx_status tell(const walk *w, bool told)
{
    return w->reading->segment ? w->reading->segment(w->reading->user, w->segment, told) : PLX_OK;
}

/* What has no header that could be trusted is all damage, but for room. */
static void pass_over(walk *w)
{
    uint64_t last;
    if (plx_window_search(&w->window, 0, &last) < w->window.size)
        last = w->window.size;
    if (last > 0)
        note_hole(w, 0, last);
}

static plx_status walk_segment(walk *w, uint64_t begin)
{
    plx_status status = tell(w, false);
    w->number = 0;
    w->pieces = (pieces){.end = 0};
    if (!w->segment->readable)
        pass_over(w);
    else if (!w->segment->newer)
        for (uint64_t at = begin; status == PLX_OK && at < w->window.size;)
            status = take_record(w, &at);
    w->report->entries += w->segment->entries;
    w->report->holes += w->segment->holes;
    w->report->damaged += w->segment->damaged;
    w->report->unended += w->segment->readable && !w->segment->newer && !w->segment->ended;
    return status == PLX_OK ? tell(w, true) : status;
}

static void set_head(plx_segment *segment, const plx_segment_head *head, plx_head_state state)
{
    const plx_header *header = &head->header;
    const plx_segment_id id = {header->session, header->rank, header->part};
    const plx_segment_id named = {segment->session, segment->rank, segment->part};
    segment->readable = state != PLX_HEAD_NONE && plx_segment_compare(&id, &named) == 0;
    if (!segment->readable)
        return;
    segment->newer = state == PLX_HEAD_NEWER;
    segment->subject = head->subject;
    memcpy(segment->host, header->host, sizeof segment->host);
    memcpy(segment->boot, header->boot, sizeof segment->boot);
    segment->pid = header->pid;
    segment->pid_start = header->pid_start;
    segment->begun_s = header->begun_s;
}

static plx_status read_open(walk *w, int fd, const plx_segment_id *id, char why[PLX_JOURNAL_WHY])
{
    char name[PLX_SEGMENT_NAME];
    plx_segment_head head;
    plx_segment segment = {.name = name, .session = id->session, .part = id->part,
                           .rank = id->rank};
    plx_segment_name(id, name);
    plx_head_state state = plx_segment_head_read(fd, &head);
    if (state == PLX_HEAD_NO_MEMORY) {
        snprintf(why, PLX_JOURNAL_WHY, "out of memory");
        return PLX_NO_MEMORY;
    }
    set_head(&segment, &head, state);
    plx_window_turn(&w->window, fd, segment.readable ? head.header.salt : 0);
    segment.bytes = w->window.size;
    w->segment = &segment;
    w->report->segments++;
    w->report->bytes += segment.bytes;
    w->report->unreadable += !segment.readable;
    w->report->newer += segment.newer;
    plx_status status = walk_segment(w, segment.readable ? head.begin : 0);
    plx_segment_head_free(&head);
    return status;
}

/* What may not be read is no damage: who resumed without it would run it all again. */
static plx_status read_segment(walk *w, const char *folder, const plx_segment_id *id,
                               char why[PLX_JOURNAL_WHY])
{
    int fd = plx_list_open(folder, id);
    if (w->report->sessions < id->session)
        w->report->sessions = id->session;
    if (fd < 0 && (errno == EACCES || errno == EPERM || errno == EMFILE || errno == ENFILE ||
                   errno == ENOMEM)) {
        char name[PLX_SEGMENT_NAME];
        plx_segment_name(id, name);
        snprintf(why, PLX_JOURNAL_WHY, "'%s/%s': cannot be opened: %s", folder, name,
                 strerror(errno));
        return errno == ENOMEM                      ? PLX_NO_MEMORY
               : errno == EMFILE || errno == ENFILE ? PLX_SYSTEM
                                                    : PLX_NO_INPUT;
    }
    if (fd < 0 && errno == ENOENT) /* removed since */
        return PLX_OK;
    plx_status status = read_open(w, fd, id, why);
    if (fd >= 0)
        close(fd);
    return status;
}

plx_status plx_journal_read(const char *folder, const plx_reading *reading,
                            plx_journal_report *report, char why[PLX_JOURNAL_WHY])
{
    size_t count;
    plx_segment_id *ids;
    walk w = {.reading = reading, .report = report};
    *why = '\0';
    memset(report, 0, sizeof *report);
    plx_status status = plx_list_read(folder, &ids, &count, why);
    if (status == PLX_OK && count > 0 && !plx_window_open(&w.window, AHEAD)) {
        snprintf(why, PLX_JOURNAL_WHY, "out of memory");
        status = PLX_NO_MEMORY;
    }
    for (size_t i = 0; status == PLX_OK && i < count; i++)
        status = read_segment(&w, folder, &ids[i], why);
    plx_window_close(&w.window);
    free(ids);
    return status;
}
