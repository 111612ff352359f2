/* SPDX-License-Identifier: MIT */
/* cli/report_file.c: a regular file of at most 64 MiB is read whole, then judged. */
#define _POSIX_C_SOURCE 200809L
#include "report_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "json.h"
#include "whole.h"

/* O_NONBLOCK so that a FIFO is refused instead of waited for. */
static int open_report(const char *who, const char *path, int *fd, size_t *size)
{
    struct stat st;
    *fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (*fd < 0 || fstat(*fd, &st) != 0)
        return plx_cli_error(PLX_EXIT_INPUT, "%s '%s': cannot be read: %s", who, path,
                             strerror(errno));
    if (!S_ISREG(st.st_mode))
        return plx_cli_error(PLX_EXIT_INPUT, "%s '%s': is %s; it takes a report as JSON", who, path,
                             S_ISDIR(st.st_mode) ? "a folder" : "no regular file");
    if (st.st_size > PLX_SHOW_MOST)
        return plx_cli_error(PLX_EXIT_DATA, "%s '%s': has %lld bytes; at most %d are taken", who,
                             path, (long long)st.st_size, PLX_SHOW_MOST);
    *size = (size_t)st.st_size;
    return 0;
}

static int judge(const char *who, const char *path, const char *bytes, size_t size, plx_show *show)
{
    char why[320];
    int code = plx_show_read(bytes, size, show, why);
    if (plx_cli_json_lacks())
        return plx_cli_error(PLX_EXIT_SYSTEM, "%s '%s': no memory to read it", who, path);
    return code ? plx_cli_error(code, "%s '%s': %s", who, path, why) : 0;
}

int plx_cli_report_read(const char *who, const char *path, plx_show *show)
{
    int fd = -1;
    size_t size = 0;
    *show = (plx_show){.results = NULL};
    int code = open_report(who, path, &fd, &size);
    char *bytes = code == 0 ? malloc(size + 1) : NULL;
    if (code == 0 && !bytes)
        code = plx_cli_error(PLX_EXIT_SYSTEM, "out of memory");
    /* as many bytes as there are: a file may shrink meanwhile */
    const ssize_t got = code == 0 ? plx_whole_read(fd, bytes, size, 0) : 0;
    if (got < 0)
        code = plx_cli_error(PLX_EXIT_INPUT, "%s '%s': cannot be read: %s", who, path,
                             strerror(errno));
    if (code == 0)
        code = judge(who, path, bytes, (size_t)got, show);
    free(bytes);
    if (fd >= 0)
        close(fd);
    return code;
}
