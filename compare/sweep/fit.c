/* SPDX-License-Identifier: MIT */
/*
 * compare/sweep/fit.c: both laws are linear in their parameters once they are written as a time:
 * for Amdahl 1/S = b + (1 - b) / p, for the USL N/S = (1 + sigma (N - 1) + kappa N (N - 1)) /
 * lambda.
 *
 * Times S of a point are its relative error, so a fit is one small linear system: no start value,
 * no iteration, one answer. A parameter that would come out negative is set to zero and the rest is
 * solved again; of all such choices the one with the least error stands.
 */
#include "compare/sweep/fit.h"

#include <math.h>

enum { TERMS = 3 }; /* of the USL: 1, N - 1, N (N - 1) */

static const size_t nobody = (size_t)-1; /* is left out */

static double amdahl_at(double b, double workers)
{
    return 1 / (b + (1 - b) / workers);
}

double plx_fit_usl_at(double lambda, double sigma, double kappa, double workers)
{
    double others = workers - 1;
    return lambda * workers / (1 + sigma * others + kappa * workers * others);
}

static bool sound(const double *workers, const double *speedup, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(workers[i]) || !isfinite(speedup[i]) || workers[i] < 1 || speedup[i] <= 0)
            return false;
    return true;
}

/* What a parameter came to as each point was left out, for its standard error. */
typedef struct jackknife {
    double n, mean, squares;
} jackknife;

/* Welford's running mean and sum of squared distances from it. */
static void leave_out(jackknife *knife, double value)
{
    const double before = value - knife->mean;
    knife->mean += before / ++knife->n;
    knife->squares += before * (value - knife->mean);
}

static plx_fit_value spread(double value, const jackknife *knife, double least, double most)
{
    const double errors = 2 * sqrt(knife->squares * (knife->n - 1) / knife->n);
    return (plx_fit_value){value, fmax(least, value - errors), fmin(most, value + errors)};
}

static bool solve_amdahl(const double *p, const double *s, size_t n, size_t without, double *b)
{
    double above = 0, below = 0;
    for (size_t i = 0; i < n; i++) {
        double slope = i == without ? 0 : s[i] * (1 - 1 / p[i]);
        above += slope * (1 - s[i] / p[i]);
        below += slope * slope;
    }
    *b = fmin(fmax(above / below, 0), 1);
    return below > 0;
}

bool plx_fit_amdahl(const double *workers, const double *speedup, size_t n, plx_amdahl *fit)
{
    double b, squares = 0;
    jackknife knife = {0};
    if (!sound(workers, speedup, n) || !solve_amdahl(workers, speedup, n, nobody, &b))
        return false;
    for (size_t i = 0; i < n; i++) {
        double error = speedup[i] / amdahl_at(b, workers[i]) - 1, other;
        squares += error * error;
        if (!solve_amdahl(workers, speedup, n, i, &other))
            return false;
        leave_out(&knife, other);
    }
    *fit = (plx_amdahl){spread(b, &knife, 0, 1), sqrt(squares / (double)n)};
    return true;
}

/* Add a point to the normal equations: its terms times S/N should add up to 1. */
static void add_point(double system[TERMS][TERMS + 1], double workers, double speedup)
{
    const double each = speedup / workers,
                 term[TERMS] = {each, each * (workers - 1), each * workers * (workers - 1)};
    for (size_t i = 0; i < TERMS; i++) {
        for (size_t j = 0; j < TERMS; j++)
            system[i][j] += term[i] * term[j];
        system[i][TERMS] += term[i];
    }
}

/* A term that is not used stands alone, as zero. */
static void drop_terms(double system[TERMS][TERMS + 1], unsigned used)
{
    for (size_t i = 0; i < TERMS; i++)
        for (size_t j = 0; j < TERMS && !(used >> i & 1); j++)
            system[i][j] = system[j][i] = i == j;
    for (size_t i = 0; i < TERMS; i++)
        system[i][TERMS] *= used >> i & 1;
}

/* Cholesky: the matrix is symmetric, and positive unless the points do not determine the terms. A
   pivot of which cancellation has left nothing says that they do not. */
