/* SPDX-License-Identifier: MIT */
/*
 * compare/sweep/metg_climb.c: up the ladder, one comparison of one round at each grain.
 *
 * Pilot times choose the points and are never used again: chosen by one sample, judged by others.
 */
#include "compare/sweep/metg_climb.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/find.h"
#include "compare/report/labels.h"
#include "compare/launch.h"
#include "compare/why.h"

enum { BEFORE = 2, BEHIND = 1 }; /* grains to both sides of the crossing */

static const double least_block_s = 0.05e-6, most_block_s = 2e-3, most_bytes = 1 << 30;

static void list_models(plx_metg_climb *up, const plx_compare_plan *asked)
{
    plx_model_info info;
    for (size_t i = 0; up->all_count < PLX_METG_MODELS; i++) {
        if (asked->models ? i == asked->models_count : !plx_model_at(i, &info))
            return;
        up->all[up->all_count++] = asked->models ? asked->models[i] : info.name;
    }
}

/* Every launch hands out block by block; the grain comes with each point. */
static int begin(plx_metg_climb *up, const plx_compare_plan *asked, char why[320])
{
    up->plan = *asked;
    up->begin_s = plx_launch_now_s();
    list_models(up, asked);
    if (asked->factors_count + 2 > PLX_METG_FACTORS)
        return plx_why_refuse(why, "--metg: %d factors are the most beside it",
                              PLX_METG_FACTORS - 2);
    if (asked->kernel->in_size == PLX_VARIES || !asked->kernel->map)
        return plx_why_refuse(why, "--metg: %s has no map of items of one size",
                              asked->kernel->name);
    if (asked->factors_count > 0)
        memcpy(up->factor, asked->factors, asked->factors_count * sizeof *up->factor);
    up->level[0] = "dynamic";
    up->level[1] = up->grain_word;
    up->factor[asked->factors_count] =
        (plx_compare_factor){.name = "schedule", .levels = &up->level[0], .count = 1};
    up->factor[asked->factors_count + 1] =
        (plx_compare_factor){.name = "grain", .levels = &up->level[1], .count = 1};
    up->plan.pattern = plx_pattern_name(PLX_MAP);
    up->plan.factors = up->factor;
    up->plan.factors_count = asked->factors_count + 1;
    up->plan.rounds = 1;
    up->plan.budget_s = 0;
    up->plan.bare = true;
    up->plan.choose_n = true;
    up->plan.n_given = false;
    return 0;
}

void plx_metg_climb_fail(plx_metg_result *metg, plx_metg_curve *curve, const plx_compare_row *row)
{
    snprintf(curve->why, sizeof curve->why, "%s: %.280s", plx_labels_refused(row->state), row->why);
    if (row->state == PLX_COMPARE_DIFFERS)
        metg->code = plx_status_exit(PLX_MISMATCH);
    else if (row->state == PLX_COMPARE_FAILED && metg->code == 0)
        metg->code = row->exit_code;
}

/* Who takes part, what an item costs, and how fast it can go. */
static int survey(plx_metg_climb *up, plx_metg_result *metg, char why[320])
{
    plx_compare_result found;
    int code = plx_compare(&up->plan, &found, why);
    const double n = strtod(found.about.n, NULL);
    metg->curves = calloc(found.rows_count + 1, sizeof *metg->curves);
    for (size_t r = 0; code == 0 && metg->curves && r < found.rows_count; r++) {
        const plx_compare_row *row = &found.rows[r];
        if (strcmp(row->model, "serial") == 0 || metg->curves_count == PLX_METG_MODELS)
            continue;
        memcpy(up->model_of[metg->curves_count], row->model, sizeof row->model);
        plx_metg_curve *curve = &metg->curves[metg->curves_count++];
        snprintf(curve->label, sizeof curve->label, "%s", row->label);
        curve->workers = row->workers;
        if (row->state != PLX_COMPARE_TIMED)
            plx_metg_climb_fail(metg, curve, row);
        else
            up->best_per_s = fmax(up->best_per_s, n / row->work.median);
    }
    if (code == 0) {
        up->item_s = found.rows[found.base].work.median / n;
        up->plan.lawful = true;
        up->plan.choose_n = false;
        up->plan.n_given = true;
        up->plan.factors_count++;
        metg->host = found.host;
        metg->workers = found.about.workers;
        metg->blocks = (size_t)PLX_METG_BLOCKS * (size_t)metg->workers;
        up->best_per_s = fmax(up->best_per_s, metg->workers / up->item_s);
        snprintf(metg->kernel, sizeof metg->kernel, "%s", found.about.kernel);
        snprintf(metg->pattern, sizeof metg->pattern, "%s", found.about.pattern);
    }
    plx_compare_free(&found);
    if (code == 0 && !metg->curves)
        return plx_why_no_memory(why);
    return code;
}

