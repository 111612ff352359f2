/* SPDX-License-Identifier: MIT */
/*
 * compare/sweep/sweep.h: a comparison at each of several numbers of workers, or of items.
 *
 * Each point is a whole comparison with its own serial base, so what drifts between points cancels
 * in the ratios. Curves, crossovers and fits follow from the points alone: plx_sweep_judge() makes
 * them, also of points that were read back.
 */
#ifndef COMPARE_SWEEP_H
#define COMPARE_SWEEP_H

#include "compare/compare.h"
#include "compare/sweep/fit.h"

enum { PLX_SWEEP_MOST = 32, PLX_SWEEP_FIT = 6 };    /* points; worker counts that a fit needs */

/** Of the budget, if none is told: seconds for each point. */
#define PLX_SWEEP_POINT_S 20

typedef enum plx_sweep_axis { PLX_SWEEP_WORKERS, PLX_SWEEP_ITEMS, PLX_SWEEP_AXES } plx_sweep_axis;

/** Where to measure: rising numbers. */
typedef struct plx_sweep_points {
    plx_sweep_axis axis;
    size_t at[PLX_SWEEP_MOST], count;
} plx_sweep_points;

/** A model at one point, beside serial at the same point. */
typedef struct plx_sweep_spot {
    bool timed;                     /* else the rest means nothing */
    int workers;                    /* the true number */
    plx_interval speedup;           /* serial's time / this one's, paired by round */
    plx_compare_outcome outcome;    /* of this one; known only if speedup is */
    double efficiency;              /* speedup / workers */
    plx_interval karp_flatt;        /* the serial fraction; NAN with one worker */
} plx_sweep_spot;

/** One label at all points. */
typedef struct plx_sweep_curve {
    char label[96];
    plx_sweep_spot spot[PLX_SWEEP_MOST];
    size_t cost;                    /* the first point that beats serial; count: none */
    bool fitted, usl_fitted;        /* usl only if fitted */
    plx_amdahl amdahl;
    plx_usl usl;
    char why[160];                  /* not fitted, or no usl: why; else empty */
} plx_sweep_curve;

/** Up to which point a is the faster one, and from which b is: indices; count: nowhere. */
typedef struct plx_sweep_crossover {
    char a[96], b[96];              /* a: "serial", or a model */
    size_t below, from;
    bool again;                     /* they change places more than once: no such points */
} plx_sweep_crossover;

typedef struct plx_sweep_result {
    plx_sweep_points points;
    plx_compare_result *at;         /* [points.count]; the first `done` hold something */
    size_t done;
    double budget_s;                /* for all points; 0: the rounds were told */
    plx_sweep_curve *curves;        /* every label but serial's, in order of first appearance */
    size_t curves_count;
    plx_sweep_crossover *crossovers;    /* sweeps of n: serial with each, models that cross */
    size_t crossovers_count;
    char *text;                     /* what they say in words, lines end in \n */
} plx_sweep_result;

/** "workers" or "n". */
const char *plx_sweep_axis_name(plx_sweep_axis);

/**
 * The points of a range: low, high, and between them 1, 3, 10, 30 ... items, or every worker count
 * up to 8 and then 12, 16, 24, 32, 48 ...
 *
 * Errors   how many points that are; those beyond PLX_SWEEP_MOST are not written
 */
size_t plx_sweep_grid(plx_sweep_axis, size_t low, size_t high, size_t at[PLX_SWEEP_MOST]);

/**
 * Compare at each point, the largest first: what does not fit the budget is known soonest. A file's
 * laws are checked once, and n is chosen once. The budget is for all points together; 0:
 * PLX_SWEEP_POINT_S for each, unless the rounds are told.
 *
 * Errors   as plx_compare(); why names the point
 */
int plx_sweep(const plx_compare_plan *, const plx_sweep_points *, plx_sweep_result *,
              char why[320]);
void plx_sweep_free(plx_sweep_result *);

/** Make curves, crossovers and text of the points. False: out of memory. */
bool plx_sweep_judge(plx_sweep_result *);

/** 78 if an answer differed at any point, else the first code of a point, else 0. */
int plx_sweep_exit(const plx_sweep_result *);

/** True if this point asks for more workers than there are cores, of a kernel that computes. */
bool plx_sweep_beyond(const plx_compare_result *point);

/** The report for people: ASCII, below 100 columns. */
void plx_sweep_write_text(const plx_sweep_result *, FILE *);

/** parallax.sweep/1: one line, to be freed; NULL without memory. */
char *plx_sweep_json(const plx_sweep_result *);

#endif
