/* SPDX-License-Identifier: MIT */
/*
 * compare/compare.h: the same work under every model: equal answers first, then time.
 *
 * The sampling unit is a launch: one process per model and round, because an idle team spins and
 * slows whatever is timed next beside it. The module starts `program run ...` and reads its JSON;
 * it never runs a kernel itself. A model whose answer differs from serial's is never timed.
 */
#ifndef COMPARE_COMPARE_H
#define COMPARE_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "plx/plx.h"

/**
 * What is set beside the model, in one way for all of it: a factor has a name and levels, and a row
 * stands at one level of each. A row whose model does not know the factor stands once. Any other
 * name is a parameter of the kernel.
 */
#define PLX_FACTORS_LIST(X)                                                                        \
    X(WAIT, "wait")         /* how idle threads and ranks wait */                                  \
    X(BIND, "bind")         /* threads and ranks to cores */                                       \
    X(SCHEDULE, "schedule") /* how blocks are handed out */                                        \
    X(GRAIN, "grain")       /* items a block */                                                    \
    X(WHERE, "where")       /* whose the data is under mpi */

#define PLX_FACTORS_ENUM(name, word) PLX_FACTOR_##name,
typedef enum plx_compare_known {
    PLX_FACTORS_LIST(PLX_FACTORS_ENUM) PLX_FACTORS
} plx_compare_known;

/** One factor with the levels to compare; a single level sets it for all rows. */
typedef struct plx_compare_factor {
    const char *name;
    const char *const *levels;
    size_t count;
} plx_compare_factor;

/** What to compare. Zeroed means defaults; what it points to must outlive the result. */
typedef struct plx_compare_plan {
    const char *program;            /* NULL: the program that runs now */
    const plx_kernel *kernel;
    const char *file;               /* the kernel's shared object; NULL: built in, found by name */
    bool lawful;                    /* the file was found to keep the laws; do not ask again */
    const char *pattern;            /* NULL: reduce if the kernel folds, else map */
    const char *const *models;      /* names; NULL: all that plx_model_at() lists */
    size_t models_count;
    size_t n;                       /* items, if n_given; else the program's default */
    bool n_given;
    bool choose_n;                  /* not given: the kernel's own, else by how long serial takes */
    int workers;                    /* in all, the same for every model; 0: plx_cores() */
    int ranks;                      /* of the hybrids; 0: see plx_plan_ranks() */
    int rounds;                     /* launches of a row; 0: until narrow, or out of budget */
    int repeats;                    /* timed calls in each launch; 0: 3 */
    double budget_s;                /* for all rounds, if rounds is 0; 0: 60 */
    uint64_t seed;                  /* of the order, and of made-up input; as it is */
    const plx_compare_factor *factors;
    size_t factors_count;
    const char *const *params;      /* "key=value" */
    size_t params_count;
    const char *input;              /* a .npy file, or NULL */
    /* of rows whose ranks read and write slices; the comparison's own, set while it runs */
    const char *staged_in, *staged_out;
    double limit_s;                 /* longest a launch may take; 0: 600 */
    bool bare;                      /* measure neither bounds nor the machine's rest beside it */
    bool oversubscribe;             /* say to each launch that ranks may share cores */
    bool progress;                  /* say on stderr what is being launched */
} plx_compare_plan;

typedef enum plx_compare_state {
    PLX_COMPARE_TIMED,              /* agrees with serial and has all its samples */
    PLX_COMPARE_DIFFERS,            /* another answer than serial's: refused */
    PLX_COMPARE_MISSING,            /* not available in this build or on this machine */
    PLX_COMPARE_FAILED              /* crashed, hung, or talked nonsense */
} plx_compare_state;

/** A median with its distribution-free interval. */
typedef struct plx_interval {
    double median, low, high;
    bool known;                     /* false for too few samples: low and high mean nothing */
} plx_interval;

/** Where the seconds of one call went; they add up to the call. Means over all workers. */
typedef struct plx_compare_phases {
    double prepare_s, hand_out_s, compute_s, imbalance_s, collect_s, other_s;
    double busy_max_s;              /* of the worker that computed longest */
    double transfer_s;              /* of hand_out and collect: data and messages between ranks */
    double cpu_s;                   /* processor time of all processes; ranks that wait spin */
} plx_compare_phases;

/**
 * Why a row is not as fast as it could be: POP's factors, 1 is perfect. Their product is the row's
 * efficiency.
 *
 * Source   POP standard metrics for parallel performance analysis (pop-coe.eu)
 */
typedef struct plx_compare_pop {
    double balance;                 /* mean busy time / longest */
    double serialisation;           /* longest busy time / time without transfer */
    double transfer;                /* time without transfer / time */
    double scaling;                 /* serial's time / busy time of all workers */
} plx_compare_pop;

