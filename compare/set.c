/* SPDX-License-Identifier: MIT */
/*
 * compare/set.c: what `parallax compare` runs when no kernel is named.
 *
 * Two kernels that compute and one that waits: computing pays up to the cores, waiting far beyond.
 * The sizes make a serial launch take a few tenths of a second, so that the set takes about a
 * minute on two cores, most of it start-up.
 */
#include "compare/compare.h"
#include "plx/kernels.h"

static const struct {
    const char *kernel;
    size_t n;
    int workers_per_core;
} set[] = {
    {"prime_sieve", 100000000, 1},
    {"sum_squares", 100000000, 1},
    {"wait", 64, 4},
};

bool plx_compare_set_at(size_t i, plx_compare_plan *plan)
{
    if (i >= sizeof set / sizeof *set)
        return false;
    plan->kernel = plx_kernel_find(set[i].kernel);
    plan->n = set[i].n;
    plan->n_given = true;
    plan->workers = set[i].workers_per_core * plx_cores();
    return plan->kernel != NULL;
}
