/* SPDX-License-Identifier: MIT */
/*
 * compare/sweep/metg.h: the minimum effective task granularity: the smallest mean time of a block
 * at which a model still does half of what the machine can.
 *
 * The number of blocks is fixed, so handing them out costs the same at each point while the work in
 * them shrinks by halves. All models are held against one peak, else the slowest would look best.
 *
 * Source   Slaughter et al., Task Bench: A Parameterized Benchmark for Evaluating Parallel Runtime
 *          Performance, SC 2020, section 4
 */
#ifndef COMPARE_METG_H
#define COMPARE_METG_H

#include "compare/compare.h"

enum {
    PLX_METG_MOST = 16,             /* grains, each twice the one before */
    PLX_METG_BLOCKS = 512           /* for each worker */
};

/** One grain under one model. */
typedef struct plx_metg_point {
    size_t grain;                   /* items a block; n is that times the blocks */
    double *work_s;                 /* each round's call */
    size_t samples;                 /* 0: not measured */
    double granularity_s, efficiency;   /* medians: call x workers / blocks; its rate / the peak */
} plx_metg_point;

typedef struct plx_metg_curve {
    char label[96];
    int workers;
    plx_metg_point point[PLX_METG_MOST];    /* [i]: the ladder's i-th grain, smallest first */
    bool found;
    plx_interval metg;              /* s; low 0 or high INFINITY: beyond what was measured */
    char why[320];                  /* not found: why */
} plx_metg_curve;

typedef struct plx_metg_result {
    char kernel[72], pattern[16];
    plx_compare_host host;
    int workers, rounds;            /* rounds of each point */
    size_t blocks;                  /* of each call */
    double serial_per_s;            /* items a second: serial's best point */
    double peak_per_s;              /* of all workers: the best model's, or workers x serial's */
    char peak[96];                  /* whose that is: a label, or "serial x workers" */
    double skew;                    /* an item's cost at the dearest n / cheapest; 0: unknown */
    plx_metg_curve *curves;
    size_t curves_count;
    double budget_s, took_s;
    int code;                       /* 78: an answer differed; else of the first that failed; 0 */
} plx_metg_result;

/**
 * Measure. plan: n, grain and schedule are this function's (no factor may set them); rounds 0: as
 * many as the budget (0: 90 s) allows, with intervals from 6 on.
 *
 * Errors   as plx_compare(); 64 also for items that cannot be made into short blocks
 */
int plx_metg(const plx_compare_plan *, plx_metg_result *, char why[320]);
void plx_metg_free(plx_metg_result *);

/**
 * From every point's samples to the peak, efficiencies and METG. A curve is refused (why says so)
 * if its points do not lie on both sides of 50 %, or above 150 %, where the peak cannot be right.
 */
void plx_metg_judge(plx_metg_result *);

int plx_metg_exit(const plx_metg_result *);

/** The report for people: ASCII, below 100 columns. */
void plx_metg_write_text(const plx_metg_result *, FILE *);

/** parallax.metg/1: one line, to be freed; NULL without memory. */
char *plx_metg_json(const plx_metg_result *);

#endif
