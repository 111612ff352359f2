/* SPDX-License-Identifier: MIT */
/* giants.c: few items that are three hundred times as dear as the rest. */
#include <stddef.h>

#define COST_NAME "cost_giants"
#define COST_ABOUT "few items that are three hundred times as dear"
#define COST_NAPS 0
#define COST_FLAGS 0
#define COST_ITEM_NS 0

static double law(double u, size_t i);

#include "cost.h"

static double law(double u, size_t i)
{
    (void)i;
    return u < 1.0 / 256 ? 150 : 0.5;
}
