/* SPDX-License-Identifier: MIT */
/*
 * cli/doctor/look.c: what one process finds of itself: its limits, its launcher, its environment.
 *
 * Nothing here starts or changes anything. What cannot be read is PLX_DOCTOR_NONE or empty.
 */
#define _GNU_SOURCE /* process_vm_readv */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include "doctor.h"
#include "cli/number.h"
#include "cli/place.h"
#include "plx/plx.h"

static void copy_text(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%s", text != NULL ? text : "");
    for (; *to != '\0'; to++)
        if ((unsigned char)*to < 0x20 || *to == 0x7f)
            *to = '?'; /* is printed as text */
}

static int64_t limit_of(int64_t soft, bool unlimited)
{
    return unlimited ? PLX_DOCTOR_NONE : soft;
}

static void look_limits(plx_doctor_rank *own)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) == 0)
        own->stack = limit_of((int64_t)limit.rlim_cur, limit.rlim_cur == RLIM_INFINITY);
    if (getrlimit(RLIMIT_CORE, &limit) == 0)
        own->core_file = limit_of((int64_t)limit.rlim_cur, limit.rlim_cur == RLIM_INFINITY);
    /* the system does not hold root to it */
    if (getrlimit(RLIMIT_NPROC, &limit) == 0)
        own->processes =
            limit_of((int64_t)limit.rlim_cur, limit.rlim_cur == RLIM_INFINITY || own->root);
    struct statvfs shm;
    if (statvfs("/dev/shm", &shm) == 0)
        own->shm_free = (int64_t)shm.f_bavail * (int64_t)shm.f_frsize;
}

/* Open MPI's ranks on one host read each other's memory so; containers may forbid the call. */
static bool may_copy(void)
{
    char from = 1, to = 0;
    struct iovec there = {&from, 1}, here = {&to, 1};
    return process_vm_readv(getpid(), &here, 1, &there, 1, 0) == 1;
}

static plx_doctor_by launcher(void)
{
    const plx_cli_place place = plx_cli_where();
    if (!place.launched)
        return PLX_BY_NOBODY;
    if (place.by_srun)
        return PLX_BY_SRUN;
    return getenv("OMPI_COMM_WORLD_RANK") != NULL ? PLX_BY_MPIRUN : PLX_BY_OTHER;
}

static void look_environment(plx_doctor_rank *own)
{
    copy_text(own->num_threads, sizeof own->num_threads, getenv("OMP_NUM_THREADS"));
    copy_text(own->proc_bind, sizeof own->proc_bind, getenv("OMP_PROC_BIND"));
    copy_text(own->places, sizeof own->places, getenv("OMP_PLACES"));
    copy_text(own->thread_limit, sizeof own->thread_limit, getenv("OMP_THREAD_LIMIT"));
    copy_text(own->btl_include, sizeof own->btl_include, getenv("OMPI_MCA_btl_tcp_if_include"));
    copy_text(own->oob_include, sizeof own->oob_include, getenv("OMPI_MCA_oob_tcp_if_include"));
    copy_text(own->single_copy, sizeof own->single_copy,
              getenv("OMPI_MCA_btl_vader_single_copy_mechanism"));
}

bool plx_doctor_in_path(const char *program)
{
    char path[PATH_MAX];
    for (const char *at = getenv("PATH"); at != NULL && *at != '\0';) {
        size_t length = strcspn(at, ":");
        snprintf(path, sizeof path, "%.*s/%s", (int)length, at, program);
        if (access(path, X_OK) == 0)
            return true;
        at += length + (at[length] == ':');
    }
    return false;
}

void plx_doctor_look(plx_doctor_rank *own)
{
    memset(own, 0, sizeof *own); /* the padding too: it crosses ranks */
    own->stack = own->core_file = own->processes = own->pids_left = own->shm_free = PLX_DOCTOR_NONE;
    copy_text(own->version, sizeof own->version, plx_version());
    gethostname(own->host, sizeof own->host - 1);
    own->root = geteuid() == 0;
    own->root_allowed = getenv("OMPI_ALLOW_RUN_AS_ROOT") != NULL &&
                        getenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM") != NULL;
    own->container = access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0;
    own->copies = may_copy();
    own->by = launcher();
    own->by_ranks = plx_cli_where().ranks;
    own->bare = plx_cli_where().bare;
    look_limits(own);
    look_environment(own);
    plx_doctor_look_cores(own);
    plx_doctor_look_net(own);
    plx_doctor_look_slurm(own);
}
