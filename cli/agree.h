/* SPDX-License-Identifier: MIT */
/* cli/agree.h: what ranks know, told to all: every rank comes here, whatever it found. */
#ifndef PLX_CLI_AGREE_H
#define PLX_CLI_AGREE_H

#include <stddef.h>

#include "plx/plx.h"

/** Room for a line that is held, see error.h. */
enum { PLX_CLI_HELD = 600 };

/**
 * The exit code of the lowest rank that has one, on all; rank 0 prints its line. line: what an
 * error line of this rank would be. longest_s: becomes the longest of all; NULL: no time.
 */
int plx_cli_agree(plx_team *, int code, const char *line, double *longest_s);

/** One rank's bytes to all. 0, or an exit code, the same on all, after printing. */
int plx_cli_tell(plx_team *, int from, void *bytes, size_t size);
int plx_cli_tell_all(plx_team *, const void *mine, size_t size, void *all); /* all: by rank */

#endif
