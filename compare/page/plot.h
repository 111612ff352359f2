/* SPDX-License-Identifier: MIT */
/*
 * compare/page/plot.h: plots drawn by gnuplot, as SVG that belongs into a page.
 *
 * gnuplot reads our own words, our own numbers, and labels of which only plain characters are left.
 * Its colours are numbers of the page's palette, so that one drawing serves light and dark.
 */
#ifndef COMPARE_PLOT_H
#define COMPARE_PLOT_H

#include <stddef.h>
#include <stdio.h>

#include "compare/compare.h"

/** The palette's numbers from 1 on; those before INK are for data, each unlike all others. */
enum {
    PLX_PLOT_INK = 8, PLX_PLOT_MUTED, PLX_PLOT_BAND, PLX_PLOT_PAPER,
    PLX_PLOT_COLOURS = PLX_PLOT_PAPER
};

/** A page's plots: text is the script of the one that is being written. */
typedef struct plx_plot {
    FILE *page;                     /* where drawings go */
    size_t drawn;                   /* how many: ids come from it */
    int code;                       /* of the first that failed: 69, 70, 71, 128 + n; else 0 */
    char why[320];
} plx_plot;

/**
 * Draw a script into the page as one <svg> with its title and its description in words. After a
 * failure nothing is drawn any more.
 */
void plx_plot_draw(plx_plot *, const char *script, int width, int height, const char *title,
                   const char *words);

/** The colour of the palette as gnuplot is told it: a string in quotes. */
const char *plx_plot_colour(int number);

/** The i-th curve's colour of the palette, and its symbol: gnuplot's point type p is gpPt{p - 1} in
    the page. */
int plx_plot_curve(size_t curve);
int plx_plot_symbol(size_t curve);

/** Write the symbols that drawings and legends use; once a page, before all of them. */
void plx_plot_symbols(FILE *page);

#endif
