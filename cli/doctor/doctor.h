/* SPDX-License-Identifier: MIT */
/*
 * cli/doctor/doctor.h: inside `parallax doctor`: the facts of every rank, and what is wrong with
 * them.
 *
 * look.c and look_*.c read one process's facts, cli/doctor.c gathers them, judge.c and judge_*.c
 * make verdicts of them and of nothing else, tell_text.c and tell_json.c print.
 *
 * Invariant: judging is pure: the same facts give the same verdicts on any machine.
 */
#ifndef PLX_CLI_DOCTOR_DOCTOR_H
#define PLX_CLI_DOCTOR_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/json.h"

enum { PLX_DOCTOR_NETS = 8, PLX_DOCTOR_CPUS = 1024 };

/** What was not told, or has no limit. */
#define PLX_DOCTOR_NONE (-1)

typedef enum plx_doctor_by {
    PLX_BY_NOBODY,
    PLX_BY_MPIRUN,
    PLX_BY_SRUN,
    PLX_BY_OTHER
} plx_doctor_by;

/** A network interface that is up, no loopback, and has an IPv4 address. */
typedef struct plx_doctor_net {
    char name[16];
    uint32_t address, mask; /* as numbers: 10.0.0.5 is 0x0a000005 */
} plx_doctor_net;

/** What one process finds of itself. Plain bytes: crosses ranks. Texts: empty if not set. */
typedef struct plx_doctor_rank {
    int32_t rank, threads; /* of the team; threads: that it got */
    char version[24];      /* of the toolkit */
    char host[64];

    int32_t online, cores, nodes;        /* the machine's: hardware threads, cores, NUMA nodes */
    uint64_t mask[PLX_DOCTOR_CPUS / 64]; /* the affinity mask that it was started with */
    int32_t masked, masked_cores;        /* hardware threads and cores in it */
    int32_t usable;                      /* plx_cores() */
    double quota;                        /* 0: none */
    char quota_file[200];

    int64_t shm_free;             /* bytes in /dev/shm */
    int64_t stack, core_file;     /* limits in bytes */
    int64_t processes, pids_left; /* the user's limit; what the cgroup still allows */
    bool root, container;
    bool root_allowed; /* both variables that let mpirun run as root are set */
    bool copies;       /* the kernel lets a process read another's memory */

    plx_doctor_by by;
    int32_t by_ranks;              /* that the launcher says there are */
    bool bare;                     /* by an srun without a process manager: MPI cannot join them */
    bool in_slurm, in_step;        /* in a job; started by srun */
    int32_t slurm_cpus, srun_cpus; /* SLURM_CPUS_PER_TASK and SRUN_CPUS_PER_TASK */
    int32_t slurm_version;         /* 2205 for 22.05 */
    /* OMP_NUM_THREADS and so on, as they are */
    char num_threads[24], proc_bind[24], places[40], thread_limit[24];
    char btl_include[80], oob_include[80], single_copy[24]; /* Open MPI's parameters */
    plx_doctor_net nets[PLX_DOCTOR_NETS];
    int32_t nets_count;
} plx_doctor_rank;

/** Of one machine, from its ranks. */
typedef struct plx_doctor_host {
    const plx_doctor_rank *first; /* one of its ranks */
    int ranks, threads;
    int cores;   /* in any rank's mask, and within the quota if all share one */
    int most;    /* cores if no rank were bound: online and the quota */
    bool narrow; /* some rank has more threads than its mask has cores */
} plx_doctor_host;

typedef enum plx_doctor_mpi {
    PLX_MPI_MISSING,
    PLX_MPI_UNTRIED,
    PLX_MPI_FAILS,
    PLX_MPI_STARTS
} plx_doctor_mpi;

typedef struct plx_doctor_facts {
    const char *model;   /* what is meant to run */
    bool across, single; /* over ranks; one thread a process */
    plx_doctor_mpi mpi;
    const char *missing; /* why it is not in this build */
    char library[256], level[16];
    bool mpirun; /* is in PATH */
    bool remote; /* so is what it starts daemons with, or it is told or Slurm's */
    int team_ranks, team_hosts;
    char apart[108];        /* why the ranks can make no call together; or empty */
    plx_doctor_rank *ranks; /* of the team; only this process's if they are apart */
    size_t ranks_count;
    plx_doctor_host *hosts; /* room for one each rank; plx_doctor_group() fills it */
    size_t hosts_count;
} plx_doctor_facts;