static bool solve(double system[TERMS][TERMS + 1], double x[TERMS])
{
    for (size_t k = 0; k < TERMS; k++) {
        const double whole = system[k][k];
        for (size_t j = 0; j < k; j++)
            system[k][k] -= system[k][j] * system[k][j];
        if (system[k][k] <= 1e-12 * whole)
            return false;
        system[k][k] = sqrt(system[k][k]);
        for (size_t i = k + 1; i < TERMS; i++) {
            for (size_t j = 0; j < k; j++)
                system[i][k] -= system[i][j] * system[k][j];
            system[i][k] /= system[k][k];
        }
    }
    for (size_t k = 0; k < TERMS; k++) {
        x[k] = system[k][TERMS];
        for (size_t j = 0; j < k; j++)
            x[k] -= system[k][j] * x[j];
        x[k] /= system[k][k];
    }
    for (size_t k = TERMS; k-- > 0;) {
        for (size_t j = k + 1; j < TERMS; j++)
            x[k] -= system[j][k] * x[j];
        x[k] /= system[k][k];
    }
    return true;
}

typedef struct usl {
    double lambda, sigma, kappa, squares;
} usl;

static bool solve_terms(const double *workers, const double *speedup, size_t n, size_t without,
                        unsigned used, usl *found)
{
    double system[TERMS][TERMS + 1] = {{0}}, x[TERMS];
    for (size_t i = 0; i < n; i++)
        if (i != without)
            add_point(system, workers[i], speedup[i]);
    drop_terms(system, used);
    if (!solve(system, x) || x[0] <= 0 || x[1] < 0 || x[2] < 0)
        return false;
    *found = (usl){.lambda = 1 / x[0], .sigma = x[1] / x[0], .kappa = x[2] / x[0]};
    for (size_t i = 0; i < n; i++) {
        double error =
            speedup[i] / plx_fit_usl_at(found->lambda, found->sigma, found->kappa, workers[i]) - 1;
        found->squares += i == without ? 0 : error * error;
    }
    return true;
}

static bool solve_usl(const double *workers, const double *speedup, size_t n, size_t without,
                      usl *best)
{
    usl other;
    bool any = false;
    for (unsigned used = 1; used < 1u << TERMS; used += 2)
        if (solve_terms(workers, speedup, n, without, used, &other) &&
            (!any || other.squares < best->squares)) {
            *best = other;
            any = true;
        }
    return any;
}

/* 1 / peak^2, in [0, 1]: it stays finite where there is no peak. */
static double bend_of(const usl *law)
{
    return law->sigma < 1 ? fmin(1, law->kappa / (1 - law->sigma)) : 1;
}

static double peak_of(double bend)
{
    return bend > 0 ? 1 / sqrt(bend) : (double)INFINITY;
}

static size_t distinct(const double *workers, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        bool seen = false;
        for (size_t j = 0; j < i; j++)
            seen = seen || workers[i] == workers[j];
        count += !seen;
    }
    return count;
}

bool plx_fit_usl(const double *workers, const double *speedup, size_t n, plx_usl *fit)
{
    usl all, other;
    jackknife lambda = {0}, sigma = {0}, kappa = {0}, bends = {0};
    if (!sound(workers, speedup, n) || distinct(workers, n) <= TERMS ||
        !solve_usl(workers, speedup, n, nobody, &all))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!solve_usl(workers, speedup, n, i, &other))
            return false;
        leave_out(&lambda, other.lambda);
        leave_out(&sigma, other.sigma);
        leave_out(&kappa, other.kappa);
        leave_out(&bends, bend_of(&other));
    }
    const double most = (double)INFINITY;
    const plx_fit_value bend = spread(bend_of(&all), &bends, 0, 1);
    fit->lambda = spread(all.lambda, &lambda, 0, most);
    fit->sigma = spread(all.sigma, &sigma, 0, most);
    fit->kappa = spread(all.kappa, &kappa, 0, most);
    fit->peak = (plx_fit_value){peak_of(bend.value), peak_of(bend.high), peak_of(bend.low)};
    fit->error = sqrt(all.squares / (double)n);
    return true;
}
