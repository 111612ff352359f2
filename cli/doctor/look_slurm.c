/* SPDX-License-Identifier: MIT */
/*
 * cli/doctor/look_slurm.c: what a Slurm job says of the cores of a task.
 *
 * Slurm's version matters to one rule and costs a process, so srun is asked in that case only.
 *
 * Source   Slurm's release notes: from 22.05 on srun no longer reads SLURM_CPUS_PER_TASK, from
 *          23.11 on it does again
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>

#include "doctor.h"
#include "cli/number.h"

/* "slurm-wlm 22.05.8" is 2205. */
static int32_t ask_version(void)
{
    int major, minor, read = 0;
    FILE *srun = popen("timeout 10 srun --version 2>/dev/null", "r");
    if (srun == NULL)
        return PLX_DOCTOR_NONE;
    read = fscanf(srun, "%*s %d.%d", &major, &minor);
    pclose(srun);
    return read == 2 && major > 0 && major < 100 && minor >= 0 && minor < 100 ? major * 100 + minor
                                                                              : PLX_DOCTOR_NONE;
}

void plx_doctor_look_slurm(plx_doctor_rank *own)
{
    own->in_slurm = getenv("SLURM_JOB_ID") != NULL;
    own->in_step = own->by == PLX_BY_SRUN;
    own->slurm_cpus = plx_cli_told("SLURM_CPUS_PER_TASK", PLX_DOCTOR_NONE);
    own->srun_cpus = plx_cli_told("SRUN_CPUS_PER_TASK", PLX_DOCTOR_NONE);
    own->slurm_version = PLX_DOCTOR_NONE;
    if (own->in_slurm && own->by == PLX_BY_NOBODY && own->slurm_cpus > 1 && own->srun_cpus < 0)
        own->slurm_version = ask_version();
}
