/* SPDX-License-Identifier: MIT */
/*
 * compare/report/limits.c: what no model can pass, beside what they reached.
 *
 * A speed-up means little without its bound. Workers that share a core or a memory cannot reach
 * the ideal, so the machine is asked: as many separate serial programs at once show what it gives
 * to code that shares nothing. A row above that is remarkable, and so it is remarked.
 */
#include "compare/report/limits.h"

#include <math.h>
#include <string.h>

#include "compare/factor.h"
#include "compare/find.h"
#include "compare/report/labels.h"

/* Cores that others used, in the mean and in one launch, above which it is said. */
#define LOAD_MEAN 0.1
#define LOAD_MOST 0.5

#define WORTH_TELLING 0.01 /* of memory's rate */

static bool timed(const plx_compare_row *row)
{
    return row->state == PLX_COMPARE_TIMED && row->work.median > 0;
}

double plx_limits_memory(const plx_compare_result *result, const plx_compare_row *row)
{
    const double gives = result->bound.bytes_per_s, bytes = result->about.bytes;
    return timed(row) && gives > 0 && bytes > 0 ? bytes / row->work.median / gives : 0;
}

static void say_ceiling(const plx_compare_result *result, FILE *out)
{
    const plx_compare_bound *bound = &result->bound;
    fprintf(out, "Ideal: %.2f times serial.", (double)result->about.workers);
    if (bound->copies > 0 && bound->ceiling.median > 0) {
        fprintf(out, " Ceiling of this machine: %.2f (%d serial programs at once",
                bound->ceiling.median, bound->copies);
        if (bound->ceiling.known)
            fprintf(out, "; 95 %%: %.2f .. %.2f", bound->ceiling.low, bound->ceiling.high);
        fputs(").", out);
    }
    putc('\n', out);
}

/* Times serial, at least: by the interval of the pair. */
static double surely(const plx_compare_result *result, size_t row)
{
    plx_compare_pair pair;
    return plx_find_pair(result, result->base, row, &pair) && pair.ratio.known ? pair.ratio.low : 0;
}

/* Workers that wait need no core, and the ceiling counts cores: nothing to be passed there. */
static void say_above(const plx_compare_result *result, bool sure, const char *what, FILE *out)
{
    const plx_compare_bound *bound = &result->bound;
    plx_labels labels = {.out = out};
    if (!bound->ceiling.known || result->about.waits)
        return;
    for (size_t r = 0; r < result->rows_count; r++) {
        const plx_compare_row *row = &result->rows[r];
        if (!timed(row) || row->speedup <= bound->ceiling.high || r == result->base ||
            (surely(result, r) > bound->ceiling.high) != sure)
            continue;
        if (labels.count == 0)
            fputs("Above the ceiling: ", out);
        plx_labels_add(&labels, row->label, row->speedup);
    }
    plx_labels_end(&labels);
    if (labels.count > 0)
        fputs(what, out);
}

/* The row that moved most. */
static void say_memory(const plx_compare_result *result, FILE *out)
{
    const plx_compare_row *most = &result->rows[result->base];
    for (size_t r = 0; r < result->rows_count; r++)
        if (timed(&result->rows[r]) && result->rows[r].work.median < most->work.median)
            most = &result->rows[r];
    const double part = plx_limits_memory(result, most);
    if (part < WORTH_TELLING)
        return;
    fprintf(out, "Memory: %.40s moves %.3g GB/s (%s) of the %.3g measured: ", result->about.kernel,
            result->about.bytes / most->work.median / 1e9, most->label,
            result->bound.bytes_per_s / 1e9);
    fputs(part > 1.2                 ? "more than memory gives, so caches serve it.\n"
          : part >= PLX_LIMITS_BOUND ? "bound by memory.\n"
          : part >= 0.5              ? "memory may be part of what bounds it.\n"
                                     : "memory does not bound it.\n",
          out);
}

static size_t say_rows(const plx_compare_result *result, bool beating, FILE *out)
{
    plx_labels labels = {.out = out};
    for (size_t r = 0; r < result->rows_count; r++)
        if (timed(&result->rows[r]) && strcmp(result->rows[r].model, "serial") != 0 &&
            plx_find_faster(result, r, result->base) == beating)
            plx_labels_add(&labels, result->rows[r].label, -1);
    plx_labels_end(&labels);
    return labels.count;
}

static size_t count_rows(const plx_compare_result *result, bool beating)
{
    size_t count = 0;
    for (size_t r = 0; r < result->rows_count; r++)
        count += timed(&result->rows[r]) && strcmp(result->rows[r].model, "serial") != 0 &&
                 plx_find_faster(result, r, result->base) == beating;
    return count;
}

/*
 * Source   COST: the configuration that outperforms a single thread (McSherry, Isard, Murray,
 *          HotOS 2015)
 */
static void say_cost(const plx_compare_result *result, FILE *out)
{
    const int workers = result->about.workers;
    const size_t beating = count_rows(result, true), others = count_rows(result, false);
    if (beating + others == 0 || result->pairs_count == 0 || !result->pairs[0].ratio.known)
        return;
    fprintf(out, "COST (what it takes to beat serial): %d worker%s at this n %s enough under ",
            workers, workers == 1 ? "" : "s", workers == 1 ? "is" : "are");
    if (beating == 0)
        fputs("no model", out);
    say_rows(result, true, out);
    if (beating > 0 && others > 0)
        fputs("; not under ", out);
    if (beating > 0)
        say_rows(result, false, out);
    fputs(".\n", out);
}

/* Others' load is in every number; where it was most, a pair is less sure. */
static void say_load(const plx_compare_result *result, FILE *out)
{
    const plx_compare_load *load = &result->load;
    if (!plx_limits_loaded(load))
        return;
    fprintf(out, "Other processes used %.2g of %d core%s on average, at most %.2g (%s): ",
            fmax(0, load->during), result->host.cores, result->host.cores == 1 ? "" : "s",
            fmax(0, load->most), load->where);
    fputs("times of such rounds are less sure.\n", out);
}

bool plx_limits_loaded(const plx_compare_load *load)
{
    return load->during > LOAD_MEAN || load->most > LOAD_MOST;
}

/* What the rows' times hold is not the same. */
static void say_files(const plx_compare_result *result, FILE *out)
{
    bool any = false;
    for (size_t r = 0; r < result->rows_count; r++)
        any = any || (timed(&result->rows[r]) && plx_factor_reads_files(&result->rows[r]));
    if (any)
        fputs("Times of where=file hold more than the call: each rank reads its slice of the input "
              "(counted as hand out) and writes its slice of the result (collect), files that the "
              "system keeps in memory and that are not synced; elsewhere the data are in memory "
              "before and after.\n",
              out);
}

void plx_limits_write(const plx_compare_result *result, FILE *out)
{
    say_ceiling(result, out);
    say_above(result, true,
              ", by more than noise: shares that fit caches where the whole does not, or a "
              "ceiling measured in a worse moment.\n",
              out);
    say_above(result, false, ", within its noise.\n", out);
    say_memory(result, out);
    say_files(result, out);
    say_cost(result, out);
    say_load(result, out);
}
