/* SPDX-License-Identifier: MIT */
/* compare/differ.h: which byte of a wrong answer is the first one that is wrong. */
#ifndef COMPARE_DIFFER_H
#define COMPARE_DIFFER_H

#include "compare/compare.h"

/** Two files, byte by byte. */
typedef struct plx_differ_found {
    bool read;                      /* both could be read */
    bool same;
    uint64_t at;                    /* the first that differs, or the end of the shorter one */
    int mine, theirs;               /* those two bytes; -1: that file ends there */
} plx_differ_found;

plx_differ_found plx_differ_files(const char *mine, const char *theirs);

/**
 * Launch a row whose answer differed and the row that it was compared with once more, with their
 * bytes into files, and add to why what comes out: the first byte that differs and the item or the
 * result that it belongs to.
 *
 * Shape    why: what is already known of the difference; cut at its end if it gets too long
 */
void plx_differ_explain(const plx_compare_result *, const plx_compare_row *row,
                        const plx_compare_row *serial, char why[320]);

#endif
