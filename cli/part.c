/* SPDX-License-Identifier: MIT */
/* cli/part.c: open once, keep the descriptor, look at the file again after each reading. */
#define _POSIX_C_SOURCE 200809L
#include "part.h"

#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "error.h"
#include "whole.h"

/* The map is for the header alone. */
static int take_header(plx_part *part, size_t size)
{
    plx_file file;
    int code = plx_file_map(&file, part->path, part->fd, size);
    if (code == 0)
        code = plx_npy_head(&part->header, &file, part->path);
    if (code == 0)
        part->facts.header = XXH64(file.bytes, part->header.data, 0);
    plx_file_close(&file);
    return code;
}

int plx_part_open(plx_part *part, const char *path)
{
    struct stat st;
    size_t size = 0;
    *part = (plx_part){.path = path};
    int code = plx_file_descriptor(path, PLX_NPY_TAKES, &part->fd, &size);
    part->open = part->fd >= 0;
    if (code == 0 && fstat(part->fd, &st) != 0)
        code = plx_file_unreadable(part->path);
    if (code != 0)
        return code;
    part->facts.size = size;
    part->facts.changed_s = (int64_t)st.st_mtim.tv_sec;
    part->changed_ns = st.st_mtim.tv_nsec;
    return take_header(part, size);
}

void plx_part_close(plx_part *part)
{
    if (part->open)
        close(part->fd);
    *part = (plx_part){0};
}

int plx_part_same(const plx_part *part, const plx_part_facts *first)
{
    const plx_part_facts *mine = &part->facts;
    const char *what = mine->size != first->size       ? "has another length"
                       : mine->header != first->header ? "has another header"
                       : mine->changed_s != first->changed_s
                           ? "was written at another time (copies need the same: cp -p)"
                           : NULL;
    return what == NULL ? 0
                        : plx_cli_error(PLX_EXIT_INPUT, "-i '%s': is not rank 0's file: it %s",
                                        part->path, what);
}

/* Beside a disk's error: a file that got shorter, or was written to meanwhile. */
int plx_part_read(const plx_part *part, size_t from, size_t size, void *to)
{
    struct stat st;
    const ssize_t got = plx_whole_read(part->fd, to, size, (off_t)(part->header.data + from));
    if (got < 0)
        return plx_file_unreadable(part->path);
    if ((size_t)got < size)
        return plx_file_changed(part->path);
    if (fstat(part->fd, &st) != 0)
        return plx_file_unreadable(part->path);
    return (uint64_t)st.st_size == part->facts.size && st.st_mtim.tv_sec == part->facts.changed_s &&
                   st.st_mtim.tv_nsec == part->changed_ns
               ? 0
               : plx_file_changed(part->path);
}
