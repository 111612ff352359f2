/* SPDX-License-Identifier: MIT */
/*
 * square: for every item: out = in * in, over float64. The smallest map: it shows what a call costs
 * and how fast memory is, since two cores rarely have twice the memory of one.
 *
 * Check    the product by long double in the test, and NaN, infinities and signed zeros by hand
 * Source   none needed
 * Better   none: the loop is bound by memory
 */
#include "plx/kernel.h"

static void map(const plx_block *block)
{
    const double *in = block->in;
    double *out = block->out;
    const size_t items = block->hi - block->lo;
    for (size_t i = 0; i < items; i++)
        out[i] = in[i] * in[i];
}

static double work(size_t lo, size_t hi, const void *ctx, double *bytes)
{
    (void)ctx;
    if (bytes)
        *bytes = 16.0 * (double)(hi - lo);
    return 0.5 * (double)(hi - lo);
}

static const plx_field results[] = {
    { .name = "value", .about = "x * x", .type = PLX_F64, .offset = 0, .size = sizeof(double) },
    { .name = NULL }
};

const plx_kernel plx_square_kernel = {
    .size = sizeof(plx_kernel),
    .name = "square",
    .about = "x * x of every float64: the smallest map, bound by memory",
    .in_size = sizeof(double),
    .out_size = sizeof(double),
    .in_type = PLX_F64,
    .out_type = PLX_F64,
    .results = results,
    .item_ns = 0.5,
    .work = work,
    .map = map,
};
