/* SPDX-License-Identifier: MIT */
/*
 * compare/verdict.c: from samples to numbers.
 *
 * "No difference" is a legal verdict and the one that needs no proof: two rows are told apart only
 * if the interval of their paired ratio leaves out 1 and reaches further than 1 % from it. The
 * intervals of all pairs hold together with 95 %, so that of six equal rows none is told apart by
 * chance in more than one report of twenty; each pair's own confidence is higher for that.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/find.h"
#include "compare/looks.h"
#include "compare/stats.h"
#include "compare/report/words.h"

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
        row->work = plx_stats_interval(row->work_s, row->samples, PLX_STATS_CONFIDENCE);
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

/* Half the width of the interval, as a part; what lies within 1 % counts as equal in any case. */
static double detectable(const plx_interval *ratio)
{
    return ratio->known ? fmax(0.01, sqrt(ratio->high / ratio->low) - 1) : (double)NAN;
}

bool plx_verdict_pairs(plx_compare_result *result)
{
    const size_t rows = result->rows_count;
    free(result->pairs);
    result->pairs_count = 0;
    result->pairs = calloc(rows * rows / 2 + 1, sizeof *result->pairs);
    result->pair_confidence = plx_stats_pair_confidence(plx_find_timed(result));
    for (size_t a = 0; result->pairs && a < rows; a++) {
        for (size_t b = a + 1; b < rows; b++) {
            const plx_compare_row *left = &result->rows[a], *right = &result->rows[b];
            if (left->state != PLX_COMPARE_TIMED || right->state != PLX_COMPARE_TIMED)
                continue;
            plx_compare_pair *pair = &result->pairs[result->pairs_count++];
            *pair = (plx_compare_pair){.a = a, .b = b};
            pair->ratio = plx_stats_ratio(left->work_s, right->work_s, left->samples,
                                          result->pair_confidence);
            pair->outcome = plx_verdict_outcome(&pair->ratio);
            pair->detectable = detectable(&pair->ratio);
        }
    }
    return result->pairs != NULL;
}

double plx_verdict_widest(const plx_compare_result *result)
{
    double widest = 0;
    for (size_t i = 0; i < result->pairs_count; i++)
        widest = fmax(widest, plx_looks_width(&result->pairs[i].ratio));
    return widest;
}

bool plx_verdict_make(plx_compare_result *result)
{
    size_t size;
    measure_rows(result);
    if (!plx_verdict_pairs(result))
        return false;
    FILE *out = open_memstream(&result->text, &size);
    if (!out)
        return false;
    bool good = plx_words_write(result, out) && !ferror(out);
    return fclose(out) == 0 && good;
}
