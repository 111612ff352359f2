/* SPDX-License-Identifier: MIT */
/*
 * journal/laps.h: how long syncs took: counts by length, each bin 4 % wide, from a nanosecond on.
 */
#ifndef PLX_JOURNAL_LAPS_H
#define PLX_JOURNAL_LAPS_H

#include <stddef.h>
#include <stdint.h>

enum { PLX_LAPS_PER_DOUBLING = 16, PLX_LAPS_BINS = 44 * PLX_LAPS_PER_DOUBLING };

typedef struct plx_laps {
    size_t count;
    uint32_t bin[PLX_LAPS_BINS];
} plx_laps;

void plx_laps_add(plx_laps *, double seconds);

/** The length that this part (0 to 1) of them do not exceed, within 5 %; -1: there are none. */
double plx_laps_part(const plx_laps *, double part);

#endif
