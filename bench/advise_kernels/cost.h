/* SPDX-License-Identifier: MIT */
/*
 * cost.h: a kernel whose items cost what a law says: the file that includes it defines
 * `static double law(double u, size_t i)`, an item's cost in units of `us` microseconds, where u is
 * the item's own random number in (0, 1); COST_NAME and COST_ABOUT; and COST_NAPS for a kernel that
 * sleeps that time instead of computing it. The out value depends on the item and the seed alone.
 */
#include <plx/kernel.h>
#include <plx/philox.h>

#include <math.h>
#include <time.h>

typedef struct params { uint64_t seed; double us; } params;

static const double rounds_per_us = 500, most_us = 1e6;

static double uniform(uint64_t seed, size_t i)
{
    uint32_t draw[4];
    plx_philox_draw(seed, i, 0, draw);
    return ((double)draw[0] + 0.5) / 4294967296.0;
}

/* Each round needs the one before: no compiler shortens it. */
static uint64_t compute(uint64_t x, double us)
{
    for (uint64_t rounds = (uint64_t)(us * rounds_per_us); rounds > 0; rounds--) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    return x;
}

static void nap(double us)
{
    struct timespec time = {.tv_sec = (time_t)(us / 1e6), .tv_nsec = (long)(fmod(us, 1e6) * 1e3)};
    nanosleep(&time, NULL);
}

static void map(const plx_block *block)
{
    const params *set = block->ctx;
    uint64_t *out = block->out;
    for (size_t i = block->lo; i < block->hi; i++) {
        const double us = fmin(set->us * law(uniform(set->seed, i), i), most_us);
        out[i - block->lo] = compute(i + 1 + set->seed, us * (1 - (COST_NAPS)));
        if ((COST_NAPS) > 0)
            nap(us * (COST_NAPS));
    }
}

static const plx_field fields[] = {
    {.name = "seed", .about = "of the items' costs", .initial = "1", .type = PLX_U64,
     .offset = offsetof(params, seed), .size = sizeof(uint64_t)},
    {.name = "us", .about = "microseconds that the law's unit stands for", .initial = "20",
     .type = PLX_F64, .offset = offsetof(params, us), .size = sizeof(double)},
    {.name = NULL}};

const plx_kernel plx_kernel_v1 = {
    .size = sizeof(plx_kernel),
    .name = COST_NAME,
    .about = COST_ABOUT,
    .out_size = sizeof(uint64_t),
    .out_type = PLX_U64,
    .ctx_size = sizeof(params),
    .params = fields,
    .flags = COST_FLAGS,
    .item_ns = COST_ITEM_NS,
    .map = map,
};
