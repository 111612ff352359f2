/* SPDX-License-Identifier: MIT */
/*
 * compare/sweep/sweep.c: which points there are, and one comparison after the other.
 *
 * Every point has an equal share of the budget, and more of it if points before it left something.
 */
#include "compare/sweep/sweep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/launch.h"
#include "compare/why.h"

const char *plx_sweep_axis_name(plx_sweep_axis axis)
{
    static const char *const names[] = {[PLX_SWEEP_WORKERS] = "workers", [PLX_SWEEP_ITEMS] = "n"};
    return names[axis];
}

/* The grid's next number above x; SIZE_MAX: there is none. */
static size_t next_items(size_t x)
{
    for (size_t ten = 1;; ten *= 10) {
        if (ten > x)
            return ten;
        if (ten > SIZE_MAX / 10)
            return SIZE_MAX;
        if (3 * ten > x)
            return 3 * ten;
    }
}

static size_t next_workers(size_t x)
{
    size_t two = 8;
    if (x < two)
        return x + 1;
    while (2 * two <= x)
        two *= 2;
    return x < two + two / 2 ? two + two / 2 : 2 * two;
}

size_t plx_sweep_grid(plx_sweep_axis axis, size_t low, size_t high, size_t at[PLX_SWEEP_MOST])
{
    size_t count = 0;
    for (size_t x = low; x < high;
         x = axis == PLX_SWEEP_ITEMS ? next_items(x) : next_workers(x), count++)
        if (count < PLX_SWEEP_MOST)
            at[count] = x;
    if (count < PLX_SWEEP_MOST)
        at[count] = high;
    return count + 1;
}

static void set_point(plx_compare_plan *plan, plx_sweep_axis axis, size_t x)
{
    if (axis == PLX_SWEEP_WORKERS) {
        plan->workers = (int)x;
    } else {
        plan->n = x;
        plan->n_given = true;
        plan->choose_n = false;
    }
}

/* What the first point found out holds for all. */
static void learn(plx_compare_plan *plan, const plx_compare_result *first)
{
    plan->lawful = true;
    plan->n = first->plan.n;
    plan->n_given = first->plan.n_given;
    plan->choose_n = false;
}

static int explain(const plx_sweep_result *sweep, size_t point, int code, char why[320])
{
    char line[320];
    snprintf(line, sizeof line, "%s", why);
    if (line[0] != '\0')
        snprintf(why, 320, "--sweep, %s = %zu%s: %.240s", plx_sweep_axis_name(sweep->points.axis),
                 sweep->points.at[point],
                 sweep->budget_s > 0 && code == plx_status_exit(PLX_BAD_JOB)
                     ? ", which has its equal share of the budget"
                     : "",
                 line);
    return code;
}

int plx_sweep(const plx_compare_plan *asked, const plx_sweep_points *points,
              plx_sweep_result *sweep, char why[320])
{
    plx_compare_plan plan = *asked;
    int code = 0;
    *sweep = (plx_sweep_result){.points = *points, .done = points->count};
    sweep->at = calloc(points->count, sizeof *sweep->at);
    why[0] = '\0';
    if (plan.rounds == 0)
        sweep->budget_s =
            plan.budget_s > 0 ? plan.budget_s : PLX_SWEEP_POINT_S * (double)points->count;
    const double end_s = plx_launch_now_s() + sweep->budget_s,
                 least_s = sweep->budget_s / (double)points->count;
    for (size_t left = points->count; sweep->at && code == 0 && left > 0; left--) {
        set_point(&plan, points->axis, points->at[left - 1]);
        if (plan.rounds == 0)
            plan.budget_s = fmax(least_s, (end_s - plx_launch_now_s()) / (double)left);
        code = plx_compare(&plan, &sweep->at[left - 1], why);
        if (code != 0)
            return explain(sweep, left - 1, code, why);
        learn(&plan, &sweep->at[left - 1]);
    }
    return sweep->at && plx_sweep_judge(sweep) ? code : plx_why_no_memory(why);
}

void plx_sweep_free(plx_sweep_result *sweep)
{
    for (size_t i = 0; sweep->at && i < sweep->done; i++)
        plx_compare_free(&sweep->at[i]);
    free(sweep->at);
    free(sweep->curves);
    free(sweep->crossovers);
    free(sweep->text);
    memset(sweep, 0, sizeof *sweep);
}

int plx_sweep_exit(const plx_sweep_result *sweep)
{
    int worst = 0;
    for (size_t i = 0; i < sweep->done; i++) {
        int code = plx_compare_exit(&sweep->at[i]);
        if (worst == 0 || code == plx_status_exit(PLX_MISMATCH))
            worst = code;
    }
    return worst;
}

bool plx_sweep_beyond(const plx_compare_result *point)
{
    return !point->about.waits && point->about.workers > point->host.cores;
}
