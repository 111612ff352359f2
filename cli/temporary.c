/* SPDX-License-Identifier: MIT */
/*
 * cli/temporary.c: see cli/temporary.h. Their names are kept where a handler may read them: in
 * copies of its own, which are never freed.
 */
#define _POSIX_C_SOURCE 200809L
#include "temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 4, NAME = 4096 };

static struct {
    atomic_bool taken, there;
    char name[NAME];
} temporaries[MOST];

static void note(const char *name)
{
    for (size_t i = 0; strlen(name) < NAME && i < MOST; i++)
        if (!atomic_exchange(&temporaries[i].taken, true)) {
            strcpy(temporaries[i].name, name);
            temporaries[i].there = true;
            return;
        }
}

void plx_temporary_forget(const char *name)
{
    for (size_t i = 0; i < MOST; i++)
        if (temporaries[i].there && strcmp(temporaries[i].name, name) == 0) {
            temporaries[i].there = false;
            temporaries[i].taken = false;
        }
}

void plx_temporary_abandon(void)
{
    for (size_t i = 0; i < MOST; i++)
        if (temporaries[i].there)
            unlink(temporaries[i].name);
}

char *plx_temporary_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

int plx_temporary_make(const char *target, char **name)
{
    char *folder = plx_temporary_folder(target);
    const size_t size = folder != NULL ? strlen(folder) + 64 : 0;
    int fd = -1;
    *name = folder != NULL ? malloc(size) : NULL;
    for (int try = 0; *name != NULL && try < 100; try++) {
        snprintf(*name, size, "%s/.parallax-%ld-%d.tmp", folder, (long)getpid(), try);
        fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            break;
    }
    const int why = errno;
    free(folder);
    if (fd >= 0) {
        note(*name);
        return fd;
    }
    free(*name);                            /* not ours: another file has that name, or none */
    *name = NULL;
    errno = why;
    return -1;
}
