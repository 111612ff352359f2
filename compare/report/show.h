/* SPDX-License-Identifier: MIT */
/*
 * compare/report/show.h: an old report again: read back from its JSON, as text, JSON, CSV or a
 * page.
 *
 * What was read is a result like a fresh one, so the same writers print it. The page is one HTML
 * file that needs nothing else: no network, no script; its plots are drawn by gnuplot.
 */
#ifndef COMPARE_SHOW_H
#define COMPARE_SHOW_H

#include "compare/compare.h"

/** The largest file that is taken, in bytes. */
enum { PLX_SHOW_MOST = 64 << 20 };

/** A file read back: one comparison, a set of them, or the points of a sweep. */
typedef struct plx_show {
    plx_compare_result *results;
    size_t count;
    bool set;                       /* parallax.compare-set/1 */
    const char *axis;               /* of a sweep: "workers" or "n"; else NULL */
    double *points;                 /* of a sweep, one a result */
    double budget_s;                /* of a sweep; 0: none */
    char *text;                     /* a sweep's own words, or NULL */
    char *json;                     /* a sweep as it was read, or NULL */
} plx_show;

/**
 * Read parallax.compare/1, compare-set/1 or sweep/1.
 *
 * Errors   0; 65 with one line that names the field: no JSON, foreign, newer, not to be believed;
 *          71: out of memory. plx_show_free() takes whatever is returned
 */
int plx_show_read(const char *bytes, size_t size, plx_show *, char why[320]);
void plx_show_free(plx_show *);

/** As the comparison printed it. */
void plx_show_text(const plx_show *, FILE *);
/** One line, to be freed; NULL without memory. */
char *plx_show_json(const plx_show *);

/** A header, then one line for each launch of each result (RFC 4180, but lines end in \n). */
void plx_show_csv(const plx_compare_result *results, size_t count, FILE *);

/**
 * A page with a section for each file; names: what the files are called.
 *
 * Errors   0; with one line in why: 69 no gnuplot in PATH, 70 it failed, 71; 128 + n (why is empty)
 *          on a signal
 */
int plx_show_page(const plx_show *shows, const char *const *names, size_t count, FILE *,
                  char why[320]);

#endif
