/* SPDX-License-Identifier: MIT */
/*
 * compare/factor.c: one table for all factors.
 *
 * A runtime is set by its environment, everything else by an option of `run`. What the user's
 * environment says of waiting holds as the default; what it says of binding does not, since OpenMP
 * runtimes bind the first thread as the program is loaded, and threads that other models start then
 * share its core.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/factor.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "compare/report/schema.h"

static const struct {
    const char *levels, *initial;
} factors[] = {
    [PLX_FACTOR_WAIT] = {"active, passive, default", "default"},
    [PLX_FACTOR_BIND] = {"core, none, default", "default"},
    [PLX_FACTOR_SCHEDULE] = {"guided, static, dynamic", "guided"},
    [PLX_FACTOR_GRAIN] = {NULL, ""},
    [PLX_FACTOR_WHERE] = {"root, local, file", "root"},
};

const char *const plx_factor_removed[] = {"OMP_PROC_BIND", "OMP_PLACES", "GOMP_CPU_AFFINITY",
                                          "KMP_AFFINITY", NULL};
const char *const plx_factor_kept[] = {
    "OMP_NUM_THREADS", "OMP_DYNAMIC",  "OMP_THREAD_LIMIT",
    "GOMP_SPINCOUNT",  "KMP_BLOCKTIME", "OMPI_MCA_mpi_yield_when_idle",
    NULL};

const char *plx_factor_words(void)
{
#define WORD(name, word) ", " word
    static const char words[] = PLX_FACTORS_LIST(WORD);
    return words + 2;
}

int plx_factor_find(const char *name)
{
    int factor = 0;
    while (factor < PLX_FACTORS && strcmp(plx_schema_factors[factor], name) != 0)
        factor++;
    return factor;
}

const char *plx_factor_default(int factor)
{
    return factors[factor].initial;
}

const char *plx_factor_levels(int factor)
{
    return factors[factor].levels;
}

bool plx_factor_allows(int factor, const char *level)
{
    const char *word = factors[factor].levels;
    size_t size = strlen(level);
    if (!word)
        return size > 0;
    for (;; word += 2) {
        size_t next = strcspn(word, ",");
        if (next == size && strncmp(word, level, size) == 0)
            return true;
        word += next;
        if (!*word)
            return false;
    }
}

static bool is_omp(const char *model)
{
    return strcmp(model, "omp") == 0 || strcmp(model, "mpi+omp") == 0;
}

bool plx_factor_has_ranks(const char *model)
{
    return strcmp(model, "mpi") == 0 || strncmp(model, "mpi+", 4) == 0;
}

/* Data that somebody could hold: items of one length, or results for each. */
static bool has_data(const plx_compare_plan *plan)
{
    bool map = strcmp(plan->pattern, plx_pattern_name(PLX_MAP)) == 0,
         reduce = strcmp(plan->pattern, plx_pattern_name(PLX_REDUCE)) == 0;
    return (map || reduce) && plan->kernel->in_size != PLX_VARIES &&
           (plan->kernel->in_size > 0 || (map && plan->kernel->out_size > 0));
}

bool plx_factor_fits(int factor, const plx_compare_plan *plan, const char *model)
{
    switch (factor) {
    case PLX_FACTOR_WAIT:
        return is_omp(model) || plx_factor_has_ranks(model);
    case PLX_FACTOR_BIND:
        return strcmp(model, "omp") == 0 || plx_factor_has_ranks(model);
    case PLX_FACTOR_SCHEDULE:
        return strcmp(model, "serial") != 0;
    case PLX_FACTOR_WHERE:
        return plx_factor_has_ranks(model) && has_data(plan);
    default:
        return true;
    }
}

const plx_compare_factor *plx_factor_told(const plx_compare_plan *plan, const char *name)
{
    for (size_t f = 0; f < plan->factors_count; f++)
        if (strcmp(plan->factors[f].name, name) == 0)
            return &plan->factors[f];
    return NULL;
}

const char *plx_factor_untold(int factor, const char *model)
{
    const char *policy = getenv("OMP_WAIT_POLICY");
    if (factor == PLX_FACTOR_WAIT && policy && is_omp(model)) {
        if (strcasecmp(policy, "active") == 0)
            return "active";
        if (strcasecmp(policy, "passive") == 0)
            return "passive";
    }
    return factors[factor].initial;
}

/* Only if it is told: else the environment's own word stands. */
static size_t add_wait(const char *model, const char *level, const char **changes)
{
    static const char *const words[][3] = {
        {"active", "OMP_WAIT_POLICY=active", "OMPI_MCA_mpi_yield_when_idle=0"},
        {"passive", "OMP_WAIT_POLICY=passive", "OMPI_MCA_mpi_yield_when_idle=1"},
        {"default", "OMP_WAIT_POLICY", "OMPI_MCA_mpi_yield_when_idle"},
    };
    size_t used = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(level, words[i][0]) != 0)
            continue;
        if (is_omp(model))
            changes[used++] = words[i][1];
        if (plx_factor_has_ranks(model))
            changes[used++] = words[i][2];
    }
    return used;
}

void plx_factor_environment(const plx_compare_plan *plan, const plx_compare_row *row,
                            const char *changes[PLX_FACTOR_CHANGES])
{
    const char *bind = row->level[PLX_FACTOR_BIND];
    size_t used = 0;
    for (const char *const *name = plx_factor_removed; *name; name++)
        changes[used++] = *name;
    if (plx_factor_told(plan, "wait"))
        used += add_wait(row->model, row->level[PLX_FACTOR_WAIT], changes + used);
    if (strcmp(row->model, "omp") == 0 && strcmp(bind, "core") == 0) {
        changes[used++] = "OMP_PROC_BIND=close";
        changes[used++] = "OMP_PLACES=cores";
    } else if (strcmp(row->model, "omp") == 0 && strcmp(bind, "none") == 0) {
        changes[used++] = "OMP_PROC_BIND=false";
    }
    changes[used] = NULL;
}
