/* SPDX-License-Identifier: MIT */
/*
 * cli/launch.c: the mpirun command line and its placement.
 *
 * Left alone Open MPI binds each of one or two ranks to a single core, where a rank's threads would
 * all run on it, and refuses more ranks than cores. So within the cores each rank is given its own;
 * beyond them nothing is bound. Open MPI counts cores, not hardware threads, and only trusts a
 * whole machine.
 */
#define _GNU_SOURCE                         /* sched_getaffinity */
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "plx/plx.h"
#include "since.h"

enum { OWN_WORDS = 20, PATH_SIZE = 4096 };

plx_cli_layout plx_cli_launch_layout(int ranks, int threads, int cores)
{
    plx_cli_layout layout = { ranks, threads };
    if (ranks == 0)
        layout.ranks = threads == 0 || threads > cores ? 1 : cores / threads;
    if (threads == 0)
        layout.threads = layout.ranks > cores ? 1 : cores / layout.ranks;
    return layout;
}

/* The first hardware thread of its core, as far as the system tells. */
static bool leads_core(int cpu)
{
    char path[100];
    int first = cpu;
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
    FILE *file = fopen(path, "r");
    if (file != NULL) {
        if (fscanf(file, "%d", &first) != 1)
            first = cpu;
        fclose(file);
    }
    return first == cpu;
}

/* Cores that Open MPI can bind to; 0 if we may not use the whole machine or cannot tell. */
static int bindable_cores(void)
{
    cpu_set_t set;
    int cores = 0;
    if (sched_getaffinity(0, sizeof set, &set) != 0 ||
        CPU_COUNT(&set) < sysconf(_SC_NPROCESSORS_ONLN))
        return 0;
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &set) && leads_core((int)cpu))
            cores++;
    return cores;
}

static bool is_within(plx_cli_layout layout, int cores)
{
    return (long long)layout.ranks * layout.threads <= cores;
}

static bool can_bind(plx_cli_layout layout)
{
    return is_within(layout, plx_cores()) && is_within(layout, bindable_cores());
}

static int refuse_binding(plx_cli_layout layout)
{
    int cores = plx_cores(), bindable = bindable_cores();
    if (bindable == 0)
        return plx_cli_error(PLX_EXIT_USAGE, "--bind 'core': not allowed; this process may not use "
                                             "the whole machine, so mpirun cannot bind");
    return plx_cli_error(PLX_EXIT_USAGE,
                         "--bind 'core': not allowed; %d rank%s of %d core%s each need more than "
                         "the %d there are",
                         layout.ranks, layout.ranks == 1 ? "" : "s", layout.threads,
                         layout.threads == 1 ? "" : "s", cores < bindable ? cores : bindable);
}

static void allow_root(void)
{
    if (geteuid() != 0 ||
        (getenv("OMPI_ALLOW_RUN_AS_ROOT") && getenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM")))
        return;
    setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
    setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
    plx_cli_note("running as root: OMPI_ALLOW_RUN_AS_ROOT and OMPI_ALLOW_RUN_AS_ROOT_CONFIRM set "
                 "for mpirun");
}

static void null_stdin(void)
{
    int fd = open("/dev/null", O_RDONLY);
    if (fd > STDERR_FILENO) {
        dup2(fd, STDIN_FILENO);
        close(fd);
    }
}

/* mpirun's own words; text holds the numbers in them. Returns how many. */
static int begin_words(char **words, plx_cli_layout layout, plx_cli_bind bind, char text[2][32])
{
    int w = 0;
    int cores = plx_cores();
    snprintf(text[0], sizeof text[0], "%d", layout.ranks);
    snprintf(text[1], sizeof text[1], "slot:PE=%d", layout.threads);
    words[w++] = "mpirun";
    words[w++] = "-n";
    words[w++] = text[0];
    if (bind != PLX_CLI_BIND_NONE && can_bind(layout)) {
        words[w++] = "--map-by";
        words[w++] = text[1];
        words[w++] = "--bind-to";
        words[w++] = "core";
        return w;
    }
    words[w++] = "--oversubscribe";
    words[w++] = "--bind-to";
    words[w++] = "none";
    if (!is_within(layout, cores))
        plx_cli_note("%d processes of %d threads share %d cores: times will say little",
                     layout.ranks, layout.threads, cores);
    return w;
}

int plx_cli_launch(plx_cli_layout layout, plx_cli_bind bind, uint64_t started, int argc,
                   char **argv)
{
    if (bind == PLX_CLI_BIND_CORE && !can_bind(layout))
        return refuse_binding(layout);
    char text[2][32], program[PATH_SIZE], begun[32];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    char **words = calloc((size_t)argc + OWN_WORDS, sizeof *words);
    if (length < 0 || words == NULL) {
        free(words);
        return plx_cli_error(PLX_EXIT_SYSTEM, "cannot start mpirun: %s", strerror(errno));
    }
    program[length] = '\0';
    int w = begin_words(words, layout, bind, text);
    words[w++] = program;
    words[w++] = argv[0];
    if (started == 0) {
        snprintf(begun, sizeof begun, "%llu", (unsigned long long)plx_cli_since_main());
        words[w++] = "--started";
        words[w++] = begun;
    }
    memcpy(words + w, argv + 1, (size_t)(argc - 1) * sizeof *words);
    allow_root();
    null_stdin();
    execvp(words[0], words);
    free(words);
    return plx_cli_error(PLX_EXIT_MISSING, "mpirun: cannot be started: %s; install Open MPI",
                         strerror(errno));
}
