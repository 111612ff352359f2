/* SPDX-License-Identifier: MIT */
/*
 * cli/progress.h: how far a call has come, on stderr: a bar on a terminal, else a line now and
 * then.
 */
#ifndef PLX_CLI_PROGRESS_H
#define PLX_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "plx/policy.h"

/** "45 %: 4500 of 10000 done, 3 failed, 1.23k/s, 12 s left"; cut at size bytes. */
void plx_cli_progress_text(char *text, size_t size, const plx_progress *);

/** The same in one line of at most width columns, with a bar where there is room for one. */
void plx_cli_progress_bar(char *line, size_t size, const plx_progress *, int width);

/** Let the policy's call be shown. A terminal is one that may be drawn on: see progress.c. */
void plx_cli_progress_begin(plx_policy *);

/** After a call: leave the bar's line, if there is one. */
void plx_cli_progress_end(void);

/** In a signal handler, before a line is written: the cursor stands in a bar. Once true, then not
    until the next bar. */
bool plx_cli_progress_cut(void);

#endif
