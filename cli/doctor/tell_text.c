/* SPDX-License-Identifier: MIT */
/* cli/doctor/tell_text.c: facts and verdicts as plain lines. */
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "plx/plx.h"

enum { RANKS_SHOWN = 16, HOSTS_SHOWN = 16, LINE = 96 };

static void print_launch(const plx_doctor_facts *facts)
{
    const plx_doctor_rank *own = &facts->ranks[0];
    printf("model         %s\n", facts->model);
    if (own->by == PLX_BY_NOBODY)
        puts("launched by   nobody: one process");
    else
        printf("launched by   %s: %d process%s, %d rank%s in MPI's eyes, on %d host%s\n",
               plx_doctor_by_word(own->by), own->by_ranks, own->by_ranks == 1 ? "" : "es",
               facts->team_ranks, facts->team_ranks == 1 ? "" : "s", facts->team_hosts,
               facts->team_hosts == 1 ? "" : "s");
    if (facts->mpi == PLX_MPI_STARTS)
        printf("mpi           %s, thread level %s\n", facts->library, facts->level);
    else
        printf("mpi           %s\n", facts->mpi == PLX_MPI_MISSING   ? "not in this build"
                                     : facts->mpi == PLX_MPI_UNTRIED ? "not tried here"
                                                                     : "does not start");
    printf("mpirun        %s\n", facts->mpirun ? "in PATH" : "not in PATH");
}

static void print_nets(const plx_doctor_rank *rank)
{
    char word[PLX_DOCTOR_WORD];
    printf("  interfaces  %s", rank->nets_count == 0 ? "none up" : "");
    for (int i = 0; i < rank->nets_count; i++)
        printf("%s%s %s", i > 0 ? ", " : "", rank->nets[i].name,
               plx_doctor_net_word(rank->nets[i].address, rank->nets[i].mask, word));
    puts("");
}

static void print_limits(const plx_doctor_rank *rank)
{
    char shm[PLX_DOCTOR_WORD], stack[PLX_DOCTOR_WORD], core[PLX_DOCTOR_WORD], left[48] = "";
    char processes[32] = "unlimited";
    if (rank->processes >= 0)
        snprintf(processes, sizeof processes, "%lld", (long long)rank->processes);
    if (rank->pids_left >= 0)
        snprintf(left, sizeof left, " (cgroup: %lld left)", (long long)rank->pids_left);
    printf("  limits      /dev/shm %s, stack %s, core file %s, processes %s%s%s%s\n",
           rank->shm_free < 0 ? "not there" : plx_doctor_size_word(rank->shm_free, shm),
           plx_doctor_size_word(rank->stack, stack), plx_doctor_size_word(rank->core_file, core),
           processes, left, rank->root ? ", root" : "", rank->container ? ", in a container" : "");
}

static void print_host(const plx_doctor_host *host)
{
    const plx_doctor_rank *rank = host->first;
    printf("\nhost %s\n", rank->host);
    printf("  machine     %d core%s, %d hardware thread%s, %d NUMA node%s\n", rank->cores,
           rank->cores == 1 ? "" : "s", rank->online, rank->online == 1 ? "" : "s", rank->nodes,
           rank->nodes == 1 ? "" : "s");
    if (rank->quota > 0)
        printf("  quota       %.4g cores: %s\n", rank->quota, rank->quota_file);
    else
        puts("  quota       none");
    printf("  work        %d rank%s, %d thread%s in all, on %d of the cores\n", host->ranks,
           host->ranks == 1 ? "" : "s", host->threads, host->threads == 1 ? "" : "s", host->cores);
    print_nets(rank);
    print_limits(rank);
}

static void print_ranks(const plx_doctor_facts *facts)
{
    char mask[PLX_DOCTOR_WORD];
    puts("\n  rank  threads  cores  mask                  host");
    for (size_t r = 0; r < facts->ranks_count && r < RANKS_SHOWN; r++) {
        const plx_doctor_rank *rank = &facts->ranks[r];
        printf("%6d %8d %6d  %-20s  %s\n", rank->rank, rank->threads, rank->masked,
               plx_doctor_mask_word(rank->mask, mask), rank->host);
    }
    if (facts->ranks_count > RANKS_SHOWN)
        printf("   ... and %zu more; --json has all\n", facts->ranks_count - RANKS_SHOWN);
}

static void print_openmp(const plx_doctor_rank *rank)
{
    const struct {
        const char *name, *value;
    } variables[] = {
        {"OMP_NUM_THREADS", rank->num_threads},
        {"OMP_THREAD_LIMIT", rank->thread_limit},
        {"OMP_PROC_BIND", rank->proc_bind},
        {"OMP_PLACES", rank->places},
    };
    const char *before = "\nenvironment   ";
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (variables[i].value[0] != '\0') {
            printf("%s%s=%s", before, variables[i].name, variables[i].value);
            before = " ";
        }
    if (before[0] == ' ')
        puts("");
}

/* Words that fill lines, the second and later ones indented. */
static void print_wrapped(const char *begin, const char *text)
{
    int at = printf("%s", begin);
    for (const char *word = text; *word != '\0';) {
        int length = (int)strcspn(word, " ");
        if (at > 4 && at + 1 + length > LINE)
            at = printf("\n   ") - 1;
        at += printf(" %.*s", length, word);
        word += length + (word[length] == ' ');
    }
    puts("");
}

static void print_verdict(const plx_doctor_verdict *verdict)
{
    char begin[80];
    if (verdict->level == PLX_DOCTOR_OK) {
        printf("\n%s\n", verdict->text);
        return;
    }
    snprintf(begin, sizeof begin, "\n%s (%s):", plx_doctor_level_name(verdict->level),
             verdict->name);
    print_wrapped(begin, verdict->text);
    printf("    mend: %s\n", verdict->mend);
}

void plx_doctor_print_text(const plx_doctor_facts *facts, const plx_doctor_verdict *verdicts,
                           size_t count)
{
    printf("parallax %s\n\n", facts->ranks[0].version);
    print_launch(facts);
    for (size_t h = 0; h < facts->hosts_count && h < HOSTS_SHOWN; h++)
        print_host(&facts->hosts[h]);
    if (facts->hosts_count > HOSTS_SHOWN)
        printf("\n... and %zu more hosts; --json has all\n", facts->hosts_count - HOSTS_SHOWN);
    print_ranks(facts);
    print_openmp(&facts->ranks[0]);
    for (size_t i = 0; i < count; i++)
        print_verdict(&verdicts[i]);
}
