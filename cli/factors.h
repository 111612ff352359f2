/* SPDX-License-Identifier: MIT */
/* cli/factors.h: `--factor NAME=LEVEL,LEVEL`, and the options that are short for one of them. */
#ifndef PLX_CLI_FACTORS_H
#define PLX_CLI_FACTORS_H

#include "compare/compare.h"
#include "options.h"

enum { PLX_CLI_FACTORS_MAX = 8, PLX_CLI_LEVELS_MAX = 16 };

typedef struct plx_cli_factors {
    plx_compare_factor factor[PLX_CLI_FACTORS_MAX];
    const char *level[PLX_CLI_FACTORS_MAX][PLX_CLI_LEVELS_MAX];
    size_t count;
} plx_cli_factors;

/** The factor of that name, or NULL. */
const plx_compare_factor *plx_cli_factors_find(const plx_cli_factors *, const char *name);

/** An option's setter: "NAME=A,B". The words stay in argv, cut where they end. */
int plx_cli_set_factor(const plx_cli_option *, void *factors, const char *text);

/** An option's setter: --schedule A is --factor schedule=A. */
int plx_cli_set_level(const plx_cli_option *, void *factors, const char *text);

#endif
