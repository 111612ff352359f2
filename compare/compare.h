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

/** What to compare. Zeroed means defaults; what it points to must outlive the result. */
typedef struct plx_compare_plan {
    const char *program;            /* NULL: the program that runs now */
    const plx_kernel *kernel;
    const char *file;               /* the kernel's shared object; NULL: built in, found by name */
    const char *pattern;            /* NULL: reduce if the kernel folds, else map */
    const char *const *models;      /* names; NULL: all that plx_model_at() lists */
    size_t models_count;
    size_t n;                       /* items, if n_given; else the program's default */
    bool n_given;
    bool choose_n;                  /* not given: the kernel's own, else by how long serial takes */
    int workers;                    /* in all, the same for every model; 0: plx_cores() */
    int ranks;                      /* of the hybrids; 0: see plx_plan_ranks() */
    int rounds, repeats;            /* launches of a model, timed calls in each; 0: 7 and 3 */
    uint64_t seed;                  /* of the order, and of made-up input; as it is */
    const char *schedule, *grain;   /* as text, handed on; NULL: the program's */
    const char *const *params;      /* "key=value" */
    size_t params_count;
    const char *input;              /* a .npy file, or NULL */
    double limit_s;                 /* longest a launch may take; 0: 600 */
    bool progress;                  /* say on stderr what is being launched */
} plx_compare_plan;

typedef enum plx_compare_state {
    PLX_COMPARE_TIMED,              /* agrees with serial and has all its samples */
    PLX_COMPARE_DIFFERS,            /* another answer than serial's: refused */
    PLX_COMPARE_MISSING,            /* not available in this build or on this machine */
    PLX_COMPARE_FAILED              /* crashed, hung, or talked nonsense */
} plx_compare_state;

/** A median with its distribution-free 95 % interval. */
typedef struct plx_interval {
    double median, low, high;
    bool known;                     /* false below 6 samples: low and high mean nothing */
} plx_interval;

/** One model of the table. */
typedef struct plx_compare_row {
    char label[48];                 /* unique: "omp", "omp#2" */
    const char *model;
    int ranks, threads, workers;    /* threads of a rank, workers in all: the true numbers */
    plx_compare_state state;
    int exit_code;                  /* PLX_COMPARE_FAILED: what the command should end with */
    char why[320];                  /* one line, if not timed */
    size_t samples;                 /* launches timed: one entry in each of */
    double *work_s, *open_s, *launch_s;
    plx_interval work;
    double open_median_s, launch_median_s;
    double speedup, efficiency;     /* base median / this median; that / workers */
} plx_compare_row;

typedef enum plx_compare_outcome {
    PLX_COMPARE_FASTER, PLX_COMPARE_SLOWER, PLX_COMPARE_SAME
} plx_compare_outcome;

/** Two timed models: row a beside row b. */
typedef struct plx_compare_pair {
    size_t a, b;
    plx_compare_outcome outcome;    /* of a */
    plx_interval ratio;             /* time of a / time of b, paired within a round */
    double detectable;              /* half the interval / ratio; nothing if that is not known */
} plx_compare_pair;

/** Where it ran: every factor that we can see. Empty text: not known. */
typedef struct plx_compare_host {
    char cpu[96], os[96], compiler[96], mpi[96], wait_policy[32], governor[32], load[48];
    int cores;
} plx_compare_host;

/** All that a comparison found. */
typedef struct plx_compare_result {
    plx_compare_plan plan;          /* with every default filled in */
    char program[4096];             /* this program's own path, if the plan named none */
    plx_compare_host host;
    char n[24], grain[24];          /* what the program said it ran; exact, so text */
    plx_compare_row *rows;
    size_t rows_count, base;        /* base: the row of serial */
    size_t *order;                  /* rows in the order of their timed launches */
    size_t order_count;
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

/** True if the kernel waits more than it computes, so that workers beyond the cores pay. */
bool plx_compare_waits(const plx_compare_result *);

/** The report for people: ASCII, below 100 columns. */
void plx_compare_write_text(const plx_compare_result *, FILE *);
/** The line on where it ran. */
void plx_compare_write_host(const plx_compare_host *, FILE *);

/** parallax.compare/1, parallax.compare-set/1: one line, to be freed; NULL without memory. */
char *plx_compare_json(const plx_compare_result *);
char *plx_compare_set_json(const plx_compare_result *results, size_t count);

#endif
