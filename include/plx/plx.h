/* SPDX-License-Identifier: MIT */
/*
 * plx/plx.h: the patterns and the teams that run them.
 *
 * Open a team by the name of a model ("serial", "omp", "pthread", "mpi", "mpi+omp", "mpi+pthread"),
 * call patterns on it, close it. A model is a value chosen at run time. The same call gives the
 * same bytes under every model, team size, schedule and rank count, floating point included: blocks
 * depend on the job alone and partial results are joined along a fixed tree over block numbers.
 *
 * The library never prints, never exits and never reads the environment (the OpenMP and MPI
 * libraries below it do). It has no global state but MPI's own start.
 *
 * Ranks    Under MPI every pattern call is collective and the job is rank 0's: n, ctx, grain,
 *          schedule, where, keep_going, batch, in_flight and the rooms for failures, workers and
 *          slices are taken from rank 0. The others pass the same kernel (PLX_MISMATCH if not) and,
 *          with PLX_LOCAL, their own data. Every rank returns the same status and the same report.
 *          MPI is used in MPI_THREAD_FUNNELED: call from the thread that started MPI. Errors inside
 *          MPI itself end the program.
 */
#ifndef PLX_PLX_H
#define PLX_PLX_H

#include "plx/kernel.h"
#include "plx/policy.h"
#include "plx/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * map, reduce, fan, batch and scan are called through this header; the others have their own:
 * plx/pipeline.h, plx/queue.h, plx/task.h (task, priority), plx/divide.h.
 */
typedef enum plx_pattern {
    PLX_MAP, PLX_REDUCE, PLX_FAN, PLX_BATCH, PLX_PIPELINE, PLX_QUEUE, PLX_TASK, PLX_PRIORITY,
    PLX_SCAN, PLX_DIVIDE, PLX_PATTERNS
} plx_pattern;

/**
 * How blocks are handed to workers; results never depend on it. guided (the default): powers of two
 * that shrink; static: one contiguous share each; dynamic: one block each. Ranks of PLX_ROOT are
 * handed out blocks in the same words, dynamic some blocks where there are plenty; those of
 * PLX_LOCAL always have one contiguous share each.
 */
typedef enum plx_schedule { PLX_GUIDED, PLX_STATIC, PLX_DYNAMIC } plx_schedule;

/**
 * Whose arrays in and out are: rank 0's (the default), or each rank's own share, see plx_share().
 */
typedef enum plx_where { PLX_ROOT, PLX_LOCAL } plx_where;

/** One failed item. Plain bytes: crosses ranks and files. */
typedef struct plx_failure {
    size_t item;
    /* the kernel's code; the rank that ran it; how often it was tried */
    int32_t code, rank, tries;
    char why[108];
} plx_failure;

/** What one worker did in one call. */
typedef struct plx_worker {
    int rank, thread;
    size_t items, chunks;
    double busy_s;                  /* inside the kernel and the join */
} plx_worker;

/** What a stretch of time went into. All but chunks are worker 0's. */
typedef enum plx_slice_kind {
    PLX_SLICE_CHUNK,                /* one hand-out */
    PLX_SLICE_PREPARE,              /* one that began before elapsed_s did begins at 0 */
    PLX_SLICE_SCATTER,
    PLX_SLICE_GATHER,               /* also the join across ranks and the verdict */
    /* a message of a hand-out across ranks, a fan or a batch; may lie within a chunk */
    PLX_SLICE_SERVE
} plx_slice_kind;

/** What one worker did when. Clocks of ranks meet where all agreed to start. */
typedef struct plx_slice {
    /* chunk: items [lo, hi); fan: task lo; batch: items of the stream; else 0 */
    size_t lo, hi;
    double begin_s, end_s;          /* from where elapsed_s begins */
    int32_t rank, thread;
    plx_slice_kind kind;
} plx_slice;

/** What one call did. done + failed + not_run == n. */
typedef struct plx_report {
    size_t n, grain, blocks;
    /* items. Stop mode: done = the lowest failed item, failed = 1 */
    size_t done, failed, not_run;
    size_t failures;                /* how many stand in the job's room for them */
    /* threads: most in one rank; workers: in all. The true numbers */
    int ranks, threads, workers;
    /* prepare included; from all ranks having entered to the last leaving */
    double elapsed_s;
    /* These and other_s add up to elapsed_s. hand_out, compute and imbalance are means of all
       workers, from the start, which all ranks agree on, to the end of the last chunk of all. A
       batch's source and sink are no computing: worker 0 has less of it */
    double prepare_s;               /* the longest of all ranks */
    double hand_out_s;              /* until its own last chunk ends: waiting, serving messages */
    double compute_s;               /* busy_s */
    double imbalance_s;             /* from then on; all of the time of one that had no chunk */
    double collect_s;               /* after the last chunk: gathering, joining, verdict */
    /* one line on a status that is neither OK nor ITEM_FAILED; else empty */
    char why[108];
    double other_s;                 /* before the start: checks, memory, agreement */
    double busy_max_s;              /* the longest busy_s of all workers */
    /* scattering and gathering (joining, verdict), each by the rank that waited least for others; 0
       without ranks. transfer_s + busy_max_s <= elapsed_s. Hand-outs across ranks: waiting for their
       data, and with one thread a rank also moving them between its blocks */
    double transfer_s;
    size_t slices;                  /* how many there were; the earliest stand in the job's room */
    /* ranks that ran no block since they had hand-outs to answer: 1 above 32 ranks unless the
       schedule is static, else 0 */
    int serving;
} plx_report;

