/* SPDX-License-Identifier: MIT */
/*
 * core/cores.c: how many cores this process may really use: the affinity mask and the cgroup quota,
 * not the cores in the box. A container with a quota of two cores on a machine of 64 has two. Both
 * cgroup versions are read: clusters run the first one still.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/run.h"

static int masked_cores(int online)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : online;
}

/* The first words of a file; false: there is no such file, or too few words. */
static bool read_words(const char *path, char first[32], char second[32])
{
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    int read = second ? fscanf(file, "%31s %31s", first, second) : fscanf(file, "%31s", first);
    fclose(file);
    return read == (second ? 2 : 1);
}

/* In cores; 0: no limit stands in that folder. Version 2 has both numbers in one file, or "max";
   version 1 has a file for each, or -1. */
static double quota_of(int version, const char *folder, char path[4096 + 64])
{
    char quota[32], period[32], other[4096 + 64];
    double allowed, every;
    bool known;
    if (version == 2) {
        snprintf(path, 4096 + 64, "/sys/fs/cgroup%s/cpu.max", folder);
        known = read_words(path, quota, period);
    } else {
        snprintf(other, sizeof other, "/sys/fs/cgroup/cpu%s/cpu.cfs_period_us", folder);
        snprintf(path, 4096 + 64, "/sys/fs/cgroup/cpu%s/cpu.cfs_quota_us", folder);
        known = read_words(other, period, NULL) && read_words(path, quota, NULL);
    }
    if (!known || sscanf(quota, "%lf", &allowed) != 1 || sscanf(period, "%lf", &every) != 1)
        return 0;
    return allowed > 0 && every > 0 ? allowed / every : 0;
}

/* "0::/folder" is the one of version 2; "4:cpu,cpuacct:/folder" that of version 1. */
static bool is_own(const char *line, int version)
{
    const char *names = strchr(line, ':');
    if (version == 2 || !names)
        return version == 2 && strncmp(line, "0::", 3) == 0;
    for (names++; *names != '\0' && *names != ':';) {
        size_t length = strcspn(names, ",:");
        if (length == 3 && strncmp(names, "cpu", 3) == 0)
            return true;
        names += length + (names[length] == ',');
    }
    return false;
}

/* This process's folder in the hierarchy. */
static bool own_folder(int version, char folder[4096])
{
    FILE *file = fopen("/proc/self/cgroup", "r");
    bool found = false;
    char line[4096 + 64];
    while (file && !found && fgets(line, sizeof line, file)) {
        found = is_own(line, version);
        line[strcspn(line, "\n")] = '\0';
    }
    if (file)
        fclose(file);
    const char *at = found ? strstr(line, ":/") : NULL;
    if (!at || strlen(at + 1) >= 4096)
        return false;
    strcpy(folder, strcmp(at, ":/") == 0 ? "" : at + 1);
    return true;
}

/* The tightest quota from here up to the root. */
static void find_quota(int version, plx_cores_info *info)
{
    char folder[4096], path[4096 + 64];
    for (bool more = own_folder(version, folder); more;) {
        double quota = quota_of(version, folder, path);
        if (quota > 0 && (info->quota <= 0 || quota < info->quota)) {
            info->quota = quota;
            snprintf(info->quota_file, sizeof info->quota_file, "%.*s",
                     (int)sizeof info->quota_file - 1, path);
        }
        char *slash = strrchr(folder, '/');
        more = slash != NULL && folder[0] != '\0';
        if (slash)
            *slash = '\0';
    }
}

void plx_cores_about(plx_cores_info *info)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    *info = (plx_cores_info){.online = online > 0 ? (int)online : 1};
    info->usable = info->masked = masked_cores(info->online);
    find_quota(2, info);
    find_quota(1, info);
    if (info->quota > 0 && info->quota < info->usable)
        info->usable = (int)(info->quota + 0.999);
    if (info->usable < 1)
        info->usable = 1;
}

int plx_cores(void)
{
    plx_cores_info info;
    plx_cores_about(&info);
    return info.usable;
}
