/* SPDX-License-Identifier: MIT */
/* uniform.c: costs between nothing and twice the mean. It says that it waits, and does not. */
#include <stddef.h>

#define COST_NAME "cost_uniform"
#define COST_ABOUT "costs between nothing and twice the mean"
#define COST_NAPS 0
#define COST_FLAGS PLX_WAITS
#define COST_ITEM_NS 0

static double law(double u, size_t i);

#include "cost.h"

static double law(double u, size_t i)
{
    (void)i;
    return 2 * u;
}
