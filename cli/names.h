/* SPDX-License-Identifier: MIT */
/*
 * cli/names.h: words of the command line to what they name. Each prints the line that lists what
 * there is and returns the exit code, or 0.
 */
#ifndef PLX_CLI_NAMES_H
#define PLX_CLI_NAMES_H

#include "options.h"
#include "plx/kernels.h"
#include "plx/plx.h"

int plx_cli_find_pattern(const char *text, plx_pattern *);
int plx_cli_find_schedule(const char *text, plx_schedule *);
int plx_cli_find_kernel(const char *text, const plx_kernel **);

/** 64: no such model; 69: not in this build, or it does not offer the pattern. */
int plx_cli_find_model(const char *text, plx_pattern, plx_model_info *);

/** 64: the kernel has no map or no fold. */
int plx_cli_check_fit(const plx_kernel *, plx_pattern);

/** The defaults, then "key=value" by "key=value". ctx: room for PLX_CTX_MAX bytes, aligned. */
int plx_cli_set_params(const plx_kernel *, const plx_cli_texts *, void *ctx);

/** "guided", "static", "dynamic". */
const char *plx_cli_schedule_name(plx_schedule);

/** omp if this build has it, else pthread. */
const char *plx_cli_default_model(void);

#endif
