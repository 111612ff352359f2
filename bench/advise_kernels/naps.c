/* SPDX-License-Identifier: MIT */
/* naps.c: sleeps of an exponential law, ten units on average. It does not say that it waits. */
#include <stddef.h>

#define COST_NAME "cost_naps"
#define COST_ABOUT "sleeps of an exponential law"
#define COST_NAPS 1
#define COST_FLAGS 0
#define COST_ITEM_NS 0

static double law(double u, size_t i);

#include "cost.h"

static double law(double u, size_t i)
{
    (void)i;
    return -10 * log(u);
}
