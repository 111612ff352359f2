/* SPDX-License-Identifier: MIT */
/* compare/stage.h: the files of the rows whose ranks read and write their slices of files. */
#ifndef COMPARE_STAGE_H
#define COMPARE_STAGE_H

#include "compare/compare.h"
#include "compare/folder.h"

typedef struct plx_stage {
    char folder[PLX_FOLDER_PATH], in[PLX_FOLDER_PATH + 16], out[PLX_FOLDER_PATH + 16];
    bool made;
} plx_stage;

/**
 * If a row of the result's plan needs them: make the items once, the very ones that the other rows
 * make for themselves, and set the plan's staged_in and staged_out. A file that the user gave is
 * read where it is.
 *
 * Errors   0; the program's own code, or 73: no folder, with a line in why
 */
int plx_stage_make(plx_stage *, plx_compare_result *, char why[320]);

/** Leave nothing behind. Fine if nothing was made. */
void plx_stage_remove(plx_stage *, plx_compare_result *);

#endif
