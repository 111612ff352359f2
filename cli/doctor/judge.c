/* SPDX-License-Identifier: MIT */
/*
 * cli/doctor/judge.c: the table of what can be wrong, and the order in which it is told.
 *
 * To add a rule: a function in judge_*.c, its prototype in doctor.h and a row here. It says what it
 * saw with the numbers, and mends with words that can be typed.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "doctor.h"

static const struct {
    const char *name;
    plx_doctor_rule *look;
} rules[] = {
    {"singletons", plx_judge_singletons},
    {"mixed-versions", plx_judge_apart},
    {"one-process-model", plx_judge_copies},
    {"no-mpi", plx_judge_no_mpi},
    {"mpi-fails", plx_judge_mpi_fails},
    {"no-mpirun", plx_judge_no_mpirun},
    {"no-ssh", plx_judge_no_ssh},
    {"one-core-binding", plx_judge_one_core},
    {"narrow-mask", plx_judge_narrow},
    {"oversubscribed", plx_judge_crowded},
    {"mask-below-machine", plx_judge_mask},
    {"quota-below-mask", plx_judge_quota},
    {"omp-num-threads", plx_judge_omp_threads},
    {"omp-few-threads", plx_judge_omp_few},
    {"omp-differs", plx_judge_omp_differs},
    {"omp-binds-alike", plx_judge_omp_alike},
    {"network-interfaces", plx_judge_networks},
    {"network-half-set", plx_judge_half_set},
    {"srun-cpus-per-task", plx_judge_srun_cpus},
    {"srun-inherits", plx_judge_srun_inherits},
    {"single-copy", plx_judge_single_copy},
    {"small-shm", plx_judge_shm},
    {"few-processes", plx_judge_processes},
    {"small-stack", plx_judge_stack},
    {"root", plx_judge_root},
};
enum { RULES = sizeof rules / sizeof *rules };
_Static_assert((int)RULES < (int)PLX_DOCTOR_VERDICTS, "one more stands for a clean machine");

void plx_doctor_find(plx_doctor_verdict *verdict, plx_doctor_level level, const char *text, ...)
{
    va_list arguments;
    verdict->level = level;
    va_start(arguments, text);
    vsnprintf(verdict->text, sizeof verdict->text, text, arguments);
    va_end(arguments);
}

void plx_doctor_mend(plx_doctor_verdict *verdict, const char *text, ...)
{
    va_list arguments;
    va_start(arguments, text);
    vsnprintf(verdict->mend, sizeof verdict->mend, text, arguments);
    va_end(arguments);
}

const char *plx_doctor_level_name(plx_doctor_level level)
{
    static const char *const names[] = {[PLX_DOCTOR_OK] = "ok",
                                        [PLX_DOCTOR_NOTE] = "note",
                                        [PLX_DOCTOR_WARNING] = "warning",
                                        [PLX_DOCTOR_ERROR] = "error"};
    return names[level];
}

const plx_doctor_host *plx_doctor_host_of(const plx_doctor_facts *facts,
                                          const plx_doctor_rank *rank)
{
    for (size_t h = 0; h < facts->hosts_count; h++)
        if (strcmp(facts->hosts[h].first->host, rank->host) == 0)
            return &facts->hosts[h];
    return NULL;
}

/* A quota as whole cores, as plx_cores() counts it. */
static int within(int cores, double quota)
{
    int allowed = (int)(quota + 0.999);
    return quota > 0 && allowed < cores ? (allowed > 0 ? allowed : 1) : cores;
}

/* The ranks of one host: their masks joined, and the quota if it is one for all. */
static void count_cores(const plx_doctor_facts *facts, plx_doctor_host *host)
{
    uint64_t all[PLX_DOCTOR_CPUS / 64] = {0};
    double quota = host->first->quota;
    for (size_t r = 0; r < facts->ranks_count; r++) {
        const plx_doctor_rank *rank = &facts->ranks[r];
        if (strcmp(rank->host, host->first->host) != 0)
            continue;
        for (size_t i = 0; i < PLX_DOCTOR_CPUS / 64; i++)
            all[i] |= rank->mask[i];
        if (strcmp(rank->quota_file, host->first->quota_file) != 0)
            quota = 0;
        host->narrow = host->narrow || rank->threads > rank->masked;
    }
    for (int cpu = 0; cpu < PLX_DOCTOR_CPUS; cpu++)
        host->cores += (int)(all[cpu / 64] >> cpu % 64 & 1);
    host->cores = within(host->cores, quota);
    host->most = within(host->first->online, quota);
}

void plx_doctor_group(plx_doctor_facts *facts)
{
    facts->hosts_count = 0;
    for (size_t r = 0; r < facts->ranks_count; r++) {
        const plx_doctor_rank *rank = &facts->ranks[r];
        plx_doctor_host *host = (plx_doctor_host *)plx_doctor_host_of(facts, rank);
        if (host == NULL) {
            host = &facts->hosts[facts->hosts_count++];
            *host = (plx_doctor_host){.first = rank};
        }
        host->ranks++;
        host->threads += rank->threads;
    }
    for (size_t h = 0; h < facts->hosts_count; h++)
        count_cores(facts, &facts->hosts[h]);
}

size_t plx_doctor_judge(const plx_doctor_facts *facts,
                        plx_doctor_verdict verdicts[PLX_DOCTOR_VERDICTS])
{
    plx_doctor_verdict found[RULES];
    size_t count = 0;
    for (size_t i = 0; i < RULES; i++) {
        found[i] = (plx_doctor_verdict){.name = rules[i].name, .level = PLX_DOCTOR_OK};
        rules[i].look(facts, &found[i]);
    }
    for (int level = PLX_DOCTOR_ERROR; level > PLX_DOCTOR_OK; level--) {
        for (size_t i = 0; i < RULES; i++)
            if (found[i].level == (plx_doctor_level)level)
                verdicts[count++] = found[i];
        if (level == PLX_DOCTOR_WARNING && count == 0)
            verdicts[count++] = (plx_doctor_verdict){
                .name = "clean", .level = PLX_DOCTOR_OK, .text = "nothing to mend"};
    }
    return count;
}

int plx_doctor_exit(const plx_doctor_verdict *verdicts, size_t count)
{
    return count > 0 && verdicts[0].level == PLX_DOCTOR_ERROR ? verdicts[0].code : 0;
}
