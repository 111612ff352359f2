/* SPDX-License-Identifier: MIT */
/* compare/page/page_parts.h: what a section of the page is made of, in the order of reading. */
#ifndef COMPARE_PAGE_PARTS_H
#define COMPARE_PAGE_PARTS_H

#include "compare/compare.h"
#include "compare/page/plot.h"
#include "compare/report/show.h"

/** What was compared, and the verdict's sentences. */
void plx_page_verdict(const plx_compare_result *, FILE *);
/** Each line as a paragraph; what only explains how to read the others comes last. */
void plx_page_sentences(const char *text, FILE *);
/** The models: time, interval, speed-up; why one was not timed. */
void plx_page_table(const plx_compare_result *, FILE *);
void plx_page_plots(plx_plot *, const plx_compare_result *);
/** Sentences on bounds and causes. */
void plx_page_causes(const plx_compare_result *, FILE *);
/** All that is known of how and where it ran. */
void plx_page_setup(const plx_compare_result *, const char *title, const char *name, FILE *);
/** All numbers, folded away: phases, pairs, launches, order. */
void plx_page_details(const plx_compare_result *, FILE *);
/** A sweep: its words, curves, and each point's table. */
void plx_page_sweep(plx_plot *, const plx_show *, const char *name);

#endif
