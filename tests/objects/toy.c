/* SPDX-License-Identifier: MIT */
/*
 * toy.c: a kernel object, and with one of the macros below defined one that must be refused.
 *
 * The good one counts its items and adds their numbers, times a parameter.
 */
#include "plx/kernel.h"

typedef struct params { uint64_t times; } params;
typedef struct total { uint64_t count, sum; } total;

#ifdef TOY_UNDEFINED
int plx_cores(void);
#define TIMES(ctx) (((const params *)(ctx))->times * (uint64_t)plx_cores())
#else
#define TIMES(ctx) (((const params *)(ctx))->times)
#endif

#ifndef TOY_PLUS
#define TOY_PLUS 0
#endif
#ifndef TOY_SIZE
#define TOY_SIZE sizeof(plx_kernel)
#endif
#ifndef TOY_NAME
#define TOY_NAME "toy"
#endif
#ifndef TOY_INITIAL
#define TOY_INITIAL "1"
#endif
#ifndef TOY_OFFSET
#define TOY_OFFSET offsetof(total, sum)
#endif
#ifndef TOY_ACC
#define TOY_ACC sizeof(total)
#endif
#ifndef TOY_SYMBOL
#define TOY_SYMBOL plx_kernel_v1
#endif

void toy_fold(const plx_block *, void *);
void toy_fold(const plx_block *b, void *acc)
{
    total *all = acc;
    for (size_t i = b->lo; i < b->hi; i++)
        all->sum += i * TIMES(b->ctx) + TOY_PLUS;
    all->count += b->hi - b->lo;
}

#ifdef TOY_FUNCTION
/* The header declares an object, and another unit's idea of it is what this toy is about. */
__asm__(".globl plx_kernel_v1\n.type plx_kernel_v1, @function\n.set plx_kernel_v1, toy_fold\n");
#else
static void combine(void *left, const void *right, const void *ctx)
{
    (void)ctx;
    ((total *)left)->sum += ((const total *)right)->sum;
    ((total *)left)->count += ((const total *)right)->count;
}

static const plx_field fields[] = {
    { .name = "times", .about = "a factor", .initial = TOY_INITIAL,
      .type = PLX_U64, .offset = 0, .size = 8 },
    { .name = NULL }
};

static const plx_field results[] = {
    { .name = "sum", .about = "of the items' numbers",
      .type = PLX_U64, .offset = TOY_OFFSET, .size = 8 },
    { .name = NULL }
};

extern __attribute__((visibility("default"))) const plx_kernel TOY_SYMBOL;
const plx_kernel TOY_SYMBOL = {
    .size = TOY_SIZE,
    .name = TOY_NAME,
    .about = "a kernel in a file",
    .acc_size = TOY_ACC,
    .ctx_size = sizeof(params),
    .params = fields,
    .results = results,
    .flags = PLX_EXACT,
    .item_ns = 1,
    .fold = toy_fold,
    .combine = combine,
};
#endif
