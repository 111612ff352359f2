/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/reader.c: read(), a buffer, and a cursor in it.
 *
 * What is left of an item at the buffer's end is moved to its beginning before more is read. It
 * waits in poll(), a little at a time: so a stop ends it.
 */
#define _POSIX_C_SOURCE 200809L
#include "reader.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../signals.h"

enum { LOOK_MS = 50, LEAST_ROOM = 262144 };

bool plx_reader_open(plx_reader *reader, int fd, bool waits, off_t first, size_t longest)
{
    *reader = (plx_reader){ .fd = fd, .waits = waits, .first = first, .room = LEAST_ROOM };
    if (longest > LEAST_ROOM / 2)
        reader->room = longest < SIZE_MAX / 2 ? 2 * longest : longest;
    reader->buffer = malloc(reader->room);
    plx_reader_rewind(reader);
    return reader->buffer != NULL;
}

void plx_reader_close(plx_reader *reader)
{
    free(reader->buffer);
    reader->buffer = NULL;
}

void plx_reader_rewind(plx_reader *reader)
{
    if (!reader->waits)
        lseek(reader->fd, reader->first, SEEK_SET);
    reader->over = false;
    reader->begin = reader->end = 0;
}

/* False: a stop came first. What poll() cannot tell, read() will. */
static bool wait_for_more(const plx_reader *reader)
{
    struct pollfd more = { .fd = reader->fd, .events = POLLIN };
    for (;;) {
        const int there = poll(&more, 1, LOOK_MS);
        if (there > 0 || (there < 0 && errno != EINTR))
            return true;
        if (plx_stop_asked(plx_cli_signals_stop()) != PLX_GO)
            return false;
    }
}

static void make_room(plx_reader *reader)
{
    memmove(reader->buffer, reader->buffer + reader->begin, reader->end - reader->begin);
    reader->end -= reader->begin;
    reader->begin = 0;
}

/* Nothing more is taken, the begin of an item neither. */
static void cut(plx_reader *reader)
{
    reader->cut = reader->over = true;
    reader->begin = reader->end = 0;
}

/* More behind what is there: END: there is none; FAILED: errno. */
static plx_read fill(plx_reader *reader)
{
    ssize_t got;
    if (!reader->over && reader->waits && !wait_for_more(reader))
        cut(reader);
    if (reader->over)
        return PLX_READ_END;
    make_room(reader);
    do
        got = read(reader->fd, reader->buffer + reader->end, reader->room - reader->end);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return PLX_READ_FAILED;
    reader->over = got == 0;
    reader->end += (size_t)got;
    return got > 0 ? PLX_READ_ITEM : PLX_READ_END;
}

static plx_read take(plx_reader *reader, size_t bytes, const char **item)
{
    *item = reader->buffer + reader->begin;
    reader->begin += bytes;
    return PLX_READ_ITEM;
}

plx_read plx_reader_line(plx_reader *reader, char end, size_t longest, const char **item,
                         size_t *size)
{
    for (size_t seen = 0;;) {
        const char *from = reader->buffer + reader->begin;
        const size_t left = reader->end - reader->begin;
        const char *found = memchr(from + seen, end, left - seen);
        *size = found != NULL ? (size_t)(found - from) : left;
        if (*size > longest)
            return PLX_READ_LONG;
        if (found != NULL)
            return take(reader, *size + 1, item);
        seen = left;
        const plx_read more = fill(reader);
        if (more == PLX_READ_END && reader->end > reader->begin)
            return take(reader, *size, item);
        if (more != PLX_READ_ITEM)
            return more;
    }
}

plx_read plx_reader_piece(plx_reader *reader, size_t size, const char **item)
{
    while (reader->end - reader->begin < size) {
        const plx_read more = fill(reader);
        if (more != PLX_READ_ITEM)
            return more;
    }
    return take(reader, size, item);
}
