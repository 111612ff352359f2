/* SPDX-License-Identifier: MIT */
/* ramp.c: costs that grow with the item: the last ones are the dearest. */
#include <stddef.h>

#define COST_NAME "cost_ramp"
#define COST_ABOUT "costs that grow with the item"
#define COST_NAPS 0
#define COST_FLAGS 0
#define COST_ITEM_NS 0

static double law(double u, size_t i);

#include "cost.h"

static double law(double u, size_t i)
{
    (void)u;
    return (double)i / 1000;
}
