/* SPDX-License-Identifier: MIT */
/*
 * cli/doctor/look_cores.c: the machine's cores, which of them this process was given, and how many
 * more processes its cgroup allows.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "plx/plx.h"

/* The first number of a file, or fallback. */
static int64_t number_in(const char *path, int64_t fallback)
{
    long long number;
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return fallback;
    if (fscanf(file, "%lld", &number) != 1)
        number = fallback;
    fclose(file);
    return number;
}

/* The first hardware thread of its core; the machine's own word. */
static int leader_of(int cpu)
{
    char path[100];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
    return (int)number_in(path, cpu);
}

/* Cores that have one of these hardware threads. */
static int count_cores(const cpu_set_t *set)
{
    cpu_set_t leaders;
    CPU_ZERO(&leaders);
    for (int cpu = 0; cpu < PLX_DOCTOR_CPUS; cpu++)
        if (CPU_ISSET((size_t)cpu, set))
            CPU_SET((size_t)leader_of(cpu), &leaders);
    return CPU_COUNT(&leaders);
}

/* How many entries of a folder are called word and a number. */
static int count_numbered(const char *folder, const char *word, cpu_set_t *which)
{
    int found = 0, number;
    char rest;
    DIR *entries = opendir(folder);
    if (entries == NULL)
        return 0;
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        size_t length = strlen(word);
        if (strncmp(entry->d_name, word, length) != 0 || !isdigit(entry->d_name[length]) ||
            sscanf(entry->d_name + length, "%d%c", &number, &rest) != 1)
            continue;
        found++;
        if (which != NULL && number < PLX_DOCTOR_CPUS)
            CPU_SET((size_t)number, which);
    }
    closedir(entries);
    return found;
}

static void look_machine(plx_doctor_rank *own)
{
    cpu_set_t all;
    CPU_ZERO(&all);
    if (count_numbered("/sys/devices/system/cpu", "cpu", &all) > 0)
        own->cores = count_cores(&all);
    if (own->cores < 1 || own->cores > own->online)
        own->cores = own->online;
    own->nodes = count_numbered("/sys/devices/system/node", "node", NULL);
    own->nodes = own->nodes > 0 ? own->nodes : 1;
}

/* The tightest of this process's cgroups, both versions. */
static void look_pids(plx_doctor_rank *own)
{
    char line[4096 + 64], path[4200];
    FILE *file = fopen("/proc/self/cgroup", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        const char *names = strchr(line, ':'), *folder = strstr(line, ":/");
        bool second = strncmp(line, "0::/", 4) == 0;
        if (folder == NULL || (!second && strncmp(names, ":pids:", 6) != 0))
            continue;
        const char *base = second ? "/sys/fs/cgroup" : "/sys/fs/cgroup/pids";
        snprintf(path, sizeof path, "%s%s/pids.max", base, folder + 1);
        int64_t most = number_in(path, -1);
        snprintf(path, sizeof path, "%s%s/pids.current", base, folder + 1);
        int64_t now = number_in(path, -1);
        int64_t left = most > now ? most - now : 0;
        if (most >= 0 && now >= 0 && (own->pids_left < 0 || left < own->pids_left))
            own->pids_left = left;
    }
    if (file != NULL)
        fclose(file);
}

static void look_mask(plx_doctor_rank *own)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return;
    own->masked = CPU_COUNT(&set);
    own->masked_cores = count_cores(&set);
    for (size_t cpu = 0; cpu < PLX_DOCTOR_CPUS; cpu++)
        if (CPU_ISSET(cpu, &set))
            own->mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
}

void plx_doctor_look_cores(plx_doctor_rank *own)
{
    plx_cores_info info;
    plx_cores_about(&info);
    own->online = info.online;
    own->usable = info.usable;
    own->quota = info.quota;
    memcpy(own->quota_file, info.quota_file, sizeof own->quota_file);
    own->masked = own->masked_cores = info.masked;
    look_machine(own);
    look_mask(own);
    look_pids(own);
}
