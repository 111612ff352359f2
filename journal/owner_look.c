/* SPDX-License-Identifier: MIT */
/* journal/owner_look.c: who owns a journal, to be shown. It is looked at only: nothing is made. */
#define _POSIX_C_SOURCE 200809L
#include <string.h>
#include <unistd.h>

#include "journal/owner.h"
#include "journal/segment.h"

bool plx_owner_look(const char *folder, plx_owner_seen *seen)
{
    uint64_t number = 0;
    plx_owner_file file = {.readable = false};
    memset(seen, 0, sizeof *seen);
    int fd = plx_segment_open_folder(folder);
    if (fd < 0)
        return false;
    if (plx_owner_file_highest(fd, &number) && number > 0)
        plx_owner_file_read(fd, number, &file);
    close(fd);
    if (!file.readable)
        return false;
    seen->held = file.held;
    seen->here = plx_owner_file_is_here(&file);
    seen->alive = seen->here && plx_process_is_alive(file.who.pid, file.who.start);
    seen->pid = file.who.pid;
    memcpy(seen->host, file.who.host, sizeof seen->host);
    return true;
}
