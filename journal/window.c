/* SPDX-License-Identifier: MIT */
/* journal/window.c: see journal/window.h. */
#define _POSIX_C_SOURCE 200809L
#include "journal/window.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "journal/head.h"
#include "journal/record.h"
#include "journal/sums.h"

enum {
    ALIGN = PLX_FORMAT_ALIGN,
    SECTOR = 4096,
    RECORD_MAX = sizeof(plx_record) + PLX_PAYLOAD_MAX
};

bool plx_window_open(plx_window *window, size_t ahead)
{
    memset(window, 0, sizeof *window);
    window->ahead = ahead;
    window->room = (ahead > RECORD_MAX ? ahead : RECORD_MAX) + ALIGN;
    window->buffer = malloc(window->room);
    return window->buffer != NULL;
}

void plx_window_close(plx_window *window)
{
    free(window->buffer);
    window->buffer = NULL;
}

void plx_window_turn(plx_window *window, int fd, uint64_t salt)
{
    struct stat st;
    window->fd = fd;
    window->salt = salt;
    window->size = fstat(fd, &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size : 0;
    window->start = window->filled = 0;
}

/* Bytes that the disk cannot read are taken as such that no record has, a sector at a time. */
static void fill(plx_window *window, size_t wanted)
{
    window->filled = 0;
    while (window->filled < wanted) {
        unsigned char *to = window->buffer + window->filled;
        const uint64_t offset = window->start + window->filled;
        const size_t left = wanted - window->filled, sector = SECTOR - (size_t)(offset % SECTOR);
        long got = plx_segment_bytes(window->fd, to, left, offset);
        if (got < 0) {
            got = (long)(sector < left ? sector : left);
            memset(to, 0xff, (size_t)got);
        }
        window->filled += (size_t)got;
        if (got == 0) {
            window->size = offset;
            return;
        }
    }
}

const unsigned char *plx_window_at(plx_window *window, uint64_t offset, size_t size)
{
    if (offset > window->size || size > window->size - offset)
        return NULL;
    if (offset < window->start || offset + size > window->start + window->filled) {
        window->start = offset / ALIGN * ALIGN;
        uint64_t wanted = offset + size - window->start;
        if (wanted < window->ahead)
            wanted = window->ahead;
        if (wanted > window->size - window->start)
            wanted = window->size - window->start;
        if (wanted > window->room)
            return NULL;
        fill(window, (size_t)wanted);
        if (offset + size > window->start + window->filled)
            return NULL;
    }
    return window->buffer + (offset - window->start);
}

/* A header that is whole, and whose payload is within the file. */
static bool has_header(plx_window *window, uint64_t offset, plx_record *record)
{
    const unsigned char *bytes = plx_window_at(window, offset, sizeof *record);
    if (bytes == NULL)
        return false;
    memcpy(record, bytes, sizeof *record);
    return record->magic == PLX_RECORD_MAGIC && record->size <= PLX_PAYLOAD_MAX &&
           record->size <= window->size - offset - sizeof *record &&
           plx_sums_record(record, window->salt, offset) == record->check;
}

plx_found plx_window_record(plx_window *window, uint64_t offset, plx_record *record,
                            const unsigned char **payload)
{
    if (!has_header(window, offset, record))
        return PLX_FOUND_NONE;
    const unsigned char *bytes = plx_window_at(window, offset, sizeof *record + record->size);
    if (bytes == NULL)
        return PLX_FOUND_BAD;
    *payload = bytes + sizeof *record;
    return plx_sums_payload(*payload, record->size, window->salt) == record->payload_check
               ? PLX_FOUND_WHOLE
               : PLX_FOUND_BAD;
}

uint64_t plx_window_after(uint64_t offset, const plx_record *record)
{
    return offset + plx_record_bytes(record->size);
}

uint64_t plx_window_search(plx_window *window, uint64_t from, uint64_t *last)
{
    plx_record record;
    *last = from;
    for (uint64_t at = from; at < window->size; at += ALIGN) {
        const uint64_t left = window->size - at;
        const size_t some = left < ALIGN ? (size_t)left : ALIGN;
        uint32_t words[2] = {0};
        const unsigned char *bytes = plx_window_at(window, at, some);
        if (bytes == NULL)
            break;
        memcpy(words, bytes, some);
        if (words[0] == PLX_RECORD_MAGIC && has_header(window, at, &record))
            return at;
        if ((words[0] | words[1]) != 0)
            *last = at + some;
    }
    return window->size;
}

bool plx_window_entry(const unsigned char *payload, size_t size, plx_entry *entry,
                      char why[PLX_WHY_MAX + 1])
{
    plx_entry_head head;
    if (size < sizeof head)
        return false;
    memcpy(&head, payload, sizeof head);
    const unsigned char *item = payload + sizeof head;
    if (head.state <= PLX_ITEM_NONE || head.state > PLX_ITEM_FALLBACK ||
        head.item_size > PLX_ITEM_MAX || head.result_size > PLX_RESULT_MAX ||
        head.why_size > PLX_WHY_MAX ||
        size - sizeof head != (size_t)head.item_size + head.result_size + head.why_size)
        return false;
    memcpy(why, item + head.item_size + head.result_size, head.why_size);
    why[head.why_size] = '\0';
    *entry = (plx_entry){.key = head.key, .state = (plx_item_state)head.state, .code = head.code,
                         .signal = head.signal, .tries = head.tries,
                         .elapsed_s = head.elapsed_s, .ended_s = head.ended_s,
                         .item = item, .item_size = head.item_size,
                         .result = item + head.item_size, .result_size = head.result_size,
                         .why = why, .output = {head.output[0], head.output[1]}};
    return true;
}
