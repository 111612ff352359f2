/* SPDX-License-Identifier: MIT */
/*
 * core/team.h: a team, the table of models, and one call as it passes through them.
 *
 * A model is one row of function pointers, the only thing that core knows of it.
 */
#ifndef PLX_CORE_TEAM_H
#define PLX_CORE_TEAM_H

#include "core/divide.h"
#include "core/fan.h"
#include "core/flow.h"
#include "core/run.h"
#include "core/scan.h"
#include "core/steps.h"
#include "core/tasks.h"
#include "core/times.h"

typedef struct plx_model plx_model;
typedef struct plx_pattern_row plx_pattern_row;

/** What a pattern is called with besides the job. */
typedef struct plx_ask {
    const plx_task *tasks;
    const plx_join *join;
    const plx_stream *stream;
    const plx_stage *stages;
    size_t stages_n;
    const plx_steps *steps;
    void (*body)(plx_tasks *, void *user);          /* of a scope */
    size_t expected;                /* its tasks as the caller knows them; 0: not */
    void *user;
    plx_part_call *part;            /* the body of a divide */
    void *arg;
} plx_ask;

/** One call: what the user passed, made one over all ranks, and its state. */
typedef struct plx_call {
    plx_pattern pattern;
    const plx_pattern_row *row;
    plx_job job;
    plx_ask ask;
    plx_stream stream;              /* item_size is rank 0's */
    plx_kernel kernel;
    uint64_t digest;                /* of kernel or tasks: equal on all ranks or PLX_MISMATCH */
    size_t failures_room;           /* this process's own: job becomes rank 0's */
    plx_failure *own_failures;
    bool missing;                   /* there was no job at all */
    bool traced;                    /* rank 0 has room for slices */
    plx_status mine;                /* what this process alone found, before all agreed */
    _Alignas(16) unsigned char ctx[PLX_CTX_MAX];
    plx_policy policy;              /* rank 0's, but for what is each rank's own */
    plx_pace pace;
    plx_run run;
    plx_fanout fan;
    plx_flow flow;
    plx_prefix prefix;
    plx_forks forks;
    plx_stepping stepping;
    plx_tasks tasks;
    plx_times times;
} plx_call;

struct plx_team {
    const plx_model *model;
    int cores;                      /* what it may use unless told how many threads */
    int threads;                    /* workers in this process */
    int workers;                    /* in all */
    int ranks, rank;
    plx_team *inner;                /* what a rank runs its part through; NULL but for mpi */
    void *own;                      /* the model's */
    /* why its ranks can make no call together (PLX_MISMATCH); the same on all, or empty */
    char apart[108];
    atomic_flag busy;
    /* the one that runs: a part of the team, so that none fails for want of it */
    plx_call call;
};

/**
 * NULL entries: not offered (patterns), or not needed because there is one process (agree to
 * info).
 */
struct plx_model {
    const char *name, *about;
    /**
     * threads 0: choose. mine: what went wrong before, told to the other ranks (agree) or not
     * called
     */
    plx_status (*open)(plx_team *, const plx_model *inner, int threads, plx_status mine);
    void (*close)(plx_team *);
    plx_status (*agree)(plx_team *, plx_status mine);   /* the worst of all ranks' */
    int (*lowest)(plx_team *, bool mine);               /* the first rank that says so, or ranks */
    void (*tell)(plx_team *, int from, void *bytes, size_t size); /* one rank's for all */
    /* job and ctx become rank 0's */
    plx_status (*begin)(plx_team *, plx_call *, plx_status mine);
    plx_status (*enter)(plx_team *, plx_call *);        /* narrow the run to this rank, make room */
    void (*leave)(plx_team *, plx_call *);
    void (*info)(const plx_team *, plx_team_info *);    /* what only ranks have */
    void (*report)(plx_team *, plx_call *, plx_status, plx_report *);
    void (*map)(plx_team *, plx_run *);
    void (*reduce)(plx_team *, plx_run *);
    void (*fan)(plx_team *, plx_fanout *);
    void (*pipeline)(plx_team *, plx_flow *);           /* batch runs, too */
    void (*scan)(plx_team *, plx_prefix *);
    void (*divide)(plx_team *, plx_forks *);
    void (*task)(plx_team *, plx_tasks *);
    void (*queue)(plx_team *, plx_stepping *);
};

/**
 * What core does for one pattern: what every call goes through is in call.c, what is the pattern's
 * own stands here. The loop is the model's.
 */
struct plx_pattern_row {
    const char *name, *about;
    bool cut;                       /* one job, cut into blocks: map, reduce, scan */
    bool (*offered)(const plx_model *);
    /* this process's arguments, before rank 0's job is known; sets the digest */
    plx_status (*check)(const plx_team *, plx_call *);
    plx_status (*open)(plx_team *, plx_call *);         /* the job is rank 0's: room, prepare */
    void (*run)(plx_team *, plx_call *);                /* call the model */
    /* the result stands: hand it out; NULL: nothing to be done */
    plx_status (*hand_over)(plx_team *, plx_call *, plx_status);
    /* n, grain, blocks of the report; NULL: the run's */
    void (*size)(const plx_call *, plx_report *);
    /* n, done and failed of the report as the pattern knows them itself; NULL: the run's */
    void (*count)(const plx_call *, plx_report *);
    void (*close)(plx_call *);                          /* on every path; or NULL */
};

/* rows.c; the later patterns' rows stand in their own files */
extern const plx_pattern_row plx_row_map, plx_row_reduce, plx_row_fan, plx_row_batch;
extern const plx_pattern_row plx_row_pipeline;
extern const plx_pattern_row plx_row_scan, plx_row_queue, plx_row_task, plx_row_priority;
extern const plx_pattern_row plx_row_divide;

/* call.c */
plx_status plx_call_make(plx_team *, plx_pattern, const plx_job *, const plx_ask *, plx_report *);
/* for rows: a kernel and a job as map and reduce check them, a run of one job as they open it */
plx_status plx_call_check(const plx_team *, plx_call *);
plx_status plx_call_open(plx_team *, plx_call *, bool fold);

/* models.c */
const plx_pattern_row *plx_models_pattern(plx_pattern);     /* NULL: there is none */

typedef struct plx_model_row {
    const char *name;               /* "mpi+omp" */
    const char *about;
    const plx_model *model, *inner; /* model NULL: not in this build */
    const char *missing;
} plx_model_row;

const plx_model_row *plx_models_row(size_t i);          /* NULL from the end on */
const plx_model_row *plx_models_find(const char *name);

/**
 * threads 0: the model's choice within cores. own: what the model's open shall find in team->own.
 * mine: a status that the caller found already, which the other ranks shall hear of.
 */
plx_status plx_team_make(const plx_model *, const plx_model *inner, int threads, int cores,
                         void *own, plx_status mine, plx_team **);

#endif
