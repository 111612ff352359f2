/* SPDX-License-Identifier: MIT */
/* mixed.c: a third computing, the rest sleeping, up to twenty units an item. */
#include <stddef.h>

#define COST_NAME "cost_mixed"
#define COST_ABOUT "a third computing, the rest sleeping"
#define COST_NAPS 0.67
#define COST_FLAGS 0
#define COST_ITEM_NS 1e5

static double law(double u, size_t i);

#include "cost.h"

static double law(double u, size_t i)
{
    (void)i;
    return 20 * u;
}
