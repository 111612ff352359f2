/* SPDX-License-Identifier: MIT */
/*
 * compare/find.c: a row by its label, and two rows beside each other.
 *
 * A verdict holds each pair once, the row that stands higher in the table first. Whoever asks from
 * the other side gets the ratio turned over, interval and outcome with it.
 */
#include "compare/find.h"

#include <string.h>

const plx_compare_row *plx_find_row(const plx_compare_result *result, const char *label)
{
    for (size_t r = 0; r < result->rows_count; r++)
        if (strcmp(result->rows[r].label, label) == 0)
            return &result->rows[r];
    return NULL;
}

static void turn(plx_compare_pair *pair)
{
    static const plx_compare_outcome opposite[] = {[PLX_COMPARE_FASTER] = PLX_COMPARE_SLOWER,
                                                   [PLX_COMPARE_SLOWER] = PLX_COMPARE_FASTER,
                                                   [PLX_COMPARE_SAME] = PLX_COMPARE_SAME};
    const plx_interval ratio = pair->ratio;
    const size_t first = pair->a;
    pair->a = pair->b;
    pair->b = first;
    pair->outcome = opposite[pair->outcome];
    pair->ratio = (plx_interval){1 / ratio.median, 1 / ratio.high, 1 / ratio.low,
                                 ratio.known && ratio.low > 0};
}

bool plx_find_pair(const plx_compare_result *result, size_t a, size_t b, plx_compare_pair *found)
{
    for (size_t i = 0; i < result->pairs_count; i++) {
        *found = result->pairs[i];
        if (found->a == a && found->b == b)
            return true;
        if (found->a == b && found->b == a) {
            turn(found);
            return true;
        }
    }
    *found = (plx_compare_pair){.a = a, .b = b, .outcome = PLX_COMPARE_SAME};
    return false;
}

bool plx_find_faster(const plx_compare_result *result, size_t a, size_t b)
{
    plx_compare_pair pair;
    return plx_find_pair(result, a, b, &pair) && pair.outcome == PLX_COMPARE_FASTER;
}

size_t plx_find_timed(const plx_compare_result *result)
{
    size_t timed = 0;
    for (size_t r = 0; r < result->rows_count; r++)
        timed += result->rows[r].state == PLX_COMPARE_TIMED;
    return timed;
}