/** One piece of work. Zeroed means defaults. */
typedef struct plx_job {
    const plx_kernel *kernel;       /* NULL in a fan, whose tasks have their own */
    /* items [0, n); fan: tasks; batch: items if known, for prepare only, else 0 */
    size_t n;
    const void *in;
    const size_t *at;               /* PLX_VARIES: n + 1 offsets into in; else NULL */
    /* map: n * out_size bytes; reduce: acc_size bytes. Never overlaps in */
    void *out;
    /* ctx_size bytes; NULL: the defaults of the kernel's parameters, if each has one */
    const void *ctx;
    size_t grain;                   /* items per block; 0: plx_grain() */
    plx_schedule schedule;
    plx_where where;
    /* batch: items a batch (0: the grain), batches between source and sink (0: 2 x workers) */
    size_t batch, in_flight;
    /* false: stop at the lowest failure, which is the only one listed; true: run all, the status is
       PLX_ITEM_FAILED all the same and there is a result */
    bool keep_going;
    /* the caller's room for the lowest ones, sorted by item; every rank's own */
    plx_failure *failures;
    size_t failures_cap;
    /* the caller's room for each worker's share; filled on rank 0 */
    plx_worker *by_worker;
    size_t by_worker_cap;
    /* the caller's room for what each worker did when, sorted by begin_s; filled on rank 0, if the
       status is PLX_OK or PLX_ITEM_FAILED. NULL there: nothing is recorded */
    plx_slice *slices;
    size_t slices_cap;
    /* how one item runs, and how the call is watched and ended; NULL: plainly. See plx/policy.h */
    const plx_policy *policy;
    bool exclusive;                 /* scan: out[i] leaves item i out */
    /* task: what tasks may run, ends with NULL; under mpi they travel by their place in it */
    const plx_kernel *const *kernels;
} plx_job;

/** One task of a fan or a scope: items [lo, hi) of a kernel of its own. */
typedef struct plx_task {
    const plx_kernel *kernel;
    size_t lo, hi;
    const void *ctx, *in;           /* ctx: as in a job; in: item lo, read on rank 0 */
    const size_t *at;               /* PLX_VARIES: hi - lo + 1 offsets into in, on every rank */
    /* fold: acc_size bytes, finished; map: (hi - lo) * out_size bytes; written on rank 0 */
    void *out;
    int priority;                   /* of a scope: lower first; a fan orders by work() */
} plx_task;

/** How a fan's tasks come together. Either function may be NULL. */
typedef struct plx_join {
    /* bytes of total: after the joins rank 0's total is given to all ranks */
    size_t size;
    void *total;
    void (*join)(void *total, size_t task, const plx_task *, void *user);
    void (*arrived)(size_t task, const plx_task *, plx_status, void *user);
    void *user;
} plx_join;

/**
 * Where a batch run's items come from and go to. sink and done may be NULL. Each returns PLX_OK, or
 * what ends the call.
 */
typedef struct plx_stream {
    /**
     * Fill up to want items, set *got; 0 ends the stream. VARIES: at[0] = 0 and got + 1 offsets, at
     * most want * item_size bytes.
     */
    plx_status (*source)(void *user, size_t want, void *items, size_t *at, size_t *got);
    /**
     * Where the batch ran, by any worker, several at once, before its result leaves the process; it
     * may change out, also that of failed items: so the sink sees it.
     */
    plx_status (*done)(void *user, size_t first, size_t n, void *out,
                         const plx_failure *failed, size_t failures);
    /**
     * In input order, with all failures of the batch, sorted, whatever the job has room for. Stop
     * mode: the last call ends with the failed item.
     */
    plx_status (*sink)(void *user, size_t first, size_t n, const void *out,
                         const plx_failure *failed, size_t failures);
    void *user;
    size_t item_size;               /* PLX_VARIES: the longest item in bytes; else not read */
} plx_stream;

