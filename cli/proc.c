/* SPDX-License-Identifier: MIT */
/*
 * cli/proc.c: /proc/PID/stat, one line of fields.
 *
 * The second is a name in brackets that may hold anything, so they are counted from the last
 * bracket: the fourth is the parent, the 22nd the start.
 *
 * Source   proc(5)
 */
#define _POSIX_C_SOURCE 200809L
#include "proc.h"

#include <stdio.h>
#include <string.h>

bool plx_proc_read(long pid, plx_proc *proc)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    const char *rest = strrchr(text, ')');
    return rest != NULL && sscanf(rest + 1,
                                  " %*c %ld %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d"
                                  " %*d %*d %*d %*d %llu",
                                  &proc->parent, &proc->start_ticks) == 2;
}