/* Blocks from below a microsecond to some milliseconds, as far as the items fit the memory. */
static int make_ladder(plx_metg_climb *up, const plx_metg_result *metg, char why[320])
{
    const plx_kernel *kernel = up->plan.kernel;
    const double item = (double)(kernel->in_size + kernel->out_size + 1),
                 most = most_bytes / item / (double)metg->blocks;
    if (!(up->item_s * 2 < most_block_s))
        return plx_why_refuse(
            why,
            "--metg: an item takes %.3g ms, so no block is short; give parameters (-P) that make "
            "items shorter",
            1e3 * up->item_s);
    double grain = fmax(1, floor(least_block_s / up->item_s));
    while (up->grains < PLX_METG_MOST && grain <= most &&
           (up->grains < 2 || grain * up->item_s < most_block_s)) {
        up->grain[up->grains++] = (size_t)grain;
        grain *= 2;
    }
    if (up->grains < 2)
        return plx_why_refuse(why, "--metg: %zu blocks of such items do not fit 1 GiB",
                              metg->blocks);
    return 0;
}

bool plx_metg_climb_wants(const plx_metg_climb *up, const plx_metg_result *metg, size_t c,
                          size_t point, bool pilot)
{
    if (*metg->curves[c].why)
        return false;
    return pilot ? up->in_a_row[c] < 2 : up->first[c] <= point && point <= up->last[c];
}

/* The models of which a row is wanted; all rows of a model come along, so labels stay the same. */
size_t plx_metg_climb_choose(plx_metg_climb *up, const plx_metg_result *metg, size_t point,
                             bool pilot)
{
    size_t count = 0;
    for (size_t m = 0; m < up->all_count; m++) {
        bool wanted = false;
        for (size_t c = 0; c < metg->curves_count; c++)
            wanted = wanted || (strcmp(up->model_of[c], up->all[m]) == 0 &&
                                plx_metg_climb_wants(up, metg, c, point, pilot));
        if (wanted)
            up->wanted[count++] = up->all[m];
    }
    return count;
}

int plx_metg_climb_compare(plx_metg_climb *up, const plx_metg_result *metg, size_t point,
                           plx_compare_result *found, char why[320])
{
    snprintf(up->grain_word, sizeof up->grain_word, "%zu", up->grain[point]);
    up->plan.n = metg->blocks * up->grain[point];
    up->plan.models = up->wanted;
    return plx_compare(&up->plan, found, why);
}

/* Half of the peak so far, twice in a row: high enough. */
static void note_pilot(plx_metg_climb *up, plx_metg_result *metg, size_t point,
                       const plx_compare_result *found)
{
    for (size_t c = 0; c < metg->curves_count; c++) {
        plx_metg_curve *curve = &metg->curves[c];
        const plx_compare_row *row = plx_find_row(found, curve->label);
        if (!row || !plx_metg_climb_wants(up, metg, c, point, true))
            continue;
        if (row->state != PLX_COMPARE_TIMED) {
            plx_metg_climb_fail(metg, curve, row);
            continue;
        }
        const double per_s = (double)up->plan.n / row->work.median;
        up->pilot_per_s[c][point] = per_s;
        up->best_per_s = fmax(up->best_per_s, per_s);
        up->in_a_row[c] = per_s >= up->best_per_s / 2 ? up->in_a_row[c] + 1 : 0;
    }
}

/* From the top down, the last grain that does half of the peak, and some to both sides. */
static void choose_grains(plx_metg_climb *up, const plx_metg_result *metg)
{
    for (size_t c = 0; c < metg->curves_count; c++) {
        size_t crossed = up->grains;
        while (crossed > 0 && up->pilot_per_s[c][crossed - 1] <= 0)
            crossed--;
        while (crossed > 0 && up->pilot_per_s[c][crossed - 1] >= up->best_per_s / 2)
            crossed--;
        const size_t last = crossed + BEHIND;
        up->first[c] = crossed > BEFORE ? crossed - BEFORE : 0;
        up->last[c] = last < up->grains ? last : up->grains - 1;
    }
}

static int pilot(plx_metg_climb *up, plx_metg_result *metg, char why[320])
{
    int code = 0;
    for (size_t point = 0; code == 0 && point < up->grains; point++) {
        up->plan.models_count = plx_metg_climb_choose(up, metg, point, true);
        if (up->plan.models_count == 0 || plx_launch_now_s() - up->begin_s > metg->budget_s)
            break;
        plx_compare_result found;
        const double from_s = plx_launch_now_s();
        code = plx_metg_climb_compare(up, metg, point, &found, why);
        if (code == 0)
            note_pilot(up, metg, point, &found);
        /* a proof and a round, of all models that were not through */
        up->took_s[point] = (plx_launch_now_s() - from_s) / 2 / (double)up->plan.models_count;
        plx_compare_free(&found);
    }
    choose_grains(up, metg);
    return code;
}

int plx_metg_climb_run(plx_metg_climb *up, const plx_compare_plan *asked, plx_metg_result *metg,
                       char why[320])
{
    int code = begin(up, asked, why);
    if (code == 0)
        code = survey(up, metg, why);
    if (code == 0)
        code = make_ladder(up, metg, why);
    if (code == 0)
        code = pilot(up, metg, why);
    return code;
}
