/* SPDX-License-Identifier: MIT */
/*
 * cli/run.h: inside `parallax run`: what was asked (ask), and what it needs and came to (work).
 *
 * run_ask.c, run_together.c and run_place.c read the command line, run.c goes through the steps;
 * run_files.c has input and output, run_share.c what is a rank's own, run_slices.c a rank's slices
 * of files, run_work.c and run_same.c keep the ranks together; run_patterns.c,
 * run_tasks.c, run_stream.c and run_calls.c make the calls, run_policy.c says how; run_text.c,
 * run_json.c and run_trace.c tell.
 */
#ifndef PLX_CLI_RUN_H
#define PLX_CLI_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agree.h"
#include "json.h"
#include "launch.h"
#include "lines.h"
#include "npy.h"
#include "options.h"
#include "output.h"
#include "part.h"
#include "policy.h"
#include "plx/plx.h"

/** n of which the command line says nothing. */
#define PLX_CLI_UNTOLD SIZE_MAX

/** The command line, read. Zero: not told, unless said otherwise. */
typedef struct plx_cli_ask {
    const char *kernel_name, *model_name, *schedule_name, *input, *output;
    const char *where_name, *bind_name, *trace, *bytes, *made;
    size_t n;                       /* PLX_CLI_UNTOLD: not told */
    size_t grain, failures, tasks, batch, in_flight, repeat;
    int threads, ranks;
    uint64_t seed, started;
    plx_cli_texts params;
    bool force, keep_going, json, oversubscribe, exclusive;
    plx_cli_policy policy;

    plx_pattern pattern;
    const plx_kernel *kernel;
    plx_model_info model;
    plx_schedule schedule;
    plx_where where;
    bool filed;                     /* local, and each rank reads and writes its slices of files */
    plx_cli_bind bind;
    bool table;                     /* the output is one, see tsv.h */
    bool folds;                     /* the result is an accumulator, not items */
    bool in_tasks, streams;         /* the pattern cuts the items into tasks; streams them */
    size_t item_size;               /* of one item of the result: a scan's is an accumulator */
    plx_type item_type;             /* PLX_BYTES: none that .npy files know */
    bool across;                    /* the model runs across ranks */
    bool single;                    /* one thread a process */
    _Alignas(64) unsigned char ctx[PLX_CTX_MAX];
} plx_cli_ask;

/** What one call came to. */
typedef struct plx_cli_call {
    plx_report report;
    plx_worker *by_worker;          /* in the work's room */
    plx_slice *slices;              /* in the work's room, on rank 0; NULL: no trace */
    double cpu_s;                   /* of this process */
    double read_s, write_s;         /* of files, the longest of all ranks; negative: none */
} plx_cli_call;

/** One run, from the team on. */
typedef struct plx_cli_work {
    const plx_cli_ask *ask;
    plx_team *team;
    double open_s, launch_s;
    bool root;                      /* rank 0: has the files, prints */
    bool told;                      /* an error's line is printed */

    size_t n, tasks;                /* items; and the tasks that a fan cuts them into */
    plx_job job;
    plx_policy policy;              /* of the call; see run_policy.c */
    void *fallback;
    plx_resources *resources;
    int *handles;                   /* what they point to: their numbers */
    plx_npy_input input;
    plx_part sliced;                /* instead: of which each rank reads its slice */
    plx_file text;                  /* instead: items that differ in length */
    plx_lines lines;
    size_t *at;
    void *made;                     /* generated items */
    const void *in;                 /* item 0, on rank 0 */
    void *out;                      /* the result: items (rank 0) or the accumulator */
    size_t lo, hi;                  /* --where local, file: this rank's own items */
    void *share;                    /* and a map's results of them */
    void *parts;                    /* the tasks' accumulators */
    plx_task *task;
    plx_kernel part;                /* the tasks' kernel: see run_tasks.c */
    const plx_kernel *kernels[2];   /* it alone, then NULL */
    bool *good;                     /* of a scope's tasks: it ended well */
    plx_status submitted;           /* what submitting them came to */
    plx_output file, bytes, trace;
    size_t next;                    /* the stream's next item */
    void *hash;                     /* of the stream's results */

    plx_status status;
    plx_slice *slices;              /* room for all calls, of job.slices_cap each */
    plx_cli_call *calls;            /* the timed ones */
    size_t calls_count;
    size_t median;                  /* the call that is reported */
    double cpu_s;                   /* of all ranks in that call; negative: not known */
    double sync_s;                  /* of the slices written, the longest; negative: none */
    uint64_t digest;                /* XXH64 of the result's bytes */
} plx_cli_work;

/* run_ask.c. Codes: 0, PLX_CLI_DONE, or an exit code after printing the line. */
int plx_cli_ask_read(plx_cli_ask *, int argc, char **argv);     /* all but what the kernel is */
int plx_cli_ask_for_kernel(plx_cli_ask *);                      /* then what hangs on it */

