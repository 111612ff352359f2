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

/* O_NONBLOCK so that a FIFO is refused instead of waited for. */
static int open_regular(const char *path, const char *takes, int *fd, size_t *size)
{
    struct stat st;
    *fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (*fd < 0 || fstat(*fd, &st) != 0)
        return plx_cli_error(PLX_EXIT_INPUT, "-i '%s': cannot be read: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return plx_cli_error(PLX_EXIT_INPUT, "-i '%s': is %s; it takes %s", path,
                             S_ISDIR(st.st_mode) ? "a folder" : "no regular file", takes);
    *size = (size_t)st.st_size;
    return 0;
}

int plx_file_open(plx_file *file, const char *path, const char *takes)
{
    int fd = -1;
    *file = (plx_file){ .bytes = "" };
    int code = open_regular(path, takes, &fd, &file->size);
    if (code == 0 && file->size > 0) {
        void *map = mmap(NULL, file->size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (map == MAP_FAILED)
            code = plx_cli_error(PLX_EXIT_INPUT, "-i '%s': cannot be mapped: %s", path,
                                 strerror(errno));
        else
            file->bytes = file->map = map;
    }
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
