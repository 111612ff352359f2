/* SPDX-License-Identifier: MIT */
/*
 * cli/doctor/judge_cores.c: more threads than cores, and who made the cores so few.
 *
 * Open MPI binds each of one or two ranks to a single core unless told otherwise; a hybrid's
 * threads then all run on it. Threads are counted against the cores that the ranks of a host have
 * together; where a binding is what is too narrow, that is told instead.
 */
#include "doctor.h"

static int at_least_one(int number)
{
    return number > 0 ? number : 1;
}

/* How a launcher is told to give a rank so many cores, as many as the host has for it. Open MPI
   binds to cores; where only hardware threads are enough it shall bind nothing. */
static void mend_binding(const plx_doctor_host *host, const plx_doctor_rank *rank, int threads,
                         plx_doctor_verdict *verdict)
{
    int fit = at_least_one(host->most / host->ranks);
    threads = threads < fit ? threads : fit;
    if (threads == 1)
        plx_doctor_mend(verdict, "-w 1, or fewer ranks on this host");
    else if (rank->by == PLX_BY_SRUN)
        plx_doctor_mend(verdict, "srun --cpus-per-task=%d --cpu-bind=cores ... -w %d", threads,
                        threads);
    else if (host->ranks * threads <= rank->cores)
        plx_doctor_mend(verdict, "mpirun --map-by slot:PE=%d --bind-to core ... -w %d", threads,
                        threads);
    else
        plx_doctor_mend(verdict, "mpirun --bind-to none ... -w %d", threads);
}

static bool is_on_one_core(const plx_doctor_facts *facts, const plx_doctor_rank *rank)
{
    const plx_doctor_host *host = plx_doctor_host_of(facts, rank);
    return rank->by != PLX_BY_NOBODY && facts->across && !facts->single &&
           rank->masked_cores == 1 && rank->cores > 1 &&
           (rank->threads > 1 || host->most / host->ranks > 1);
}

void plx_judge_one_core(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    char who[PLX_DOCTOR_WORD], mask[PLX_DOCTOR_WORD];
    const plx_doctor_rank *first = NULL;
    size_t count = 0;
    for (size_t r = 0; r < facts->ranks_count; r++)
        if (is_on_one_core(facts, &facts->ranks[r])) {
            first = first != NULL ? first : &facts->ranks[r];
            count++;
        }
    if (count == 0)
        return;
    const plx_doctor_host *host = plx_doctor_host_of(facts, first);
    plx_doctor_find(verdict, PLX_DOCTOR_WARNING,
                    "%s: bound to one core (%s) of %d, where all threads of '%s' run, now %d",
                    plx_doctor_who_word(facts, first->rank, count, who),
                    plx_doctor_mask_word(first->mask, mask), first->cores, facts->model,
                    first->threads);
    mend_binding(host, first, first->threads > 1 ? first->threads : host->most / host->ranks,
                 verdict);
}

void plx_judge_narrow(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    char who[PLX_DOCTOR_WORD], mask[PLX_DOCTOR_WORD];
    const plx_doctor_rank *first = NULL;
    size_t count = 0;
    for (size_t r = 0; r < facts->ranks_count; r++) {
        const plx_doctor_rank *rank = &facts->ranks[r];
        if (rank->threads <= rank->masked || is_on_one_core(facts, rank))
            continue;
        first = first != NULL ? first : rank;
        count++;
    }
    if (count == 0)
        return;
    plx_doctor_find(verdict, PLX_DOCTOR_WARNING,
                    "%s: %d threads, and the affinity mask has %d "
                    "of %d cores (%s)",
                    plx_doctor_who_word(facts, first->rank, count, who), first->threads,
                    first->masked, first->online, plx_doctor_mask_word(first->mask, mask));
    if (first->by == PLX_BY_NOBODY && first->threads > first->online)
        plx_doctor_mend(verdict, "-w %d", first->masked);
    else if (first->by == PLX_BY_NOBODY)
        plx_doctor_mend(verdict, "-w %d, or a wider mask: taskset -c 0-%d parallax ...",
                        first->masked, first->online - 1);
    else
        mend_binding(plx_doctor_host_of(facts, first), first, first->threads, verdict);
}

/* By how many threads for each core. A narrow mask has its own rule. */
static double load_of(const plx_doctor_host *host)
{
    int cores = host->narrow ? host->most : host->cores;
    return cores > 0 ? (double)host->threads / cores : 0;
}

static void mend_crowd(const plx_doctor_host *host, int cores, plx_doctor_verdict *verdict)
{
    if (host->ranks == 1)
        plx_doctor_mend(verdict, "-w %d", cores);
    else if (host->ranks > cores)
        plx_doctor_mend(verdict, "mpirun -n %d ... -w 1 on this host, or more hosts", cores);
    else
        plx_doctor_mend(verdict, "-w %d, or fewer ranks on this host", cores / host->ranks);
}

void plx_judge_crowded(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    const plx_doctor_host *worst = NULL;
    for (size_t h = 0; h < facts->hosts_count; h++) {
        const plx_doctor_host *host = &facts->hosts[h];
        bool alone = host->first->by == PLX_BY_NOBODY;
        if (load_of(host) > 1 && !(alone && host->narrow) &&
            (worst == NULL || load_of(host) > load_of(worst)))
            worst = host;
    }
    if (worst == NULL)
        return;
    int cores = worst->narrow ? worst->most : worst->cores;
    plx_doctor_find(verdict, PLX_DOCTOR_WARNING,
                    "host %s: %d rank%s with %d threads in all on %d core%s that they may use%s: "
                    "waiting ranks take time from working ones",
                    worst->first->host, worst->ranks, worst->ranks == 1 ? "" : "s", worst->threads,
                    cores, cores == 1 ? "" : "s",
                    worst->first->quota > 0 ? " (a cgroup quota counts for all of them)" : "");
    mend_crowd(worst, cores, verdict);
}

void plx_judge_mask(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    char mask[PLX_DOCTOR_WORD];
    const plx_doctor_rank *own = &facts->ranks[0];
    if (own->by != PLX_BY_NOBODY || own->masked >= own->online)
        return;
    plx_doctor_find(verdict, PLX_DOCTOR_NOTE,
                    "the affinity mask has %d of this machine's %d cores "
                    "(%s)",
                    own->masked, own->online, plx_doctor_mask_word(own->mask, mask));
    if (own->in_slurm)
        plx_doctor_mend(verdict, "to have more: #SBATCH --cpus-per-task=%d", own->online);
    else
        plx_doctor_mend(verdict, "to have all: taskset -c 0-%d parallax ...", own->online - 1);
}

void plx_judge_quota(const plx_doctor_facts *facts, plx_doctor_verdict *verdict)
{
    char who[PLX_DOCTOR_WORD];
    const plx_doctor_rank *first = NULL;
    size_t count = 0;
    for (size_t r = 0; r < facts->ranks_count; r++) {
        const plx_doctor_rank *rank = &facts->ranks[r];
        if (rank->quota <= 0 || rank->quota >= rank->masked)
            continue;
        first = first != NULL ? first : rank;
        count++;
    }
    if (count == 0)
        return;
    plx_doctor_find(verdict, PLX_DOCTOR_NOTE,
                    "%s: the cgroup quota of %.4g cores (%s) is the limit, "
                    "not the %d cores of the mask; parallax counts %d",
                    plx_doctor_who_word(facts, first->rank, count, who), first->quota,
                    first->quota_file, first->masked, first->usable);
    plx_doctor_mend(verdict,
                    "to have more, raise it where the container or job is started: "
                    "docker run --cpus=%d",
                    first->masked);
}
