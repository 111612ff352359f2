/* SPDX-License-Identifier: MIT */
/*
 * compare/advise/advise.h: which model, how many workers, which schedule and grain, from short
 * probes.
 *
 * What a kernel is called, and what it says of itself, decides nothing: only what launches of it
 * were seen to cost. The probes give facts, rules turn facts into predictions, and the few
 * candidates that are predicted to be best are run in rounds before one of them is named.
 */
#ifndef COMPARE_ADVISE_H
#define COMPARE_ADVISE_H

#include "compare/compare.h"

enum {
    PLX_ADVISE_STEPS = 5, PLX_ADVISE_MODELS = 8, PLX_ADVISE_MOST = 256, PLX_ADVISE_SAMPLES = 9
};

/** What one model costs before it does any work. */
typedef struct plx_advise_model {
    char name[16];
    bool ranks, threads;            /* what it can have more than one of */
    bool known;                     /* it was launched: the three times hold */
    double call_s;                  /* the smallest call, its own items' time taken off */
    double open_s, launch_s;
} plx_advise_model;

/** What the probes found. */
typedef struct plx_advise_facts {
    double n, probe_n;              /* items: asked for; of the probes, fewer if n takes too long */
    double growth;                  /* seconds grow as items to this power */
    double serial_s;                /* a call of probe_n items */
    double share;                   /* of it that the processor was busy; 1 if not told */
    double *cost_s;                 /* of each block of probe_n items, in order; NULL: not known */
    size_t blocks;
    double grain;                   /* items of such a block */
    double whole_grain;             /* items a block by default: a multiple of grain */
    double hand_s;                  /* one hand-out */
    double bytes, memory;           /* in and out, for n items; free here. 0: not known */
    double traffic;                 /* bytes that a call of probe_n items moves; 0: not told */
    int cores, nodes;
    int limit;                      /* most workers allowed; 0: not told */
    bool scheduled;                 /* the pattern has a schedule and a grain to choose */
    plx_advise_model model[PLX_ADVISE_MODELS];
    size_t models;
} plx_advise_facts;

/** One way to run it. */
typedef struct plx_advise_candidate {
    char model[16], schedule[8];    /* schedule: empty if there is none to choose */
    int workers, ranks, threads;    /* in all; processes; threads in each */
    double grain;                   /* items a block; 0: the default */
    double simulated_s;             /* a call of probe_n items by the rules */
    double sample_s[PLX_ADVISE_SAMPLES];
    size_t samples;                 /* launches that really ran it */
    double measured_s;              /* their median, if there are any */
    double predicted_s;             /* a call of n items */
} plx_advise_candidate;

/** One rung of the ladder. */
typedef struct plx_advise_step {
    const char *question;
    char answer[64], reason[320];
    double value;                   /* what the answer rests on; NAN: no number */
} plx_advise_step;

typedef struct plx_advise_result {
    char kernel[72], pattern[16];
    plx_advise_facts facts;
    plx_advise_candidate *candidates; /* PLX_ADVISE_MOST; the first is serial */
    size_t count, choice;
    bool several;                   /* the data needs the memory of several machines */
    double spread;                  /* half the range of the choice's launches, relative */
    plx_advise_step step[PLX_ADVISE_STEPS];
    char sure[320];                 /* how sure, in a sentence */
    char *command;                  /* what to type */
} plx_advise_result;

/**
 * Advise on a plan's kernel, n, pattern, parameters and input. plan->workers: the most workers
 * allowed (0: what the probes say); budget_s: for the candidates' rounds, without starting mpirun
 * (0: 4); models, factors and rounds are not read. shown: the kernel as the user names it.
 *
 * Errors   as plx_compare(); 78: a model gave another answer than serial
 */
int plx_advise(const plx_compare_plan *, const char *shown, plx_advise_result *, char why[320]);
void plx_advise_free(plx_advise_result *);

/** For people: ASCII, below 100 columns. */
void plx_advise_write_text(const plx_advise_result *, FILE *);
/** parallax.advise/1: one line, to be freed; NULL without memory. */
char *plx_advise_json(const plx_advise_result *);

#endif
