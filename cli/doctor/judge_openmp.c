/* SPDX-License-Identifier: MIT */
/*
 * cli/doctor/judge_openmp.c: OpenMP's variables.
 *
 * OMP_NUM_THREADS is for OpenMP's models, and even there -w is above it. OMP_PROC_BIND and
 * OMP_PLACES place a process's threads without knowing of the other processes on the host.
 */
/*
 * cli/doctor/judge_openmp.c: OpenMP's variables.
 *
 * They reach further than the omp models: the runtime is in the program, and with OMP_PROC_BIND or
 * OMP_PLACES it binds the first thread as the program is loaded, before anyone chose a model.
 */
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "cli/number.h"

/* The outermost number of a list "4,2"; PLX_DOCTOR_NONE if there is none. */
static int number_in(const char *text)
{
    char first[24];
    uint64_t number;
    size_t length = strcspn(text, ",");
    memcpy(first, text, length);
    first[length] = '\0';
    return plx_cli_whole(first, &number) && number <= 1000000 ? (int)number : PLX_DOCTOR_NONE;
}

static bool has_openmp(const plx_doctor_facts *facts)
{
    return strstr(facts->model, "omp") != NULL;
}

void plx_judge_omp_threads(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    for (size_t r = 0; r < facts->ranks_count; r++) {
        const plx_doctor_rank *rank = &facts->ranks[r];
        int told = number_in(rank->num_threads);
        if (told <= rank->usable)
            continue;
        plx_doctor_find(verdict, PLX_DOCTOR_NOTE,
                        "OMP_NUM_THREADS=%s is above the %d core%s that "
                        "may be used: parallax takes the cores unless -w says more, other OpenMP "
                        "programs all %d threads",
                        rank->num_threads, rank->usable, rank->usable == 1 ? "" : "s", told);
        plx_doctor_mend(verdict, "unset OMP_NUM_THREADS, or export OMP_NUM_THREADS=%d",
                        rank->usable);
        return;
    }
}

void plx_judge_omp_few(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    for (size_t r = 0; has_openmp(facts) && r < facts->ranks_count; r++) {
        const plx_doctor_rank *rank = &facts->ranks[r];
        const plx_doctor_host *host = plx_doctor_host_of(facts, rank);
        int told = number_in(rank->num_threads), limit = number_in(rank->thread_limit);
        bool by_limit = limit > 0 && (told <= 0 || limit < told);
        int most = by_limit ? limit : told, fair = host->cores / host->ranks;
        if (most <= 0 || rank->threads > most || most >= fair)
            continue;
        plx_doctor_find(verdict, PLX_DOCTOR_NOTE,
                        "%s=%s: %d of the %d cores that a process could "
                        "have are used",
                        by_limit ? "OMP_THREAD_LIMIT" : "OMP_NUM_THREADS",
                        by_limit ? rank->thread_limit : rank->num_threads, rank->threads, fair);
        if (by_limit)
            plx_doctor_mend(verdict, "unset OMP_THREAD_LIMIT");
        else
            plx_doctor_mend(verdict, "-w %d, or export OMP_NUM_THREADS=%d", fair, fair);
        return;
    }
}

void plx_judge_omp_differs(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    const plx_doctor_rank *first = &facts->ranks[0];
    for (size_t r = 1; has_openmp(facts) && r < facts->ranks_count; r++) {
        const plx_doctor_rank *rank = &facts->ranks[r];
        if (strcmp(rank->num_threads, first->num_threads) == 0)
            continue;
        plx_doctor_find(verdict, PLX_DOCTOR_WARNING,
                        "OMP_NUM_THREADS is '%s' at rank %d and '%s' "
                        "at rank %d: the launcher did not take it along",
                        first->num_threads, first->rank, rank->num_threads, rank->rank);
        plx_doctor_mend(verdict, "mpirun -x OMP_NUM_THREADS=%d ..., or -w %d", first->threads,
                        first->threads);
        return;
    }
}

/* Unbound ranks of a host each begin at the first place: the same one. */
void plx_judge_omp_alike(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    for (size_t h = 0; has_openmp(facts) && h < facts->hosts_count; h++) {
        const plx_doctor_host *host = &facts->hosts[h];
        const plx_doctor_rank *first = host->first;
        bool binds = first->places[0] != '\0' ||
                     (first->proc_bind[0] != '\0' && strcmp(first->proc_bind, "false") != 0);
        if (!binds || first->masked < 2)
            continue;
        for (size_t r = 0; r < facts->ranks_count; r++) {
            const plx_doctor_rank *rank = &facts->ranks[r];
            if (rank == first || strcmp(rank->host, first->host) != 0 ||
                memcmp(rank->mask, first->mask, sizeof rank->mask) != 0)
                continue;
            plx_doctor_find(verdict, PLX_DOCTOR_WARNING,
                            "ranks %d and %d on host %s may use the "
                            "same %d cores, and OMP_PROC_BIND or OMP_PLACES binds the threads of "
                            "each from the first core on: they share cores",
                            first->rank, rank->rank, first->host, first->masked);
            plx_doctor_mend(verdict,
                            "mpirun --map-by slot:PE=%d --bind-to core ..., or unset "
                            "OMP_PROC_BIND OMP_PLACES",
                            first->threads);
            return;
        }
    }
}
