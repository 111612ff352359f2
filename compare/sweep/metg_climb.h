/* SPDX-License-Identifier: MIT */
/*
 * compare/sweep/metg_climb.h: inside --metg: finding where to measure.
 *
 * A survey of one round tells what an item costs and who takes part. A pilot climbs the ladder of
 * grains from the smallest until each model has done half of the peak twice in a row; the grains
 * around the crossing are then that model's to measure.
 */
#ifndef COMPARE_METG_CLIMB_H
#define COMPARE_METG_CLIMB_H

#include "compare/sweep/metg.h"

enum { PLX_METG_FACTORS = 16, PLX_METG_MODELS = 64 };

typedef struct plx_metg_climb {
    plx_compare_plan plan;
    plx_compare_factor factor[PLX_METG_FACTORS];
    const char *level[2];                           /* of grain and schedule */
    char grain_word[24];
    const char *all[PLX_METG_MODELS], *wanted[PLX_METG_MODELS];       /* models */
    size_t all_count;
    char model_of[PLX_METG_MODELS][32];                      /* by curve */
    size_t grain[PLX_METG_MOST], grains;
    double took_s[PLX_METG_MOST];                   /* a round of all models, in the pilot */
    /* by curve: items a second, 0: not measured; in the pilot, half of the peak so often in a row;
       the grains to measure */
    double pilot_per_s[PLX_METG_MODELS][PLX_METG_MOST];
    size_t in_a_row[PLX_METG_MODELS], first[PLX_METG_MODELS], last[PLX_METG_MODELS];
    plx_metg_point serial[PLX_METG_MOST];
    double item_s, best_per_s;
    double begin_s;
} plx_metg_climb;

/**
 * Survey, ladder and pilot: afterwards first and last say which grains are each curve's. metg gets
 * its curves, and why of those that are out.
 *
 * Errors   as plx_metg()
 */
int plx_metg_climb_run(plx_metg_climb *, const plx_compare_plan *, plx_metg_result *,
                       char why[320]);

/** True if a curve is to be measured at a grain: in the pilot, or after it. */
bool plx_metg_climb_wants(const plx_metg_climb *, const plx_metg_result *, size_t curve,
                          size_t point, bool pilot);

/** Set the plan's models to those with such a curve; how many. */
size_t plx_metg_climb_choose(plx_metg_climb *, const plx_metg_result *, size_t point, bool pilot);

/** Compare the plan's models at a grain. Codes as plx_compare(). */
int plx_metg_climb_compare(plx_metg_climb *, const plx_metg_result *, size_t point,
                           plx_compare_result *, char why[320]);

/** A curve is out, for what its row says. */
void plx_metg_climb_fail(plx_metg_result *, plx_metg_curve *, const plx_compare_row *);

#endif
