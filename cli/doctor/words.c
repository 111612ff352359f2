/* SPDX-License-Identifier: MIT */
/* cli/doctor/words.c: ranks, masks, networks and sizes as words. */
#include <stdio.h>
#include <string.h>

#include "doctor.h"

const char *plx_doctor_who_word(const plx_doctor_facts *facts, int first, size_t count,
                                char word[PLX_DOCTOR_WORD])
{
    if (facts->ranks_count == 1 && facts->ranks[0].by == PLX_BY_NOBODY)
        return strcpy(word, "this process");
    if (count == 1)
        snprintf(word, PLX_DOCTOR_WORD, "rank %d", first);
    else
        snprintf(word, PLX_DOCTOR_WORD, "rank %d and %zu more", first, count - 1);
    return word;
}

static bool has(const uint64_t *mask, int cpu)
{
    return cpu < PLX_DOCTOR_CPUS && (mask[cpu / 64] >> cpu % 64 & 1) != 0;
}

/* What does not fit ends in "..." */
static bool add(char word[PLX_DOCTOR_WORD], int first, int last)
{
    char part[32];
    size_t used = strlen(word);
    const char *comma = used > 0 ? "," : "";
    if (first == last)
        snprintf(part, sizeof part, "%s%d", comma, first);
    else
        snprintf(part, sizeof part, "%s%d-%d", comma, first, last);
    if (used + strlen(part) + 4 >= PLX_DOCTOR_WORD) {
        strcat(word, "...");
        return false;
    }
    strcat(word, part);
    return true;
}

const char *plx_doctor_mask_word(const uint64_t *mask, char word[PLX_DOCTOR_WORD])
{
    word[0] = '\0';
    for (int cpu = 0; cpu < PLX_DOCTOR_CPUS; cpu++) {
        int first = cpu;
        if (!has(mask, cpu))
            continue;
        while (has(mask, cpu + 1))
            cpu++;
        if (!add(word, first, cpu))
            break;
    }
    return word;
}

const char *plx_doctor_net_word(uint32_t address, uint32_t mask, char word[PLX_DOCTOR_WORD])
{
    int bits = 0;
    for (uint32_t left = mask; left != 0; left <<= 1)
        bits++;
    snprintf(word, PLX_DOCTOR_WORD, "%u.%u.%u.%u/%d", address >> 24, address >> 16 & 255,
             address >> 8 & 255, address & 255, bits);
    return word;
}

const char *plx_doctor_size_word(int64_t bytes, char word[PLX_DOCTOR_WORD])
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double size = (double)bytes;
    size_t unit = 0;
    if (bytes < 0)
        return strcpy(word, "unlimited");
    while (size >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        size /= 1024;
        unit++;
    }
    snprintf(word, PLX_DOCTOR_WORD, unit > 0 && size < 100 ? "%.1f %s" : "%.0f %s", size,
             units[unit]);
    return word;
}

const char *plx_doctor_by_word(plx_doctor_by by)
{
    static const char *const words[] = {[PLX_BY_NOBODY] = "nobody",
                                        [PLX_BY_MPIRUN] = "mpirun",
                                        [PLX_BY_SRUN] = "srun",
                                        [PLX_BY_OTHER] = "another launcher"};
    return words[by];
}

/* The names that container engines, hypervisors and their helpers give to bridges of their own. */
bool plx_doctor_is_virtual(const plx_doctor_net *net)
{
    static const char *const begins[] = {"docker", "br-", "virbr", "veth",   "cni",   "flannel",
                                         "cali",   "lxc", "lxdbr", "podman", "vmnet", "vbox"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (strncmp(net->name, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}
