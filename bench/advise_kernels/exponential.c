/* SPDX-License-Identifier: MIT */
/* exponential.c: costs of an exponential law, and an item_ns that is true. */
#include <stddef.h>

#define COST_NAME "cost_exponential"
#define COST_ABOUT "costs of an exponential law"
#define COST_NAPS 0
#define COST_FLAGS 0
#define COST_ITEM_NS 2e4

static double law(double u, size_t i);

#include "cost.h"

static double law(double u, size_t i)
{
    (void)i;
    return -log(u);
}
