/* SPDX-License-Identifier: MIT */
/*
 * compare/rows.c: models x levels, labels, and how many ranks and threads each row gets.
 *
 * -w is workers in all and the same for every model: threads, ranks, or ranks x threads. Serial has
 * one: it is the base. A factor multiplies the rows of those models that know it; one that none of
 * them knows would silently do nothing, so it is refused.
 */
#include "compare/rows.h"

#include <stdlib.h>
#include <string.h>

#include "compare/factor.h"
#include "compare/report/schema.h"
#include "compare/why.h"

enum { ROWS_MOST = 64 };

static const char *model_at(const plx_compare_plan *plan, size_t i)
{
    plx_model_info info;
    if (plan->models)
        return i < plan->models_count ? plan->models[i] : NULL;
    return plx_model_at(i, &info) ? info.name : NULL;
}

/* Its rows have the factor: one of ours that its model knows, or a parameter of the kernel. */
static bool has_factor(const plx_compare_plan *plan, size_t f, const char *model)
{
    int known = plx_factor_find(plan->factors[f].name);
    return known == PLX_FACTORS || plx_factor_fits(known, plan, model);
}

static size_t count_combinations(const plx_compare_plan *plan, const char *model)
{
    size_t count = 1;
    for (size_t f = 0; f < plan->factors_count && count <= ROWS_MOST; f++)
        count *= has_factor(plan, f, model) ? plan->factors[f].count : 1;
    return count;
}

static bool is_param(const plx_kernel *kernel, const char *name)
{
    for (const plx_field *field = kernel->params; field && field->name; field++)
        if (strcmp(field->name, name) == 0)
            return true;
    return false;
}

static int refuse_name(const plx_compare_plan *plan, const char *name, char why[320])
{
    char words[160] = "";
    size_t used = 0;
    for (const plx_field *field = plan->kernel->params; field && field->name && used < sizeof words;
         field++)
        used += (size_t)snprintf(words + used, sizeof words - used, ", %s", field->name);
    return plx_why_refuse(why, "--factor %.60s: unknown; allowed: %s%s%s", name, plx_factor_words(),
                          *words ? " and the parameters " : "", *words ? words + 2 : "");
}

static int check_levels(const plx_compare_plan *plan, const plx_compare_factor *factor, int known,
                        char why[320])
{
    for (size_t l = 0; l < factor->count; l++) {
        const char *level = factor->levels[l];
        if (known == PLX_FACTOR_WHERE && plan->input && strcmp(level, "local") == 0)
            return plx_why_refuse(why, "--factor where=local: does not go with -i: the file's "
                                       "items are nobody's own; where=file reads it in slices");
        if (known < PLX_FACTORS && !plx_factor_allows(known, level))
            return plx_why_refuse(why, "--factor %s=%.60s: not allowed; it takes %s", factor->name,
                                  level,
                                  plx_factor_levels(known) ? plx_factor_levels(known) : "a number");
        if (strlen(level) >= (known < PLX_FACTORS ? 24u : 64u))
            return plx_why_refuse(why, "--factor %s=%.60s: too long", factor->name, level);
    }
    return factor->count ? 0 : plx_why_refuse(why, "--factor %.60s: has no level", factor->name);
}

/* What is set for all is no factor as well; and a row has room for one parameter. */
static int check_param(const plx_compare_plan *plan, const plx_compare_factor *factor,
                       size_t before, char why[320])
{
    size_t size = strlen(factor->name);
    if (!is_param(plan->kernel, factor->name))
        return refuse_name(plan, factor->name, why);
    if (size >= 30)
        return plx_why_refuse(why, "--factor %.60s: the name is too long", factor->name);
    if (before > 0)
        return plx_why_refuse(why, "--factor %s: one parameter of the kernel at a time",
                              factor->name);
    for (size_t i = 0; i < plan->params_count; i++)
        if (strncmp(plan->params[i], factor->name, size) == 0 && plan->params[i][size] == '=')
            return plx_why_refuse(why, "--factor %s: is set by -P %.60s too", factor->name,
                                  plan->params[i]);
    return 0;
}

static int check_known(const plx_compare_plan *plan, int known, char why[320])
{
    const char *model;
    for (size_t i = 0; (model = model_at(plan, i)); i++)
        if (plx_factor_fits(known, plan, model))
            return 0;
    if (plx_factor_fits(known, plan, "serial"))
        return 0;
    return plx_why_refuse(why, "--factor %s: none of these models has it with %s %s",
                          plx_schema_factors[known], plan->pattern, plan->kernel->name);
}

static int check_factors(const plx_compare_plan *plan, char why[320])
{
    size_t params = 0;
    int code = 0;
    for (size_t f = 0; code == 0 && f < plan->factors_count; f++) {
        const plx_compare_factor *factor = &plan->factors[f];
        int known = plx_factor_find(factor->name);
        code = known < PLX_FACTORS ? check_known(plan, known, why)
                                   : check_param(plan, factor, params++, why);
        if (code == 0)
            code = check_levels(plan, factor, known, why);
    }
    return code;
}

