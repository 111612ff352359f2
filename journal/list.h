/* SPDX-License-Identifier: MIT */
/* journal/list.h: the segments of a folder by their names, in the order in which they are read. */
#ifndef PLX_JOURNAL_LIST_H
#define PLX_JOURNAL_LIST_H

#include "journal/head.h"

/**
 * *ids is to be freed; none if there is no such folder. PLX_NO_INPUT: it is none, or cannot be
 * read; PLX_NO_MEMORY. why says it in one line.
 */
plx_status plx_list_read(const char *folder, plx_segment_id **ids, size_t *count,
                         char why[PLX_JOURNAL_WHY]);

/** Open a segment of a folder, not waiting for anything; -1: errno says why not. */
int plx_list_open(const char *folder, const plx_segment_id *);

#endif
