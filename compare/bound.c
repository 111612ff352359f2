/* SPDX-License-Identifier: MIT */
/*
 * compare/bound.c: copies of the serial program that know nothing of each other.
 *
 * They share what cores share (power, caches, memory, a physical core) and nothing else, so what
 * they do together is the most that any division of the work can do. Where memory is what they
 * share, `square`, which does hardly anything but move bytes, tells how fast that is.
 */
#include "compare/bound.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "compare/answer.h"
#include "compare/host.h"
#include "plx/kernels.h"

enum { SQUARES = 1 << 24 }; /* 256 MiB in and out: beyond any cache of one core */

static double half_the_memory(void)
{
    return plx_host_memory() / 2;
}

/* What one copy holds of items and results. */
static double bytes_of_copy(const plx_compare_result *result)
{
    const plx_kernel *kernel = result->plan.kernel;
    double n = strtod(result->about.n, NULL), bytes = n * (double)kernel->out_size;
    struct stat input;
    if (result->plan.input && stat(result->plan.input, &input) == 0)
        return bytes + (double)input.st_size;
    return bytes + n * (kernel->in_size == PLX_VARIES ? 64 : (double)kernel->in_size);
}

int plx_bound_copies(const plx_compare_result *result)
{
    const plx_compare_plan *plan = &result->plan;
    int cores = plx_cores(), copies = plan->workers < cores ? plan->workers : cores;
    size_t others = 0;
    for (size_t r = 0; r < result->rows_count; r++)
        others += strcmp(result->rows[r].model, "serial") != 0 &&
                  result->rows[r].state == PLX_COMPARE_TIMED;
    if (plan->bare || others == 0 || copies < 2 || result->about.waits ||
        copies * bytes_of_copy(result) > half_the_memory())
        return 0;
    return copies;
}

double plx_bound_together(const plx_compare_result *result, const plx_compare_row *row, int copies,
                          double *process_s)
{
    plx_answer *answers = calloc((size_t)copies, sizeof *answers);
    double sum = 0;
    *process_s = 0;
    if (!answers)
        return -1;
    plx_answer_get_many(answers, (size_t)copies, &result->plan, row);
    for (int i = 0; i < copies; i++) {
        sum += answers[i].kind == PLX_ANSWER_GOOD ? answers[i].work_s : (double)NAN;
        *process_s += answers[i].process_s;
        plx_answer_free(&answers[i]);
    }
    free(answers);
    return isfinite(sum) ? sum / copies : -1;
}

/* The better of two launches: a bound is what can be reached. */
double plx_bound_memory(const plx_compare_result *result)
{
    plx_compare_plan plan = {.program = result->plan.program, .kernel = plx_kernel_find("square"),
                             .pattern = "map", .n = SQUARES, .n_given = true, .repeats = 3,
                             .seed = 1, .limit_s = result->plan.limit_s};
    plx_compare_row row = {.model = "pthread", .ranks = 1};
    double most = 0;
    int cores = plx_cores();
    row.threads = result->plan.workers < cores ? result->plan.workers : cores;
    if (result->plan.bare || !(result->about.bytes > 0) || !plan.kernel ||
        (double)SQUARES * 16 > half_the_memory())
        return 0;
    for (int i = 0; i < 2; i++) {
        plx_answer answer;
        plx_answer_get(&answer, &plan, &row);
        if (answer.kind == PLX_ANSWER_GOOD && answer.bytes > 0)
            most = fmax(most, answer.bytes / answer.work_s);
        plx_answer_free(&answer);
    }
    return most;
}