/** One row of the table: a model at one level of each factor. */
typedef struct plx_compare_row {
    char label[96];                 /* unique: "omp", "omp#2", "omp wait=active" */
    char model[32];
    char level[PLX_FACTORS][24];    /* what holds for it; empty: not its own (grain: not told) */
    char param[96];                 /* "key=value" that only this row was told, or empty */
    int ranks, threads, workers;    /* threads of a rank, workers in all: the true numbers */
    plx_compare_state state;
    int exit_code;                  /* PLX_COMPARE_FAILED: what the command should end with */
    char why[320];                  /* one line, if not timed */
    size_t samples;                 /* launches timed: one entry in each of */
    double *work_s, *open_s, *launch_s;
    plx_compare_phases *phases;
    plx_interval work;
    double open_median_s, launch_median_s;
    double speedup, efficiency;     /* base median / this median; that / workers */
    plx_compare_phases spent;       /* of the launch in the middle, scaled to the median */
    plx_compare_pop pop;
} plx_compare_row;

typedef enum plx_compare_outcome {
    PLX_COMPARE_FASTER, PLX_COMPARE_SLOWER, PLX_COMPARE_SAME
} plx_compare_outcome;

/** Two timed models: row a beside row b. */
typedef struct plx_compare_pair {
    size_t a, b;
    plx_compare_outcome outcome;    /* of a */
    plx_interval ratio;             /* time of a / time of b, paired within a round */
    double detectable;              /* the smallest difference that could be found; if known */
} plx_compare_pair;

/** Where it ran: every factor that we can see. Empty text: not known. */
typedef struct plx_compare_host {
    char cpu[96], os[96], compiler[96], mpi[96], wait_policy[32], governor[32], load[48];
    char version[24];               /* of the library that ran it; empty: this one */
    char kept[256];                 /* "NAME=value ...": of the environment, and it matters */
    char removed[256];              /* the same, but no launch had it */
    int cores;
} plx_compare_host;

/** What was compared: enough to print the report, also of a result that was read back. */
typedef struct plx_compare_about {
    char kernel[72], pattern[16];
    char *better;                   /* the better serial method in words, or NULL */
    char n[24], grain[24];          /* what the program said it ran; exact, so text */
    bool n_chosen;                  /* by how long serial takes */
    bool waits;                     /* the kernel waits more than it computes */
    int workers, repeats;
    uint64_t seed;
    char *params;                   /* "key=value key=value", or NULL */
    double operations, bytes;       /* of the whole call; 0: not told */
} plx_compare_about;

/** Why no more rounds were made. */
typedef enum plx_compare_end {
    PLX_COMPARE_ROUNDS,             /* as many as told */
    PLX_COMPARE_NARROW,             /* the intervals were narrow enough */
    PLX_COMPARE_BUDGET              /* the next look did not fit into the budget */
} plx_compare_end;

/** Other processes' share of the machine, in cores; negative: not known. */
typedef struct plx_compare_load {
    double before;                  /* in a moment of rest before the launches */
    double during;                  /* mean over all launches */
    double most;                    /* in the launch where it was most */
    char where[96];                 /* that launch: label and round */
} plx_compare_load;

/** What no model can pass. */
typedef struct plx_compare_bound {
    int copies;                     /* serial programs at once; 0: not measured */
    plx_interval ceiling;           /* serial's time x copies / theirs: what the cores give */
    double bytes_per_s;             /* memory, as the kernel `square` moves it; 0: not measured */
} plx_compare_bound;

/** All that a comparison found. */
typedef struct plx_compare_result {
    plx_compare_plan plan;          /* with every default filled in; zeroed if it was read back */
    char program[4096];             /* this program's own path, if the plan named none */
    plx_compare_about about;
    plx_compare_host host;
    plx_compare_row *rows;
    size_t rows_count, base;        /* base: the fastest row of serial */
    size_t *order;                  /* rows in the order of their timed launches */
    size_t order_count;
    int rounds;                     /* made */
    plx_compare_end end;
    double budget_s, took_s;        /* of the rounds; budget 0: none */
    plx_compare_load load;
    plx_compare_bound bound;
    double pair_confidence;         /* of each pair, so that all hold together with 95 % */
    plx_compare_pair *pairs;
    size_t pairs_count;
    char *text;                     /* the verdict in words, lines end in \n */
} plx_compare_result;

/**
 * Compare. Fills *result, which plx_compare_free() takes whatever is returned.
 *
 * Errors   0: there is a report, see plx_compare_exit(). Else there is none, and the command should
 *          end with this code: serial's own failure, 64 for a plan that cannot be, 71 without
 *          memory, 128 + n on signal n. why then holds one line (empty for a signal)
 */
int plx_compare(const plx_compare_plan *, plx_compare_result *result, char why[320]);
void plx_compare_free(plx_compare_result *);

/** 78 if an answer differed, else the code of the first model that failed, else 0. */
int plx_compare_exit(const plx_compare_result *);

/** Set kernel, params, n, workers of the default set's i-th comparison; false from the end on. */
bool plx_compare_set_at(size_t i, plx_compare_plan *);

/** The report for people: ASCII, below 100 columns. */
void plx_compare_write_text(const plx_compare_result *, FILE *);
/** The line on where it ran. */
void plx_compare_write_host(const plx_compare_host *, FILE *);

/** parallax.compare/1, parallax.compare-set/1: one line, to be freed; NULL without memory. */
char *plx_compare_json(const plx_compare_result *);
char *plx_compare_set_json(const plx_compare_result *results, size_t count);

#endif
