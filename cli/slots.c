/* SPDX-License-Identifier: MIT */
/*
 * cli/slots.c: whose count of slots holds, by the environment alone.
 *
 * Inside an allocation, or with a hostfile, the cores of this machine are not what the ranks will
 * run on, so they are not counted. Open MPI reads Slurm's and Grid Engine's allocations and its own
 * hostfile; PBS's, which Debian builds it without, is a hostfile as it is.
 */
#define _GNU_SOURCE                         /* strcasestr */
#include "slots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "error.h"
#include "number.h"

/* PBS writes a line for each task. */
static int count_lines(const char *path)
{
    FILE *file = fopen(path, "r");
    int lines = 0;
    for (int c; file != NULL && (c = getc(file)) != EOF;)
        lines += c == '\n';
    if (file != NULL)
        fclose(file);
    return lines;
}

plx_cli_slots plx_cli_slots_told(void)
{
    const char *nodes = getenv("PBS_NODEFILE");
    if (getenv("SLURM_JOB_ID") != NULL)
        return (plx_cli_slots){true, plx_cli_told("SLURM_NTASKS", 0),
                               plx_cli_told("SLURM_CPUS_PER_TASK", 0), NULL, false};
    if (nodes != NULL)
        return (plx_cli_slots){true, count_lines(nodes), 0, nodes, false};
    if (getenv("PE_HOSTFILE") != NULL)
        return (plx_cli_slots){true, plx_cli_told("NSLOTS", 0), 0, NULL, false};
    if (getenv("OMPI_MCA_orte_default_hostfile") != NULL)
        return (plx_cli_slots){true, 0, 0, NULL, true};
    return (plx_cli_slots){false, 0, 0, NULL, false};
}

bool plx_cli_slots_shared(void)
{
    static const char *const yes[] = {"1", "true", "t", "yes", "y", "enabled"};
    const char *word = getenv("OMPI_MCA_rmaps_base_oversubscribe"),
               *policy = getenv("OMPI_MCA_rmaps_base_mapping_policy");
    for (size_t i = 0; word != NULL && i < sizeof yes / sizeof *yes; i++)
        if (strcasecmp(word, yes[i]) == 0)
            return true;
    return policy != NULL && strcasestr(policy, ":oversubscribe") != NULL;
}

void plx_cli_slots_warn(const plx_team *team)
{
    plx_team_info info;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    plx_team_about(team, &info);
    if (plx_cli_slots_told().told && (long)info.host_ranks * info.threads > cores)
        plx_cli_note("%d processes of %d threads share the %ld cores of this host: times will say "
                     "little",
                     info.host_ranks, info.threads, cores);
}
