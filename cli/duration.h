/* SPDX-License-Identifier: MIT */
/* cli/duration.h: lengths of time on the command line: 90, 60s, 2m, 500ms, 1.5h. */
#ifndef PLX_CLI_DURATION_H
#define PLX_CLI_DURATION_H

#include <stdbool.h>

#include "options.h"

/** Seconds, if text is digits[.digits] and then ms, s, m, h or nothing; else false. */
bool plx_cli_duration(const char *text, double *seconds);

/** An option's setter: the field is a double; min and max are in milliseconds. */
int plx_cli_set_duration(const plx_cli_option *, void *field, const char *text);

#endif
