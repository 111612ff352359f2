/* SPDX-License-Identifier: MIT */
/* cli/file.c: open, look, map, close. */
#define _POSIX_C_SOURCE 200809L
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

int plx_file_unreadable(const char *path)
{
    return plx_cli_error(PLX_EXIT_INPUT, "-i '%s': cannot be read: %s", path, strerror(errno));
}

int plx_file_changed(const char *path)
{
    return plx_cli_error(PLX_EXIT_INPUT, "-i '%s': it changed while it was read", path);
}

/* O_NONBLOCK so that a FIFO is refused instead of waited for. */
int plx_file_descriptor(const char *path, const char *takes, int *fd, size_t *size)
{
    struct stat st;
    *fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (*fd < 0 || fstat(*fd, &st) != 0)
        return plx_file_unreadable(path);
    if (!S_ISREG(st.st_mode))
        return plx_cli_error(PLX_EXIT_INPUT, "-i '%s': is %s; it takes %s", path,
                             S_ISDIR(st.st_mode) ? "a folder" : "no regular file", takes);
    *size = (size_t)st.st_size;
    return 0;
}

int plx_file_map(plx_file *file, const char *path, int fd, size_t size)
{
    *file = (plx_file){ .bytes = "", .size = size };
    if (size == 0)
        return 0;
    void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED)
        return plx_cli_error(PLX_EXIT_INPUT, "-i '%s': cannot be mapped: %s", path,
                             strerror(errno));
    file->bytes = file->map = map;
    return 0;
}

int plx_file_open(plx_file *file, const char *path, const char *takes)
{
    int fd = -1;
    size_t size = 0;
    *file = (plx_file){ .bytes = "" };
    int code = plx_file_descriptor(path, takes, &fd, &size);
    if (code == 0)
        code = plx_file_map(file, path, fd, size);
    if (fd >= 0)
        close(fd);
    return code;
}

void plx_file_close(plx_file *file)
{
    if (file->map != NULL)
        munmap(file->map, file->size);
    *file = (plx_file){ 0 };
}
