/* SPDX-License-Identifier: MIT */
/* cli/compare_load.h: `parallax compare --load FILE.json`. */
#ifndef PLX_CLI_COMPARE_LOAD_H
#define PLX_CLI_COMPARE_LOAD_H

#include <stdbool.h>

/** True if the command line shows an old report instead of measuring. */
bool plx_cli_compare_loads(int argc, char **argv);

/** The command's code. */
int plx_cli_compare_load(int argc, char **argv);

#endif
