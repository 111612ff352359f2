/* SPDX-License-Identifier: MIT */
/*
 * compare/sweep/fit.h: two laws of scaling, fitted to measured speed-ups.
 *
 * Both fits are least squares of the relative error in time, since noise of run times grows with
 * the time. Whether there are points enough for a fit to mean anything is for the caller to say.
 */
#ifndef COMPARE_FIT_H
#define COMPARE_FIT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * A parameter, and two of its standard errors to both sides, as far as it may go. Of so few points
 * that is a spread and no proof.
 *
 * Source   the jackknife, from fits that leave out each point in turn: Efron, The Jackknife, the
 *          Bootstrap and Other Resampling Plans, SIAM 1982, chapter 3
 */
typedef struct plx_fit_value {
    double value, low, high;        /* high may be INFINITY */
} plx_fit_value;

/**
 * Amdahl: S(p) = 1 / (b + (1 - b) / p); b: the share of the work that only one can do.
 *
 * Source   Amdahl, Validity of the single processor approach, AFIPS 1967
 */
typedef struct plx_amdahl {
    plx_fit_value b;                /* in [0, 1] */
    double error;                   /* root of the mean squared relative error in time */
} plx_amdahl;

/**
 * The universal scalability law: S(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1)): lambda is
 * what one worker does, sigma what they wait for each other, kappa what each pair costs.
 *
 * Source   Gunther, Guerrilla Capacity Planning, 2007, chapter 4
 */
typedef struct plx_usl {
    plx_fit_value lambda, sigma, kappa; /* the last two are at least 0 */
    plx_fit_value peak;             /* N of the largest S: sqrt((1 - sigma) / kappa), at least 1; */
    double error;                   /* INFINITY: it never falls */
} plx_usl;

/**
 * Fit n points. False: they do not determine the law, also not with one of them left out (amdahl: 2
 * points with more than one worker; usl: 4 distinct numbers of workers), or a value is not finite
 * and positive.
 */
bool plx_fit_amdahl(const double *workers, const double *speedup, size_t n, plx_amdahl *);
bool plx_fit_usl(const double *workers, const double *speedup, size_t n, plx_usl *);

/** The law itself. */
double plx_fit_usl_at(double lambda, double sigma, double kappa, double workers);

#endif
