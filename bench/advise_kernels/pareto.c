/* SPDX-License-Identifier: MIT */
/* pareto.c: costs with a Pareto tail, exponent 1.5; its item_ns is a thousand times too low. */
#include <stddef.h>

#define COST_NAME "cost_pareto"
#define COST_ABOUT "costs with a Pareto tail"
#define COST_NAPS 0
#define COST_FLAGS 0
#define COST_ITEM_NS 20

static double law(double u, size_t i);

#include "cost.h"

static double law(double u, size_t i)
{
    (void)i;
    return 0.33 * pow(u, -1 / 1.5);
}
