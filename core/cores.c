/* SPDX-License-Identifier: MIT */
/*
 * core/cores.c: how many cores this process may really use: the affinity mask and the cgroup quota,
 * not the cores in the box. A container with a quota of two cores on a machine of 64 has two.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/run.h"

static int masked_cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return CPU_COUNT(&set);
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

/* cgroup v2: "max 100000" or "quota period"; 0: no limit stands in that folder. */
static int quota_of(const char *folder)
{
    char path[4096 + 32], quota[32];
    double period;
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/cpu.max", folder);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    int read = fscanf(file, "%31s %lf", quota, &period);
    fclose(file);
    double allowed;
    if (read != 2 || strcmp(quota, "max") == 0 || sscanf(quota, "%lf", &allowed) != 1 ||
        !(period > 0))
        return 0;
    int cores = (int)(allowed / period + 0.999);
    return cores > 0 ? cores : 1;
}

/* This process's folder in the unified hierarchy: the line "0::/path". */
static bool own_folder(char folder[4096])
{
    FILE *file = fopen("/proc/self/cgroup", "r");
    bool found = false;
    char line[4096 + 8];
    while (file && !found && fgets(line, sizeof line, file)) {
        found = strncmp(line, "0::", 3) == 0;
        line[strcspn(line, "\n")] = '\0';
    }
    if (file)
        fclose(file);
    size_t length = found ? strlen(line + 3) : 0;
    if (!found || length >= 4096)
        return false;
    memcpy(folder, line + 3, length + 1);
    return true;
}

/* The tightest quota from here up to the root. */
int plx_cores(void)
{
    int cores = masked_cores();
    char folder[4096];
    for (bool more = own_folder(folder); more;) {
        int quota = quota_of(folder);
        cores = quota > 0 && quota < cores ? quota : cores;
        char *slash = strrchr(folder, '/');
        more = slash != NULL && folder[0] != '\0';
        if (slash)
            *slash = '\0';
    }
    return cores > 0 ? cores : 1;
}
