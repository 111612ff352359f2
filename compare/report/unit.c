/* SPDX-License-Identifier: MIT */
/* compare/report/unit.c: text, page and advice show a time in the same unit. */
#include "compare/report/unit.h"

#include <stddef.h>

double plx_unit_choose(double seconds, const char **name)
{
    static const struct {
        const char *name;
        double per_s;
    } units[] = {{"s", 1}, {"ms", 1e3}, {"us", 1e6}, {"ns", 1e9}};
    size_t u = 0;
    while (u < 3 && seconds * units[u].per_s < 1)
        u++;
    *name = units[u].name;
    return units[u].per_s;
}