static void place(plx_compare_row *row, int workers, int ranks)
{
    bool hybrid = strncmp(row->model, "mpi+", 4) == 0;
    row->ranks = hybrid ? ranks : strcmp(row->model, "mpi") == 0 ? workers : 1;
    row->workers = strcmp(row->model, "serial") == 0 ? 1 : workers;
    row->threads = row->workers / row->ranks;
}

/* The second omp is omp#2; a level that not all of its rows have is named. False: no room. */
static bool name_row(const plx_compare_plan *plan, plx_compare_row *row, size_t same,
                     const size_t *pick)
{
    size_t used = (size_t)snprintf(row->label, sizeof row->label, "%s", row->model);
    if (same > 1)
        used += (size_t)snprintf(row->label + used, sizeof row->label - used, "#%zu", same);
    for (size_t f = 0; f < plan->factors_count && used < sizeof row->label; f++)
        if (plan->factors[f].count > 1 && has_factor(plan, f, row->model))
            used += (size_t)snprintf(row->label + used, sizeof row->label - used, " %s=%s",
                                     plan->factors[f].name, plan->factors[f].levels[pick[f]]);
    return used < sizeof row->label;
}

static void set_levels(const plx_compare_plan *plan, plx_compare_row *row, const size_t *pick)
{
    for (int known = 0; known < PLX_FACTORS; known++)
        if (plx_factor_fits(known, plan, row->model))
            snprintf(row->level[known], sizeof row->level[known], "%s",
                     plx_factor_untold(known, row->model));
    for (size_t f = 0; f < plan->factors_count; f++) {
        const plx_compare_factor *factor = &plan->factors[f];
        int known = plx_factor_find(factor->name);
        if (!has_factor(plan, f, row->model))
            continue;
        if (known == PLX_FACTORS)
            snprintf(row->param, sizeof row->param, "%.29s=%.64s", factor->name,
                     factor->levels[pick[f]]);
        else
            snprintf(row->level[known], sizeof row->level[known], "%s", factor->levels[pick[f]]);
    }
}

/* The levels of combination c, the last factor's changing fastest. */
static void choose(const plx_compare_plan *plan, const char *model, size_t c, size_t *pick)
{
    for (size_t f = plan->factors_count; f-- > 0;) {
        size_t count = has_factor(plan, f, model) ? plan->factors[f].count : 1;
        pick[f] = c % count;
        c /= count;
    }
}

/* same: how often the model was named so far. */
static int add_rows(plx_compare_result *result, const char *model, size_t same, size_t *pick,
                    char why[320])
{
    const plx_compare_plan *plan = &result->plan;
    size_t count = count_combinations(plan, model);
    if (result->rows_count + count > ROWS_MOST)
        return plx_why_refuse(why,
                              "%s: more than %d rows; fewer models, factors or levels are needed",
                              plan->factors_count ? "--factor" : "--models", ROWS_MOST);
    for (size_t c = 0; c < count; c++) {
        plx_compare_row *row = &result->rows[result->rows_count++];
        snprintf(row->model, sizeof row->model, "%s", model);
        place(row, plan->workers, plan->ranks);
        choose(plan, model, c, pick);
        set_levels(plan, row, pick);
        if (!name_row(plan, row, same, pick))
            return plx_why_refuse(why, "--factor: the names of these levels together are too long");
    }
    return 0;
}

static size_t count_same(const plx_compare_plan *plan, size_t i)
{
    size_t same = 1;
    for (size_t k = 0; k < i; k++)
        same += strcmp(model_at(plan, k), model_at(plan, i)) == 0;
    return same;
}

static int add_all(plx_compare_result *result, size_t *pick, char why[320])
{
    const plx_compare_plan *plan = &result->plan;
    bool serial = false;
    int code = 0;
    for (size_t i = 0; model_at(plan, i); i++)
        serial = serial || strcmp(model_at(plan, i), "serial") == 0;
    if (!serial)
        code = add_rows(result, "serial", 1, pick, why);
    for (size_t i = 0; code == 0 && model_at(plan, i); i++)
        code = add_rows(result, model_at(plan, i), count_same(plan, i), pick, why);
    while (code == 0 && strcmp(result->rows[result->base].model, "serial") != 0)
        result->base++;
    return code;
}

int plx_rows_make(plx_compare_result *result, char why[320])
{
    const plx_compare_plan *plan = &result->plan;
    size_t *pick = calloc(plan->factors_count + 1, sizeof *pick);
    result->rows = calloc(ROWS_MOST, sizeof *result->rows);
    int code = pick && result->rows ? check_factors(plan, why) : plx_why_no_memory(why);
    if (code == 0)
        code = add_all(result, pick, why);
    free(pick);
    return code;
}