typedef struct plx_team plx_team;

/** The library's version, "MAJOR.MINOR.PATCH". */
PLX_API const char *plx_version(void);

/** Cores that this process may really use: affinity mask and cgroup quota, at least 1. */
PLX_API int plx_cores(void);

/** What plx_cores() goes by. */
typedef struct plx_cores_info {
    int usable;                     /* plx_cores() */
    int online, masked;             /* in the machine; in the affinity mask */
    double quota;                   /* in cores, the tightest of this process's cgroups; 0: none */
    char quota_file[200];           /* where it stands; cut if longer */
} plx_cores_info;

PLX_API void plx_cores_about(plx_cores_info *);

/**
 * Open a team of workers.
 *
 * Shape    model: a name that plx_model_at() lists; threads: in this process; 0: plx_cores(), for
 *          omp no more than omp_get_max_threads(), under mpi shared among the ranks of a host that
 *          are not bound
 * Order    the calling thread is worker 0. Fewer threads than asked is no failure:
 *          plx_team_threads() tells
 * Errors   *team is NULL and PLX_BAD_JOB (unknown name, threads < 0 or > 65536), PLX_UNSUPPORTED
 *          (not in this build), PLX_NO_MEMORY, PLX_SYSTEM (MPI was already finalised, or started
 *          without FUNNELED) omp: at most 4,096 threads; OpenMP's own runtime ends the program if
 *          it cannot make them. A call from inside a parallel region of the user's runs in one
 *          thread. Ranks that run different versions or builds of this library do open: then
 *          every call returns PLX_MISMATCH and sends nothing, plx_team_about() says which ranks
 * Ranks    mpi models: collective over MPI_COMM_WORLD; the first starts MPI if nobody has, and then
 *          it is finalised at normal exit (plx/on_comm.h: or by plx_mpi_finish)
 */
PLX_API plx_status plx_open(const char *model, int threads, plx_team **team);

/** Close a team; NULL is fine. Collective under mpi. Never finalises MPI. */
PLX_API void plx_close(plx_team *);

PLX_API int plx_team_rank(const plx_team *);
PLX_API int plx_team_ranks(const plx_team *);
PLX_API int plx_team_threads(const plx_team *);

/** Where a team runs. Strings live as long as the team. */
typedef struct plx_team_info {
    int ranks, rank, threads, workers;
    int hosts;                      /* that have ranks of the team; 1 without ranks */
    int host_ranks;                 /* ranks of the team on this rank's host */
    const char *mpi;                /* the MPI library's own words, one line; NULL without MPI */
    const char *thread_level;       /* "single", "funneled", "serialized", "multiple"; or NULL */
    /* why its ranks can make no call together, one line: which run another version or build of this
       library; then hosts, host_ranks and workers tell of this rank alone. NULL: they can */
    const char *apart;
} plx_team_info;

/** What plx_open() found out about where the team runs. Local. */
PLX_API void plx_team_about(const plx_team *, plx_team_info *);

/**
 * out[i] = f(in[i]) for every item i.
 *
 * Shape    job: kernel with map, n, in, out, ctx
 * Order    blocks run in any order; out stands by item
 * Errors   PLX_ITEM_FAILED: at least one item failed; their out is zeroed; without keep_going every
 *          item below the lowest failed one is done and out above it is unspecified. No kernel ran:
 *          PLX_BAD_JOB, PLX_BAD_KERNEL, PLX_TOO_BIG, PLX_REFUSED, PLX_MISMATCH, PLX_UNSUPPORTED,
 *          PLX_NO_MEMORY, PLX_BUSY (this team runs another call)
 * Ranks    collective; PLX_ROOT: rank 0's out holds all items
 * Cost     mpi: two broadcasts, five small reductions, and static: one scatter and one gather; else
 *          an ask and an answer for each hand-out, with its data, of which a rank holds two
 */
PLX_API plx_status plx_map(plx_team *, const plx_job *, plx_report *);

/**
 * Fold every block from the identity and join the partials along a fixed tree: boundary m joins
 * blocks [m - low(m), m) with [m, m + low(m)), low(m) = m & -m.
 *
 * Shape    job: kernel with fold and combine, n, in, ctx; out: acc_size bytes, n = 0 gives the
 *          identity
 * Order    the result depends on n, ctx, grain and the items alone
 * Errors   as plx_map; without keep_going a failure leaves out untouched; with it failed items are
 *          left out
 * Ranks    collective; every rank's out (if not NULL) holds the result
 * Cost     accumulators: about workers x log2(blocks) live at once; across ranks, unless static or
 *          PLX_LOCAL, one for each hand-out besides: from 1 KiB on about 32 MiB a rank, or eight
 */
