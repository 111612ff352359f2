/* SPDX-License-Identifier: MIT */
/* cli/same.h: were all ranks started with the same arguments? Which processes are they? */
#ifndef PLX_CLI_SAME_H
#define PLX_CLI_SAME_H

#include "options.h"
#include "plx/plx.h"

enum { PLX_CLI_SAME_MAX = 48 };

/** A value of the command's struct that must be equal on all ranks. */
typedef struct plx_cli_same_row {
    const char *option;
    size_t offset, size;            /* size 0: a text or NULL */
} plx_cli_same_row;

/**
 * Collective. 0, or 78 on every rank after printing which rank has other arguments: at most
 * PLX_CLI_SAME_MAX rows of the struct at ask, and the parameters of -P. From then on a rank that is
 * lost is noticed, see watch.h.
 */
int plx_cli_same(plx_team *, const plx_cli_same_row *, size_t rows, const void *ask,
                 const plx_cli_texts *params);

#endif
