/* SPDX-License-Identifier: MIT */
/*
 * compare/host.c: the factors of a measurement, as far as a process may see them.
 *
 * Every value becomes printable ASCII on one line, so that reports stay plain whatever a file says.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/host.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "compare/factor.h"
#include "compare/launch.h"

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#elif defined __GNUC__
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER ""
#endif

static void keep(char *to, size_t size, const char *from)
{
    size_t used = 0;
    for (; *from && *from != '\n' && used + 1 < size; from++) {
        char c = *from >= ' ' && *from <= '~' ? *from : ' ';
        if (c != ' ' || (used > 0 && to[used - 1] != ' ')) /* one blank between words */
            to[used++] = c;
    }
    while (used > 0 && to[used - 1] == ' ')
        used--;
    to[used] = '\0';
}

/* What follows `key` on the first line that begins with it. */
static void read_line(const char *path, const char *key, char *to, size_t size)
{
    char line[512];
    FILE *file = fopen(path, "r");
    while (file && !to[0] && fgets(line, sizeof line, file))
        if (strncmp(line, key, strlen(key)) == 0)
            keep(to, size, line + strlen(key) + strspn(line + strlen(key), "\t :=\""));
    if (file)
        fclose(file);
}

static void read_os(char *to, size_t size)
{
    struct utsname name;
    char pretty[64] = "", text[160];
    read_line("/etc/os-release", "PRETTY_NAME", pretty, sizeof pretty);
    pretty[strcspn(pretty, "\"")] = '\0';
    if (uname(&name) == 0) {
        snprintf(text, sizeof text, "%.60s%s%.40s %.40s", pretty, *pretty ? ", " : "", name.sysname,
                 name.release);
        keep(to, size, text);
    }
}

static void read_mpi(char *to, size_t size)
{
    char mpirun[] = "mpirun", version[] = "--version", *argv[] = {mpirun, version, NULL};
    plx_model_info info;
    bool wanted = false;
    for (size_t i = 0; plx_model_at(i, &info); i++)
        wanted = wanted || (info.available && strncmp(info.name, "mpi", 3) == 0);
    if (!wanted)
        return;
    plx_launch launch;
    plx_launch_run(argv, 5, &launch);
    if (launch.end == PLX_LAUNCH_EXITED && launch.code == 0 && launch.out)
        keep(to, size, launch.out);
    free(launch.out);
}

/* "NAME=value NAME=value" of those that are set; ends are cut. */
static void read_variables(const char *const *names, char *to, size_t size)
{
    char text[512] = "";
    size_t used = 0;
    for (; *names && used < sizeof text; names++)
        if (getenv(*names))
            used += (size_t)snprintf(text + used, sizeof text - used, "%s=%.60s ", *names,
                                     getenv(*names));
    keep(to, size, text);
}

/* The number after a key, or at the beginning; negative: none. */
static double file_number(const char *path, const char *key)
{
    char line[128];
    double value = -1;
    FILE *file = fopen(path, "re");
    while (file && value < 0 && fgets(line, sizeof line, file))
        if (strncmp(line, key, strlen(key)) == 0 && line[strlen(key)] != 'm')
            value = strtod(line + strlen(key), NULL);
    if (file)
        fclose(file);
    return value;
}

double plx_host_memory(void)
{
    const double free_kib = file_number("/proc/meminfo", "MemAvailable:"),
                 most = file_number("/sys/fs/cgroup/memory.max", ""),
                 used = file_number("/sys/fs/cgroup/memory.current", "");
    double bytes = free_kib > 0 ? 1024 * free_kib : 0;
    if (most > 0 && used >= 0 && (bytes <= 0 || most - used < bytes))
        bytes = fmax(most - used, 0);
    return bytes;
}

void plx_host_look(plx_compare_host *host)
{
    const char *policy = getenv("OMP_WAIT_POLICY");
    memset(host, 0, sizeof *host);
    host->cores = plx_cores();
    read_line("/proc/cpuinfo", "model name", host->cpu, sizeof host->cpu);
    read_os(host->os, sizeof host->os);
    keep(host->compiler, sizeof host->compiler, COMPILER);
    read_mpi(host->mpi, sizeof host->mpi);
    keep(host->wait_policy, sizeof host->wait_policy, policy ? policy : "unset");
    read_variables(plx_factor_kept, host->kept, sizeof host->kept);
    read_variables(plx_factor_removed, host->removed, sizeof host->removed);
    read_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "", host->governor,
              sizeof host->governor);
    read_line("/proc/loadavg", "", host->load, sizeof host->load);
}
