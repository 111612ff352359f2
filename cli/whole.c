/* SPDX-License-Identifier: MIT */
/*
 * cli/whole.c: see cli/whole.h. One loop for each direction.
 *
 * Not every system takes more than INT_MAX bytes in one call.
 */
#define _POSIX_C_SOURCE 200809L
#include "whole.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

enum { HERE = -1 };                         /* no place: where the file stands */

static size_t piece_of(size_t size)
{
    return size < INT_MAX ? size : INT_MAX;
}

/* stdout may share its file with somebody who has it not block. */
static bool is_passing(int fd)
{
    if (errno == EAGAIN) {
        struct pollfd ready = { .fd = fd, .events = POLLOUT };
        poll(&ready, 1, -1);
        return true;
    }
    return errno == EINTR;
}

static bool write_all(int fd, const char *from, size_t size, off_t at)
{
    while (size > 0) {
        const size_t piece = piece_of(size);
        const ssize_t written = at == HERE ? write(fd, from, piece) : pwrite(fd, from, piece, at);
        if (written < 0 && is_passing(fd))
            continue;
        if (written == 0)
            errno = ENOSPC;
        if (written <= 0)
            return false;
        at += at == HERE ? 0 : written;
        from += written;
        size -= (size_t)written;
    }
    return true;
}

bool plx_whole_write(int fd, const void *bytes, size_t size)
{
    return write_all(fd, bytes, size, HERE);
}

bool plx_whole_put(int fd, const void *bytes, size_t size, off_t at)
{
    return write_all(fd, bytes, size, at);
}

ssize_t plx_whole_read(int fd, void *bytes, size_t size, off_t at)
{
    char *to = bytes;
    size_t have = 0;
    while (have < size) {
        const ssize_t got = pread(fd, to + have, piece_of(size - have), at + (off_t)have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        have += (size_t)got;
    }
    return (ssize_t)have;
}
