/* SPDX-License-Identifier: MIT */
/*
 * compare/verdict.c: numbers, then words.
 *
 * "No difference" is a legal verdict and the one that needs no proof: two models are told apart
 * only if the 95 % interval of their paired ratio leaves out 1 and reaches further than 1 % from
 * it. Every pair has an interval of its own; of many pairs of equals, one in some dozens may be
 * told apart by chance.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/stats.h"

plx_compare_outcome plx_verdict_outcome(const plx_interval *ratio)
{
    if (!ratio->known || (ratio->low <= 1 && 1 <= ratio->high) ||
        (ratio->low >= 0.99 && ratio->high <= 1.01))
        return PLX_COMPARE_SAME;
    return ratio->high < 1 ? PLX_COMPARE_FASTER : PLX_COMPARE_SLOWER;
}

static void measure_rows(plx_compare_result *result)
{
    for (size_t r = 0; r < result->rows_count; r++) {
        plx_compare_row *row = &result->rows[r];
        if (row->state != PLX_COMPARE_TIMED)
            continue;
        row->work = plx_stats_interval(row->work_s, row->samples);
        row->open_median_s = plx_stats_median(row->open_s, row->samples);
        row->launch_median_s = plx_stats_median(row->launch_s, row->samples);
    }
    for (size_t r = 0; r < result->rows_count; r++) {
        plx_compare_row *row = &result->rows[r];
        if (row->state != PLX_COMPARE_TIMED)
            continue;
        row->speedup = result->rows[result->base].work.median / row->work.median;
        row->efficiency = row->speedup / row->workers;
    }
}

static bool make_pairs(plx_compare_result *result)
{
    size_t rows = result->rows_count;
    result->pairs = calloc(rows * rows / 2 + 1, sizeof *result->pairs);
    for (size_t a = 0; result->pairs && a < rows; a++) {
        for (size_t b = a + 1; b < rows; b++) {
            const plx_compare_row *left = &result->rows[a], *right = &result->rows[b];
            if (left->state != PLX_COMPARE_TIMED || right->state != PLX_COMPARE_TIMED)
                continue;
            plx_compare_pair *pair = &result->pairs[result->pairs_count++];
            *pair = (plx_compare_pair){.a = a, .b = b};
            pair->ratio = plx_stats_ratio(left->work_s, right->work_s, left->samples);
            pair->outcome = plx_verdict_outcome(&pair->ratio);
            pair->detectable = (pair->ratio.high - pair->ratio.low) / 2 / pair->ratio.median;
        }
    }
    return result->pairs != NULL;
}

static void say_base(const plx_compare_result *result, FILE *out)
{
    const plx_compare_row *base = &result->rows[result->base];
    fprintf(out, "Base: serial, one worker, %.4g s (median of %zu launch%s).", base->work.median,
            base->samples, base->samples == 1 ? "" : "es");
    fputs(" Ratios are paired by round.\n", out);
    if (result->about.better)
        fprintf(out, "A better serial method exists: %s.\n", result->about.better);
}

static void say_refused(const plx_compare_result *result, FILE *out)
{
    static const char *const words[] = {[PLX_COMPARE_DIFFERS] = "DIFFERENT ANSWER, not timed",
                                        [PLX_COMPARE_MISSING] = "not available",
                                        [PLX_COMPARE_FAILED] = "failed, not timed"};
    for (size_t r = 0; r < result->rows_count; r++) {
        const plx_compare_row *row = &result->rows[r];
        if (row->state != PLX_COMPARE_TIMED)
            fprintf(out, "%s: %s: %s.\n", row->label, words[row->state], row->why);
    }
}

/* The faster one first, so that every line reads the same way. */
static void say_difference(const plx_compare_result *result, const plx_compare_pair *pair,
                           FILE *out)
{
    bool a_wins = pair->outcome == PLX_COMPARE_FASTER;
    const char *winner = result->rows[a_wins ? pair->a : pair->b].label;
    const char *loser = result->rows[a_wins ? pair->b : pair->a].label;
    const plx_interval *ratio = &pair->ratio;
    double low = a_wins ? 1 / ratio->high : ratio->low,
           high = a_wins ? 1 / ratio->low : ratio->high;
    fprintf(out, "%s is faster than %s: %.3f times (95 %%: %.3f to %.3f).\n", winner, loser,
            a_wins ? 1 / ratio->median : ratio->median, low, high);
}

/* Two figures, as far as a reader wants them. */
static int digits(double percent)
{
    return percent < 1 ? 2 : percent < 10 ? 1 : 0;
}

static void say_equals(const plx_compare_result *result, FILE *out)
{
    double least = INFINITY, most = 0;
    bool any = false;
    for (size_t i = 0; i < result->pairs_count; i++) {
        const plx_compare_pair *pair = &result->pairs[i];
        if (pair->outcome != PLX_COMPARE_SAME)
            continue;
        fprintf(out, "%s %s and %s", any ? "," : "Not told apart:", result->rows[pair->a].label,
                result->rows[pair->b].label);
        any = true;
        least = fmin(least, pair->detectable);
        most = fmax(most, pair->detectable);
    }
    least *= 100;
    most *= 100;
    if (any && least < most)
        fprintf(out, ".\nOf these pairs, differences below about %.*f %% (best) to %.*f %% (worst) "
                "could not be seen.\n", digits(least), least, digits(most), most);
    else if (any)
        fprintf(out, ".\nA difference below about %.*f %% could not be seen.\n", digits(most),
                most);
}

/* The pair told apart by the least, if any is. */
static void say_smallest(const plx_compare_result *result, FILE *out)
{
    const plx_compare_pair *smallest = NULL;
    for (size_t i = 0; i < result->pairs_count; i++) {
        const plx_compare_pair *pair = &result->pairs[i];
        if (pair->outcome != PLX_COMPARE_SAME &&
            (!smallest || fabs(log(pair->ratio.median)) < fabs(log(smallest->ratio.median))))
            smallest = pair;
    }
    if (!smallest)
        return;
    double percent = 100 * (exp(fabs(log(smallest->ratio.median))) - 1);
    fprintf(out, "Smallest difference told apart: %s and %s, %.*f %%.\n",
            result->rows[smallest->a].label, result->rows[smallest->b].label, digits(percent),
            percent);
}

static void say_pairs(const plx_compare_result *result, FILE *out)
{
    if (result->rounds < PLX_STATS_LEAST) {
        fprintf(out,
                "Too few rounds (%d) to tell any difference: an interval needs at least %d.\n",
                result->rounds, PLX_STATS_LEAST);
        return;
    }
    for (size_t i = 0; i < result->pairs_count; i++)
        if (result->pairs[i].outcome != PLX_COMPARE_SAME)
            say_difference(result, &result->pairs[i], out);
    say_smallest(result, out);
    say_equals(result, out);
}

bool plx_verdict_make(plx_compare_result *result)
{
    size_t size;
    measure_rows(result);
    if (!make_pairs(result))
        return false;
    FILE *out = open_memstream(&result->text, &size);
    if (!out)
        return false;
    say_base(result, out);
    say_refused(result, out);
    say_pairs(result, out);
    bool good = !ferror(out);
    return fclose(out) == 0 && good;
}