typedef enum plx_doctor_level {
    PLX_DOCTOR_OK,
    PLX_DOCTOR_NOTE,
    PLX_DOCTOR_WARNING,
    PLX_DOCTOR_ERROR
} plx_doctor_level;

typedef struct plx_doctor_verdict {
    const char *name; /* one stable word */
    plx_doctor_level level;
    int code; /* an error's exit code */
    char text[400], mend[400];
} plx_doctor_verdict;

enum { PLX_DOCTOR_VERDICTS = 32 };

/* look.c, look_cores.c, look_net.c, look_slurm.c: all but rank and threads */
void plx_doctor_look(plx_doctor_rank *);
void plx_doctor_look_cores(plx_doctor_rank *);
void plx_doctor_look_net(plx_doctor_rank *);
void plx_doctor_look_slurm(plx_doctor_rank *);
bool plx_doctor_in_path(const char *program);

/* judge.c */
void plx_doctor_group(plx_doctor_facts *);
/** Verdicts, worst first; one "clean" if there is no warning and no error. Returns how many. */
size_t plx_doctor_judge(const plx_doctor_facts *, plx_doctor_verdict[PLX_DOCTOR_VERDICTS]);
int plx_doctor_exit(const plx_doctor_verdict *, size_t count);
const char *plx_doctor_level_name(plx_doctor_level);

/* For the judges: a finding with its text; then what mends it. */
void plx_doctor_find(plx_doctor_verdict *, plx_doctor_level, const char *text, ...)
    __attribute__((format(printf, 3, 4)));
void plx_doctor_mend(plx_doctor_verdict *, const char *text, ...)
    __attribute__((format(printf, 2, 3)));
/** The host that a rank is on. */
const plx_doctor_host *plx_doctor_host_of(const plx_doctor_facts *, const plx_doctor_rank *);

/** A judge looks at one thing and leaves the verdict as it is (OK) if there is nothing to say. */
typedef void plx_doctor_rule(const plx_doctor_facts *, plx_doctor_verdict *);
/* judge_cores.c */
plx_doctor_rule plx_judge_one_core, plx_judge_narrow, plx_judge_crowded, plx_judge_mask,
    plx_judge_quota;
/* judge_openmp.c */
plx_doctor_rule plx_judge_omp_threads, plx_judge_omp_few, plx_judge_omp_differs,
    plx_judge_omp_alike;
/* judge_ranks.c */
plx_doctor_rule plx_judge_singletons, plx_judge_apart, plx_judge_copies, plx_judge_no_mpi,
    plx_judge_mpi_fails, plx_judge_no_mpirun, plx_judge_no_ssh, plx_judge_root, plx_judge_srun_cpus,
    plx_judge_srun_inherits;
/* judge_net.c */
plx_doctor_rule plx_judge_networks, plx_judge_half_set;
/* judge_host.c */
plx_doctor_rule plx_judge_single_copy, plx_judge_shm, plx_judge_processes, plx_judge_stack;

/* words.c: "rank 3", "rank 3 and 5 more", "this process"; "0-3,8"; "10.0.0.0/24"; "3.5 GiB" */
enum { PLX_DOCTOR_WORD = 64 };
const char *plx_doctor_who_word(const plx_doctor_facts *, int first, size_t count,
                                char word[PLX_DOCTOR_WORD]);
const char *plx_doctor_mask_word(const uint64_t *mask, char word[PLX_DOCTOR_WORD]);
const char *plx_doctor_net_word(uint32_t address, uint32_t mask, char word[PLX_DOCTOR_WORD]);
const char *plx_doctor_size_word(int64_t bytes, char word[PLX_DOCTOR_WORD]);
const char *plx_doctor_by_word(plx_doctor_by);
bool plx_doctor_is_virtual(const plx_doctor_net *); /* a bridge that leads to no other host */

/* tell_text.c, tell_json.c */
void plx_doctor_print_text(const plx_doctor_facts *, const plx_doctor_verdict *, size_t count);
json_t *plx_doctor_json(const plx_doctor_facts *, const plx_doctor_verdict *, size_t count);

#endif
