/* SPDX-License-Identifier: MIT */
/*
 * compare/probe.c: what is found out by launches of their own before any answer is compared.
 *
 * A kernel that breaks a law gives answers that differ by luck: that is told before, by the law's
 * name, and not afterwards as a model's fault. And a time means little if the call is so short that
 * its start is all there is, so n grows until the call is long enough.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/probe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/answer.h"
#include "compare/plan.h"
#include "compare/why.h"

static const double long_enough_s = 0.05, aim_s = 0.1, most_growth = 100, most_items = 1e12,
                    most_bytes = 1 << 30;

int plx_probe_laws(const plx_compare_plan *plan, char why[320])
{
    plx_launch process = {.end = PLX_LAUNCH_NOT_STARTED, .last = "out of memory"};
    plx_answer answer = {.kind = PLX_ANSWER_BAD};
    if (plan->lawful)
        return 0;
    char **argv = plx_plan_check_command(plan);
    if (argv)
        plx_launch_run(argv, plan->limit_s, &process);
    plx_answer_explain(&answer, &process, plan->limit_s);
    if (answer.kind == PLX_ANSWER_GOOD && !process.out_size) {
        answer = (plx_answer){.kind = PLX_ANSWER_BAD, .exit_code = plx_status_exit(PLX_BAD_KERNEL)};
        snprintf(answer.why, sizeof answer.why, "kernel '%.64s': it ended the process",
                 plan->kernel->name);
    }
    free(process.out);
    free(argv);
    if (answer.kind == PLX_ANSWER_INTERRUPTED)
        return plx_why_stopped(why);
    if (answer.kind == PLX_ANSWER_GOOD)
        return 0;
    snprintf(why, 320, "%s%.290s",
             process.end == PLX_LAUNCH_EXITED ? "" : "the check of its laws: ", answer.why);
    return answer.exit_code;
}

/* One figure and zeros. */
static double round_figure(double n)
{
    double ten = pow(10, floor(log10(n)));
    return ceil(n / ten) * ten;
}

/* Never so many that the items alone fill the memory. */
static double ceiling(const plx_kernel *kernel)
{
    size_t bytes = (kernel->in_size == PLX_VARIES ? 64 : kernel->in_size) + kernel->out_size;
    double most = most_bytes / (double)(bytes ? bytes : 1);
    return bytes && most < most_items ? floor(most) : most_items;
}

/* 0 and how long a serial call of n items (0: not told) takes; its words if it fails. */
static int try_items(const plx_compare_result *result, double n, double *work_s, char why[320])
{
    plx_compare_plan plan = result->plan;
    plx_answer answer;
    plan.n = (size_t)n;
    plan.n_given = n > 0;
    plan.repeats = 1;
    plx_answer_get(&answer, &plan, &result->rows[result->base]);
    int code = answer.kind == PLX_ANSWER_GOOD ? 0 : answer.exit_code;
    snprintf(why, 320, "%s", answer.why);
    if (answer.kind == PLX_ANSWER_INTERRUPTED)
        code = plx_why_stopped(why);
    *work_s = answer.work_s;
    plx_answer_free(&answer);
    return code;
}

/* Whether the kernel has a number of its own is for `run` to say: a user's may crash over it. A
   size that the kernel refuses ends the search; the one before it stands. */
int plx_probe_items(plx_compare_result *result, char why[320])
{
    plx_compare_plan *plan = &result->plan;
    const double most = ceiling(plan->kernel);
    double n = 1, took;
    int code = try_items(result, 0, &took, why);
    if (code == plx_status_exit(PLX_BAD_JOB))
        code = try_items(result, n, &took, why);
    else if (code == 0)
        plan->choose_n = false;
    if (code != 0 || !plan->choose_n)
        return code;
    while (took < long_enough_s && n < most) {
        double growth = fmin(aim_s / fmax(took, 1e-6), most_growth);
        double next = fmin(round_figure(fmax(2, growth) * n), most);
        code = try_items(result, next, &took, why);
        if (code > 128)
            return code;
        if (code != 0)
            break;
        n = next;
    }
    plan->n = (size_t)n;
    plan->n_given = true;
    why[0] = '\0';
    return 0;
}