PLX_API plx_status plx_reduce(plx_team *, const plx_job *, plx_report *);

/**
 * Prefix sums: out[i] = items 0 to i (job->exclusive: to i - 1, out[0] the identity) folded.
 *
 * What comes before block k is the left-to-right combine of the folds of blocks 0 to k - 1, each
 * from the identity; within the block items are folded onto it one by one.
 *
 * Shape    job: kernel with fold and combine, n, in, ctx; out: n * acc_size bytes, each finished
 * Order    the result depends on n, ctx, grain and the items alone
 * Errors   as plx_map; a failed item is left out of all that follows: with keep_going its out is
 *          that of the item before
 * Ranks    collective; PLX_ROOT: rank 0's out holds all items; shares are static
 * Cost     each item is folded twice; one combine a block, in order
 */
PLX_API plx_status plx_scan(plx_team *, const plx_job *, plx_report *);

/**
 * Run job->n tasks, each whole on one worker, dearest work() first, and join their results in task
 * order.
 *
 * Shape    tasks: job->n of them, on every rank the same but for in and out, which are rank 0's
 * Order    arrived: once for each task as it ends, one at a time, by any worker; under mpi on rank
 *          0. join: after the last task, in task order, on the calling thread of rank 0
 * Errors   an item that fails, or a kernel that refuses, fails its task; failures and the report
 *          count tasks. Without keep_going tasks above the lowest failed one may not run and join
 *          is not called; with it failed tasks are not joined. Else as plx_map
 * Ranks    collective; tasks are dealt out longest first by their declared work
 */
PLX_API plx_status plx_fan(plx_team *, const plx_job *, const plx_task *tasks, const plx_join *,
                           plx_report *);

/**
 * Map a stream of unknown length, batch by batch, in bounded memory.
 *
 * Shape    job: kernel with map, batch, in_flight; in, out and where are not used
 * Order    source and sink run on the calling thread of rank 0, sink in input order; at most
 *          in_flight batches are between them
 * Errors   a failed item costs that item, never its batch. Without keep_going the stream ends at
 *          the lowest failed item and the report's n ends with it. A callback's status other than
 *          PLX_OK ends the call with it
 * Ranks    collective; every rank passes the stream; source and sink are called on rank 0 only
 */
PLX_API plx_status plx_batch(plx_team *, const plx_job *, const plx_stream *, plx_report *);

/**
 * The worst of all ranks' statuses, on every rank: so a program's own failure on one rank reaches
 * the others. Collective.
 */
PLX_API plx_status plx_agree(plx_team *, plx_status mine);

/**
 * The items [lo, hi) that this rank runs of a map or reduce with PLX_LOCAL or PLX_STATIC: whole
 * blocks. They follow from the grain, so two kernels that shall have the same shares need the same
 * job.grain. Local. Errors as plx_map's checks.
 */
PLX_API plx_status plx_share(const plx_team *, const plx_job *, size_t *lo, size_t *hi);

/**
 * Items per block of a job: job->grain, else the kernel's grain(), else the largest of ceil(n /
 * 65536), ceil(20000 / item_ns) (ceil(n / 16384) if item_ns is 0) and, from 1 KiB on, acc_size / 2.
 * At least 1.
 */
PLX_API size_t plx_grain(const plx_job *);

/** A model as `parallax list` shows it. */
typedef struct plx_model_info {
    const char *name, *about;
    bool available;
    const char *why;                /* why not available; else NULL */
} plx_model_info;

/** The i-th model; false from the end on. */
PLX_API bool plx_model_at(size_t i, plx_model_info *);

/** "map", "reduce" …; NULL if there is no such pattern. */
PLX_API const char *plx_pattern_name(plx_pattern);
PLX_API const char *plx_pattern_about(plx_pattern);

/** True if that model, as built, offers the pattern; else *why (may be NULL) says why not. */
PLX_API bool plx_offers(const char *model, plx_pattern, const char **why);

/**
 * True if the kernel can be run by the pattern: a map (also fan, batch, pipeline, task, priority)
 * or a fold (reduce, scan, also fan, task, priority). queue and divide take functions.
 */
PLX_API bool plx_kernel_fits(const plx_kernel *, plx_pattern);

/** Set ctx (ctx_size bytes) to the defaults; parameters without one are zero. */
PLX_API void plx_ctx_init(const plx_kernel *, void *ctx);

/**
 * Set one value from text. PLX_BAD_JOB: not a value of the field's type, or out of its range; base
 * is untouched.
 */
PLX_API plx_status plx_field_set(const plx_field *, void *base, const char *text);

/**
 * Write one value as text that reads back to the same value; returns the length without the NUL, -1
 * if size is too small.
 */
PLX_API int plx_field_text(const plx_field *, const void *base, char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
