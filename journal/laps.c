/* SPDX-License-Identifier: MIT */
/* journal/laps.c: see journal/laps.h. */
#include "journal/laps.h"

#include <math.h>

void plx_laps_add(plx_laps *laps, double seconds)
{
    double bin = seconds > 1e-9 ? log2(seconds * 1e9) * PLX_LAPS_PER_DOUBLING : 0;
    size_t at = bin < PLX_LAPS_BINS - 1 ? (size_t)bin : PLX_LAPS_BINS - 1;
    laps->bin[at]++;
    laps->count++;
}

double plx_laps_part(const plx_laps *laps, double part)
{
    size_t seen = 0, at = 0;
    if (laps->count == 0)
        return -1;
    for (; at < PLX_LAPS_BINS; at++) {
        seen += laps->bin[at];
        if ((double)seen >= part * (double)laps->count)
            break;
    }
    return exp2(((double)at + 0.5) / PLX_LAPS_PER_DOUBLING) * 1e-9;
}
