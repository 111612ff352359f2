/* SPDX-License-Identifier: MIT */
/*
 * cli/doctor/judge_host.c: what a host or container allows: shared memory, processes, stacks.
 *
 * Source   Open MPI 4.1's defaults: btl_vader_segment_size is 16 MiB for each rank, in /dev/shm
 */
#include <string.h>

#include "doctor.h"

enum { SEGMENT = 16 * 1024 * 1024, STACK_LEAST = 256 * 1024, SPARE_PROCESSES = 64 };

void plx_judge_single_copy(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    for (size_t h = 0; facts->mpi != PLX_MPI_MISSING && h < facts->hosts_count; h++) {
        const plx_doctor_host *host = &facts->hosts[h];
        if (host->first->copies || strcmp(host->first->single_copy, "none") == 0)
            continue;
        plx_doctor_find(verdict, host->ranks > 1 ? PLX_DOCTOR_WARNING : PLX_DOCTOR_NOTE,
                        "host %s: the system refuses to read another process's memory, as "
                        "containers do; Open MPI tries it and prints errors (CMA, \"Read -1\")",
                        host->first->host);
        plx_doctor_mend(verdict, "mpirun --mca btl_vader_single_copy_mechanism none ...");
        return;
    }
}

void plx_judge_shm(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    char free[PLX_DOCTOR_WORD], need[PLX_DOCTOR_WORD];
    for (size_t h = 0; facts->mpi != PLX_MPI_MISSING && h < facts->hosts_count; h++) {
        const plx_doctor_host *host = &facts->hosts[h];
        int64_t needed = (int64_t)SEGMENT * host->ranks, left = host->first->shm_free;
        /* before MPI started: after it the ranks' segments are in there */
        if (left < 0 || left >= needed)
            continue;
        plx_doctor_find(verdict, PLX_DOCTOR_WARNING,
                        "host %s: %s left in /dev/shm; %d rank%s of "
                        "Open MPI take%s %s",
                        host->first->host, plx_doctor_size_word(left, free), host->ranks,
                        host->ranks == 1 ? "" : "s", host->ranks == 1 ? "s" : "",
                        plx_doctor_size_word(needed, need));
        plx_doctor_mend(verdict, "mpirun --mca btl_vader_backing_directory /tmp ..., or in a "
                                 "container: docker run --shm-size=1g");
        return;
    }
}

void plx_judge_processes(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    for (size_t h = 0; h < facts->hosts_count; h++) {
        const plx_doctor_host *host = &facts->hosts[h];
        const plx_doctor_rank *rank = host->first;
        bool by_group =
            rank->pids_left >= 0 && (rank->processes < 0 || rank->pids_left < rank->processes);
        int64_t most = by_group ? rank->pids_left : rank->processes;
        int64_t wanted = (int64_t)host->threads + SPARE_PROCESSES;
        if (most < 0 || most >= wanted)
            continue;
        plx_doctor_find(verdict, PLX_DOCTOR_WARNING,
                        "host %s: %s %lld processes and threads; %d "
                        "are wanted here, and MPI's and all others of the user count too",
                        rank->host,
                        by_group ? "the cgroup allows no more than" : "ulimit -u allows",
                        (long long)most, host->threads);
        if (by_group)
            plx_doctor_mend(verdict,
                            "raise it where the container or job is started: docker run "
                            "--pids-limit=%lld, systemd TasksMax=",
                            (long long)(16 * wanted));
        else
            plx_doctor_mend(verdict, "ulimit -u %lld (or nproc in /etc/security/limits.conf)",
                            (long long)(16 * wanted));
        return;
    }
}

void plx_judge_stack(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    char size[PLX_DOCTOR_WORD];
    for (size_t r = 0; r < facts->ranks_count; r++) {
        const plx_doctor_rank *rank = &facts->ranks[r];
        if (rank->stack < 0 || rank->stack >= STACK_LEAST)
            continue;
        plx_doctor_find(verdict, PLX_DOCTOR_WARNING,
                        "host %s: ulimit -s gives every thread a stack "
                        "of %s: a kernel with room on the stack ends the program",
                        rank->host, plx_doctor_size_word(rank->stack, size));
        plx_doctor_mend(verdict, "ulimit -s 8192");
        return;
    }
}
