/* SPDX-License-Identifier: MIT */
/* cli/compare_sweep.h: `parallax compare --sweep AXIS=POINTS` and `--metg`. */
#ifndef PLX_CLI_COMPARE_SWEEP_H
#define PLX_CLI_COMPARE_SWEEP_H

#include "compare/sweep/metg.h"
#include "compare/sweep/sweep.h"
#include "options.h"

/** What the two options ask for; count 0: no sweep. */
typedef struct plx_cli_sweep {
    plx_sweep_points points;
    bool metg;
} plx_cli_sweep;

/** An option's setter: "workers=1..8", "n=1e4,5e4,2e6"; the field is a plx_cli_sweep. */
int plx_cli_set_sweep(const plx_cli_option *, void *sweep, const char *text);

/** Measure and print. The exit code, after printing the line if there is no report. */
int plx_cli_sweep_print(const plx_compare_plan *, const plx_cli_sweep *, bool json, bool csv);
int plx_cli_metg_print(const plx_compare_plan *, bool json);

#endif
