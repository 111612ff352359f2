/* SPDX-License-Identifier: MIT */
/*
 * cli/factors.c: factors as they are typed. What their names and levels mean is for the comparison
 * to say; here only their form counts.
 */
#include "factors.h"

#include <stdint.h>
#include <string.h>

#include "error.h"

static int refuse(const char *option, const char *text, const char *why)
{
    return plx_cli_error(PLX_EXIT_USAGE, "%s '%s': %s", option, text, why);
}

const plx_compare_factor *plx_cli_factors_find(const plx_cli_factors *factors, const char *name)
{
    for (size_t f = 0; f < factors->count; f++)
        if (strcmp(factors->factor[f].name, name) == 0)
            return &factors->factor[f];
    return NULL;
}

/* Room for one more, its name checked. */
static int add(plx_cli_factors *factors, const char *option, const char *name)
{
    if (plx_cli_factors_find(factors, name) != NULL)
        return refuse(option, name, "this factor is given twice");
    if (factors->count == PLX_CLI_FACTORS_MAX)
        return refuse(option, name, "eight factors are the most");
    plx_compare_factor *made = &factors->factor[factors->count];
    made->name = name;
    made->levels = factors->level[factors->count++];
    made->count = 0;
    return 0;
}

static int add_level(plx_cli_factors *factors, const char *option, const char *level)
{
    size_t last = factors->count - 1;
    plx_compare_factor *factor = &factors->factor[last];
    if (*level == '\0')
        return refuse(option, factor->name, "a level is empty; write NAME=LEVEL,LEVEL");
    if (factor->count == PLX_CLI_LEVELS_MAX)
        return refuse(option, factor->name, "sixteen levels are the most");
    for (size_t l = 0; l < factor->count; l++)
        if (strcmp(factor->levels[l], level) == 0)
            return refuse(option, level, "this level is given twice");
    factors->level[last][factor->count++] = level;
    return 0;
}

int plx_cli_set_factor(const plx_cli_option *option, void *field, const char *text)
{
    char *name = (char *)(uintptr_t)text, *word = strchr(name, '='); /* argv is ours to change */
    (void)option;
    if (word == NULL || word == name)
        return refuse("--factor", text, "write NAME=LEVEL,LEVEL");
    *word++ = '\0';
    int code = add(field, "--factor", name);
    for (char *comma; code == 0 && word != NULL; word = comma) {
        comma = strchr(word, ',');
        if (comma != NULL)
            *comma++ = '\0';
        code = add_level(field, "--factor", word);
    }
    return code;
}

int plx_cli_set_level(const plx_cli_option *option, void *field, const char *text)
{
    char name[64];
    plx_cli_option_name(option, name, sizeof name);
    int code = add(field, name, option->name);
    return code == 0 ? add_level(field, name, text) : code;
}
