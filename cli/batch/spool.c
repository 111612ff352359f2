/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/spool.c: files for what a command writes: they have no name, so that whatever is killed
 * leaves none behind.
 *
 * Each command gets its own: one that left its group could still write to the old ones. Appending,
 * since a command that opens /dev/stdout anew would else overwrite what it wrote before.
 */
#define _GNU_SOURCE                         /* O_TMPFILE, mkostemp */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "serve.h"

enum { PATH_ROOM = 4096 };

const char *plx_spool_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder != NULL && *folder != '\0' ? folder : "/tmp";
}

static int open_named(const char *folder)
{
    char path[PATH_ROOM];
    if ((size_t)snprintf(path, sizeof path, "%s/parallax-XXXXXX", folder) >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    const int file = mkostemp(path, O_CLOEXEC | O_APPEND);
    if (file >= 0)
        unlink(path);
    return file;
}

int plx_spool_open(const char *folder)
{
    static bool named;                      /* this file system has only files with a name */
    if (!named) {
        const int file = open(folder, O_TMPFILE | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
        if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
            return file;
        named = true;
    }
    return open_named(folder);
}
