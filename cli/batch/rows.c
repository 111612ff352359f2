/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/rows.c: pwrite() of runs, pread() of what is asked for.
 *
 * The file's name is taken away as soon as it is made, so that nothing is left whatever happens.
 */
#define _GNU_SOURCE                         /* mkostemp */
#include "rows.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../whole.h"

enum { BUFFER = 65536 };

static bool open_nameless(plx_rows *rows, const char *folder)
{
    const size_t room = strlen(folder) + 32;
    char *path = malloc(room);
    if (path == NULL)
        return false;
    snprintf(path, room, "%s/.parallax-XXXXXX", folder);
    rows->fd = mkostemp(path, O_CLOEXEC);
    rows->open = rows->fd >= 0;
    if (rows->open)
        unlink(path);
    free(path);
    return rows->open;
}

static bool make_long(const plx_rows *rows, uint64_t n)
{
    if (n > INT64_MAX / rows->size) {
        errno = EFBIG;
        return false;
    }
    return ftruncate(rows->fd, (off_t)(n * rows->size)) == 0;
}

bool plx_rows_open(plx_rows *rows, const char *folder, size_t size, uint64_t n)
{
    *rows = (plx_rows){ .size = size, .room = size < BUFFER ? BUFFER / size : 1 };
    rows->buffer = malloc(rows->room * size);
    if (rows->buffer != NULL && open_nameless(rows, folder) && make_long(rows, n))
        return true;
    const int why = errno;
    plx_rows_close(rows);
    errno = why;
    return false;
}

void plx_rows_close(plx_rows *rows)
{
    if (rows->open)
        close(rows->fd);
    free(rows->buffer);
    *rows = (plx_rows){ 0 };
}

static bool flush(plx_rows *rows)
{
    const off_t at = (off_t)(rows->first * rows->size);
    if (!plx_whole_put(rows->fd, rows->buffer, rows->used * rows->size, at))
        return false;
    rows->used = 0;
    return true;
}

bool plx_rows_put(plx_rows *rows, uint64_t row, const void *bytes)
{
    const bool next = row == rows->first + rows->used && rows->used < rows->room;
    if (!next && !flush(rows))
        return false;
    if (rows->used == 0)
        rows->first = row;
    memcpy(rows->buffer + rows->used * rows->size, bytes, rows->size);
    rows->used++;
    return true;
}

bool plx_rows_read(plx_rows *rows, uint64_t first, size_t n, void *into)
{
    const size_t size = n * rows->size;
    if (!flush(rows))
        return false;
    const ssize_t got = plx_whole_read(rows->fd, into, size, (off_t)(first * rows->size));
    if (got >= 0 && (size_t)got < size)
        errno = EIO;                        /* somebody has cut it */
    return got >= 0 && (size_t)got == size;
}
