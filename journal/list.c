/* SPDX-License-Identifier: MIT */
/* journal/list.c: see journal/list.h. Other files may stand there too: they are passed over. */
#define _POSIX_C_SOURCE 200809L
#include "journal/list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int compare(const void *a, const void *b)
{
    return plx_segment_compare(a, b);
}

/* Room for one more, half as much again. */
static bool widen(plx_segment_id **ids, size_t count, size_t *room)
{
    if (count < *room)
        return true;
    const size_t wider = 16 + *room + *room / 2;
    plx_segment_id *more = realloc(*ids, wider * sizeof *more);
    if (more == NULL)
        return false;
    *ids = more;
    *room = wider;
    return true;
}

static plx_status collect(DIR *folder, plx_segment_id **ids, size_t *count)
{
    size_t room = 0;
    plx_segment_id id;
    const struct dirent *found;
    while (errno = 0, (found = readdir(folder)) != NULL) {
        if (!plx_segment_named(found->d_name, &id))
            continue;
        if (!widen(ids, *count, &room))
            return PLX_NO_MEMORY;
        (*ids)[(*count)++] = id;
    }
    return errno == 0 ? PLX_OK : PLX_NO_INPUT;
}

plx_status plx_list_read(const char *path, plx_segment_id **ids, size_t *count,
                         char why[PLX_JOURNAL_WHY])
{
    *ids = NULL;
    *count = 0;
    DIR *folder = opendir(path);
    if (folder == NULL && errno == ENOENT)
        return PLX_OK;
    plx_status status = folder != NULL     ? collect(folder, ids, count)
                        : errno == ENOMEM ? PLX_NO_MEMORY
                                          : PLX_NO_INPUT;
    if (status == PLX_NO_INPUT)
        snprintf(why, PLX_JOURNAL_WHY, "'%s': cannot be read: %s", path, strerror(errno));
    if (status == PLX_NO_MEMORY)
        snprintf(why, PLX_JOURNAL_WHY, "out of memory");
    if (folder != NULL)
        closedir(folder);
    if (status == PLX_OK && *count > 0)
        qsort(*ids, *count, sizeof **ids, compare);
    if (status != PLX_OK) {
        free(*ids);
        *ids = NULL;
    }
    return status;
}

int plx_list_open(const char *folder, const plx_segment_id *id)
{
    char name[PLX_SEGMENT_NAME];
    plx_segment_name(id, name);
    size_t size = strlen(folder) + sizeof name + 1;
    char *path = malloc(size);
    if (path == NULL) {
        errno = ENOMEM;
        return -1;
    }
    snprintf(path, size, "%s/%s", folder, name);
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    free(path);
    return fd;
}
