/* SPDX-License-Identifier: MIT */
/*
 * cli/launch.c: the mpirun command line and its placement.
 *
 * Left alone Open MPI binds each of one or two ranks to a single core, where a rank's threads would
 * all run on it, and refuses more ranks than cores. So within the cores each rank is given its own;
 * beyond them nothing is bound, and only if somebody said that ranks may share cores. Open MPI
 * counts cores, not hardware threads, and only trusts a whole machine. In an allocation all that is
 * mpirun's own to judge.
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
#include "slots.h"

enum { OWN_WORDS = 20, PATH_SIZE = 4096 };

plx_cli_layout plx_cli_launch_layout(int ranks, int threads, int cores)
{
    plx_cli_layout layout = { .ranks = ranks, .threads = threads };
    const plx_cli_slots slots = plx_cli_slots_told();
    if (slots.told) {
        int each = slots.threads > 0 ? slots.threads : 1;
        layout.ranks = ranks != 0 ? ranks : slots.ranks;
        layout.threads = threads != 0 ? threads : each;
        return layout;
    }
    if (ranks == 0)
        layout.ranks = threads == 0 || threads > cores ? 1 : cores / threads;
    if (threads == 0)
        layout.threads = layout.ranks > cores ? 1 : cores / layout.ranks;
    return layout;
}

int plx_cli_launch_check(plx_cli_layout layout)
{
    int cores = plx_cores();
    if (layout.ranks <= cores || layout.oversubscribe || plx_cli_slots_told().told ||
        plx_cli_slots_shared())
        return 0;
    return plx_cli_error(PLX_EXIT_USAGE,
                         "--ranks '%d': not allowed; there %s %d core%s; --oversubscribe lets "
                         "ranks share them",
                         layout.ranks, cores == 1 ? "is" : "are", cores, cores == 1 ? "" : "s");
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
    if (plx_cli_slots_told().told)
        return !layout.oversubscribe;
    return is_within(layout, plx_cores()) && is_within(layout, bindable_cores());
}

static int refuse_binding(plx_cli_layout layout)
{
    int cores = plx_cores(), bindable = bindable_cores();
    if (layout.oversubscribe && plx_cli_slots_told().told)
        return plx_cli_error(PLX_EXIT_USAGE, "--bind 'core': not allowed with --oversubscribe in "
                                             "an allocation");
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

/* What mpirun binds to and where it puts them; text holds a number. Returns how many words. */
static int bind_words(char **words, plx_cli_layout layout, plx_cli_bind bind, char text[32])
{
    const plx_cli_slots slots = plx_cli_slots_told();
    int w = 0;
    if (bind != PLX_CLI_BIND_NONE && can_bind(layout)) {
        snprintf(text, 32, "slot:PE=%d", layout.threads);
        words[w++] = "--map-by";
        words[w++] = text;
        words[w++] = "--bind-to";
        words[w++] = slots.shared ? "core:overload-allowed" : "core";
        return w;
    }
    if (!slots.told || layout.oversubscribe)
        words[w++] = "--oversubscribe";
    words[w++] = "--bind-to";
    words[w++] = "none";
    return w;
}

/* mpirun's own words; text holds the numbers in them. Returns how many. */
static int begin_words(char **words, plx_cli_layout layout, plx_cli_bind bind, char text[2][32])
{
    const plx_cli_slots slots = plx_cli_slots_told();
    int w = 0, cores = plx_cores();
    words[w++] = "mpirun";
    if (slots.hostfile != NULL) {
        words[w++] = "--hostfile";
        words[w++] = (char *)(uintptr_t)slots.hostfile;
    }
    if (layout.ranks != 0) { /* else one in each slot */
        snprintf(text[0], sizeof text[0], "%d", layout.ranks);
        words[w++] = "-n";
        words[w++] = text[0];
    }
    w += bind_words(words + w, layout, bind, text[1]);
    if (!slots.told && !is_within(layout, cores))
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
    if (!layout.reads_stdin)
        null_stdin();
    execvp(words[0], words);
    free(words);
    return plx_cli_error(PLX_EXIT_MISSING, "mpirun: cannot be started: %s; install Open MPI",
                         strerror(errno));
}
