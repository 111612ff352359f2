/* SPDX-License-Identifier: MIT */
/*
 * cli/tsv.h: results as a table: tab-separated text, one line an item, for kernels whose results
 * are several values or have no type in .npy files.
 *
 * The first line names the columns: "item", then the kernel's results. Values are as `run` prints
 * them; of a failed item all but its number are empty.
 */
#ifndef PLX_CLI_TSV_H
#define PLX_CLI_TSV_H

#include "output.h"
#include "plx/plx.h"

/** True if a file of that name is to be a table. */
bool plx_tsv_named(const char *path);

/** NULL, or why the kernel's items cannot stand in a table: a phrase. */
const char *plx_tsv_why_not(const plx_kernel *);

/** The line of names. 0, or 74 after printing. */
int plx_tsv_head(plx_output *, const plx_kernel *);

/** Items [first, first + n), item first at out; failed: sorted by item. 0, or 74 after printing. */
int plx_tsv_rows(plx_output *, const plx_kernel *, size_t first, size_t n, const void *out,
                 const plx_failure *failed, size_t failures);

#endif