/* run_together.c: 0 or 64 after printing */
int plx_cli_ask_together(const plx_cli_ask *);
int plx_cli_refuse(const char *option, const plx_cli_ask *, const char *why);   /* 64 */

/* run_place.c */
int plx_cli_ask_for_place(plx_cli_ask *);                       /* 0 or 64 after printing */
const char *plx_cli_where_name(const plx_cli_ask *);
const char *plx_cli_bind_name(plx_cli_bind);

/* run_files.c, on rank 0. Codes: 0, or an exit code after printing the line. */
int plx_cli_work_check_files(const plx_cli_ask *);
int plx_cli_work_input(plx_cli_work *);                     /* the items and n, by its ask */
int plx_cli_work_fits(const plx_cli_ask *, const plx_npy *, size_t *n);     /* a file's values do */
void plx_cli_work_drop_input(plx_cli_work *);
int plx_cli_work_output(plx_cli_work *);                    /* begin all of them */
int plx_cli_work_write(plx_cli_work *, size_t first, size_t n, const void *out,
                       const plx_failure *failed, size_t failures);
int plx_cli_work_keep(plx_cli_work *);                      /* all of them into their places */

/* run_work.c. What can be known before any work is checked first; open and finish give every rank
   the same exit code. All codes: 0, or an exit code after printing the line. */
int plx_cli_work_team(plx_cli_work *, const plx_cli_ask *); /* the team; everything else zero */
int plx_cli_work_open(plx_cli_work *);
int plx_cli_work_finish(plx_cli_work *);                    /* the outputs into their places */
void plx_cli_work_close(plx_cli_work *);
bool plx_cli_work_has_result(const plx_cli_work *);
bool plx_cli_work_ran(const plx_cli_work *);                /* to its end, with or without one */
bool plx_cli_work_reports(const plx_cli_work *);            /* it ran, or was stopped */
size_t plx_cli_work_out_size(const plx_cli_work *);         /* bytes of the result */
void *plx_cli_work_room(size_t n, size_t size, int *code);  /* aligned, not cleared; NULL: *code */

/* run_share.c */
int plx_cli_share_make(plx_cli_work *);                     /* as run_work.c */
plx_status plx_cli_share_gather(plx_cli_work *, plx_report *);  /* collective */
double plx_cli_cpu_now(void);                               /* of this process, in seconds */
double plx_cli_cpu_of_all(plx_team *, double own_s);        /* collective; negative: no memory */

/* run_slices.c: --where file. All are collective, with the same outcome on every rank */
int plx_cli_slices_input(plx_cli_work *);                   /* open and compare it; n */
int plx_cli_slices_output(plx_cli_work *);                  /* begin all of them */
plx_status plx_cli_slices_read(plx_cli_work *, plx_cli_call *);
plx_status plx_cli_slices_write(plx_cli_work *, plx_cli_call *);
plx_status plx_cli_slices_digest(plx_cli_work *);           /* of all slices in their order */
int plx_cli_slices_sync(plx_cli_work *);                    /* before rank 0 keeps the outputs */

/* run_same.c: collective, see same.h */
int plx_cli_work_same(const plx_cli_work *);

/* run_made.c: the made items into a file of their own, and no call */
int plx_cli_made(const plx_cli_ask *);

/* run_patterns.c */
int plx_cli_call_prepare(plx_cli_work *);                   /* this rank's room */
plx_status plx_cli_call_once(plx_cli_work *, plx_report *);
void plx_cli_call_close(plx_cli_work *);

/* run_tasks.c */
int plx_cli_tasks_prepare(plx_cli_work *);
plx_status plx_cli_tasks_fan(plx_cli_work *, plx_report *);
plx_status plx_cli_tasks_scope(plx_cli_work *, plx_report *);
size_t plx_cli_acc_stride(const plx_kernel *);              /* keeps neighbours off cache lines */

/* run_stream.c */
plx_status plx_cli_stream_batch(plx_cli_work *, plx_report *);
plx_status plx_cli_stream_pipeline(plx_cli_work *, plx_report *);

/* run_policy.c */
int plx_cli_policy_check(const plx_cli_ask *);              /* what goes together: 0 or 64 */
int plx_cli_policy_open(plx_cli_work *);                    /* this process's own; 0 or 71 */
void plx_cli_policy_close(plx_cli_work *);
const char *plx_cli_policy_stopper(const plx_cli_ask *);    /* "SIGUSR1", "--deadline" */

/* run_calls.c */
void plx_cli_call_all(plx_cli_work *);                      /* warm-up if asked, calls, digest */

/* run_text.c, run_json.c: to stdout */
void plx_cli_print_text(const plx_cli_work *);
int plx_cli_print_json(const plx_cli_work *);               /* 0 or 71 */
json_t *plx_cli_work_json(const plx_cli_work *);            /* the same object */

/* run_trace.c: 0, 71 or 74 after printing */
int plx_cli_work_trace(plx_cli_work *);

#endif
