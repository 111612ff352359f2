/* SPDX-License-Identifier: MIT */
/*
 * compare/sweep/metg.c: measures the few grains around each model's crossing, in passes over all
 * of them, so that what drifts shows as spread; how many rounds there are follows from the budget
 * alone.
 */
#include "compare/sweep/metg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/find.h"
#include "compare/launch.h"
#include "compare/sweep/metg_climb.h"
#include "compare/stats.h"
#include "compare/why.h"

enum { PASSES = 3, HIGHER = 3 };

static const double default_budget_s = 90, steady_s = 2e-6;

/* Seconds of one launch of every row that is wanted. */
static double launch_all_s(plx_metg_climb *up, const plx_metg_result *metg)
{
    double all_s = 0;
    for (size_t point = 0; point < up->grains; point++)
        all_s += up->took_s[point] * (double)plx_metg_climb_choose(up, metg, point, false);
    return all_s;
}

/* Rounds of each pass; a pass proves the answers once more. Rounds that were told need no budget,
   but the pilot does, or it would not be known where they are to be. */
static int plan_rounds(plx_metg_climb *up, plx_metg_result *metg, int told, char why[320])
{
    const double once_s = launch_all_s(up, metg),
                 left_s = metg->budget_s - (plx_launch_now_s() - up->begin_s);
    const int fit = once_s > 0 ? (int)fmin(left_s / once_s / PASSES - 1, 10) : 10;
    up->plan.rounds = told > 0 ? (told + PASSES - 1) / PASSES : fit > 2 ? fit : 2;
    const double need_s = plx_launch_now_s() - up->begin_s + 2 * PASSES * once_s;
    if (left_s > 0)
        return 0;
    return plx_why_refuse(
        why, "--metg: the budget of %g s (--budget) is too small; it needs more than %.0f s",
        metg->budget_s, need_s);
}

static bool keep_samples(plx_metg_point *point, size_t grain, const plx_compare_row *row)
{
    double *larger = realloc(point->work_s, (point->samples + row->samples) * sizeof *larger);
    if (!larger)
        return false;
    point->work_s = larger;
    point->grain = grain;
    memcpy(larger + point->samples, row->work_s, row->samples * sizeof *larger);
    point->samples += row->samples;
    return true;
}

static bool note_measured(plx_metg_climb *up, plx_metg_result *metg, size_t point,
                          const plx_compare_result *found)
{
    const size_t grain = up->grain[point];
    bool good = keep_samples(&up->serial[point], grain, &found->rows[found->base]);
    for (size_t c = 0; c < metg->curves_count; c++) {
        plx_metg_curve *curve = &metg->curves[c];
        const plx_compare_row *row = plx_find_row(found, curve->label);
        if (!row || !plx_metg_climb_wants(up, metg, c, point, false))
            continue;
        if (row->state != PLX_COMPARE_TIMED)
            plx_metg_climb_fail(metg, curve, row);
        else
            good = keep_samples(&curve->point[point], grain, row) && good;
    }
    return good;
}

static int measure_once(plx_metg_climb *up, plx_metg_result *metg, char why[320])
{
    int code = 0;
    for (size_t point = 0; code == 0 && point < up->grains; point++) {
        plx_compare_result found;
        up->plan.models_count = plx_metg_climb_choose(up, metg, point, false);
        if (up->plan.models_count == 0)
            continue;
        code = plx_metg_climb_compare(up, metg, point, &found, why);
        if (code == 0 && !note_measured(up, metg, point, &found))
            code = plx_why_no_memory(why);
        plx_compare_free(&found);
    }
    return code;
}

static double rate_at(const plx_metg_result *metg, const plx_metg_point *point)
{
    return (double)point->grain * (double)metg->blocks /
           plx_stats_median(point->work_s, point->samples);
}

/* The pilot is one launch, and may have been lucky: where even the largest grain turns out below
   half of the peak, larger ones are measured too. */
static void look_higher(plx_metg_climb *up, const plx_metg_result *metg)
{
    for (size_t i = 0; i < up->grains; i++)
        if (up->serial[i].samples > 0)
            up->best_per_s = fmax(up->best_per_s, metg->workers * rate_at(metg, &up->serial[i]));
    for (size_t c = 0; c < metg->curves_count; c++) {
        const plx_metg_point *top = &metg->curves[c].point[up->last[c]];
        if (top->samples > 0 && rate_at(metg, top) < up->best_per_s / 2)
            up->last[c] = up->last[c] + HIGHER < up->grains ? up->last[c] + HIGHER : up->grains - 1;
    }
}

/* Fewer passes than planned if the next one would overdraw the budget: time decides, not what was
   measured. */
static int measure(plx_metg_climb *up, plx_metg_result *metg, bool told, char why[320])
{
    int code = 0;
    for (int pass = 0; code == 0 && pass < PASSES; pass++) {
        const double from_s = plx_launch_now_s();
        code = measure_once(up, metg, why);
        up->plan.seed++; /* another order of launches; of made-up items too, for all alike */
        metg->rounds += up->plan.rounds;
        look_higher(up, metg);
        if (!told && 2 * plx_launch_now_s() - from_s > up->begin_s + metg->budget_s)
            break;
    }
    return code;
}

/* What serial did at each grain: its best, and whether items cost the same. */
static void judge_serial(plx_metg_climb *up, plx_metg_result *metg)
{
    double least_s = (double)INFINITY, most_s = 0;
    for (size_t i = 0; i < up->grains; i++) {
        const plx_metg_point *point = &up->serial[i];
        if (point->samples == 0)
            continue;
        const double n = (double)point->grain * (double)metg->blocks,
                     item_s = plx_stats_median(point->work_s, point->samples) / n;
        metg->serial_per_s = fmax(metg->serial_per_s, 1 / item_s);
        if (item_s * (double)point->grain < steady_s)
            continue;
        least_s = fmin(least_s, item_s);
        most_s = fmax(most_s, item_s);
    }
    metg->skew = most_s / least_s;
}

int plx_metg(const plx_compare_plan *asked, plx_metg_result *metg, char why[320])
{
    plx_metg_climb up = {0};
    memset(metg, 0, sizeof *metg);
    why[0] = '\0';
    metg->budget_s = asked->budget_s > 0 ? asked->budget_s : default_budget_s;
    int code = plx_metg_climb_run(&up, asked, metg, why);
    if (code == 0)
        code = plan_rounds(&up, metg, asked->rounds, why);
    if (code == 0)
        code = measure(&up, metg, asked->rounds > 0, why);
    metg->took_s = plx_launch_now_s() - up.begin_s;
    judge_serial(&up, metg);
    if (code == 0)
        plx_metg_judge(metg);
    for (size_t i = 0; i < PLX_METG_MOST; i++)
        free(up.serial[i].work_s);
    return code;
}

void plx_metg_free(plx_metg_result *metg)
{
    for (size_t c = 0; c < metg->curves_count; c++)
        for (size_t i = 0; i < PLX_METG_MOST; i++)
            free(metg->curves[c].point[i].work_s);
    free(metg->curves);
    memset(metg, 0, sizeof *metg);
}

int plx_metg_exit(const plx_metg_result *metg)
{
    return metg->code;
}
