/* SPDX-License-Identifier: MIT */
/*
 * compare/page/plot_draw.h: the plots of a report: each a script for gnuplot and the same in
 * words.
 */
#ifndef COMPARE_PLOT_DRAW_H
#define COMPARE_PLOT_DRAW_H

#include "compare/page/plot.h"
#include "compare/report/show.h"

/** All launches of all timed rows, with each row's median and its interval. */
void plx_plot_spread(plx_plot *, const plx_compare_result *);

/** Where each row's median time went, stacked; false: no row knows. */
bool plx_plot_has_phases(const plx_compare_result *);
void plx_plot_phases(plx_plot *, const plx_compare_result *);

/** A sweep's curves, and the efficiency beside them; labels: one a curve. */
void plx_plot_speedup(plx_plot *, const plx_show *, const char *const *labels, size_t count);
void plx_plot_efficiency(plx_plot *, const plx_show *, const char *const *labels, size_t count);

/** The row of that label at a point of a sweep if it was timed there, else NULL. */
const plx_compare_row *plx_plot_row(const plx_compare_result *, const char *label);

/** Serial's time / the row's, paired, with its interval: as the pair of both says it. Without one:
    the quotient of their medians, no interval. */
plx_interval plx_plot_ratio(const plx_compare_result *, const plx_compare_row *);

#endif
