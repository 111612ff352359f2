/* SPDX-License-Identifier: MIT */
/* compare/page/plot_script.h: a script for gnuplot and its description, while they are written. */
#ifndef COMPARE_PLOT_SCRIPT_H
#define COMPARE_PLOT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "compare/page/plot.h"

/** A scale from least to most, logarithmic if it spans much. */
typedef struct plx_scale {
    double least, most;
    bool logarithmic;
} plx_scale;

typedef struct plx_script {
    FILE *gp, *words;               /* NULL without memory: then nothing else may be called */
    char *gp_text, *words_text;
    size_t gp_size, words_size;
} plx_script;

/** Open both; false without memory, after noting it in the plot. */
bool plx_script_open(plx_script *, plx_plot *);
/** Draw it and free all. */
void plx_script_draw(plx_script *, plx_plot *, int width, int height, const char *title);

/** A label as gnuplot may see it, without quotes: plain characters only, cut at 48. */
void plx_script_label(const char *label, FILE *gp);

/** Widen a scale by a value; a scale begins with least > most. */
void plx_scale_take(plx_scale *, double value);
/** Some air at both ends; logarithmic if allowed, positive, and most is above 8 x least. */
void plx_scale_settle(plx_scale *, bool may_be_logarithmic);
/** set xrange (or y, ...) with tics at 1, 2, 5 if it is logarithmic. */
void plx_scale_write(const plx_scale *, char axis, FILE *gp);

#endif
