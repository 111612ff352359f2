/* SPDX-License-Identifier: MIT */
/*
 * compare/set.c: what `parallax compare` runs when no kernel is named.
 *
 * Two kernels that compute and one that waits: computing pays up to the cores, waiting far beyond.
 * The sizes leave most of a round to the starts of mpirun. Six rows need ten rounds to be told
 * apart at all, and fourteen to be so in spite of one that went wrong: some 45 s for each kernel.
 */
#include "compare/compare.h"
#include "plx/kernels.h"

static const char *const brief_wait[] = {"ms=5"};

static const struct {
    const char *kernel;
    size_t n, n_per_worker;         /* the larger of both counts: nobody of a large team is idle */
    int workers_per_core;
    const char *const *params;
    size_t params_count;
} set[] = {
    {"prime_sieve", 1000000000, 0, 1, NULL, 0},
    {"sum_squares", 500000000, 0, 1, NULL, 0},
    {"wait", 16, 2, 4, brief_wait, 1},
};

bool plx_compare_set_at(size_t i, plx_compare_plan *plan)
{
    if (i >= sizeof set / sizeof *set)
        return false;
    plan->kernel = plx_kernel_find(set[i].kernel);
    plan->workers = set[i].workers_per_core * plx_cores();
    plan->n = set[i].n_per_worker * (size_t)plan->workers;
    plan->n = plan->n > set[i].n ? plan->n : set[i].n;
    plan->n_given = true;
    plan->params = set[i].params;
    plan->params_count = set[i].params_count;
    return plan->kernel != NULL;
}
