/* SPDX-License-Identifier: MIT */
/*
 * my_kernel: what it computes, in one sentence.
 *
 *   parallax check ./my_kernel.c               does it keep a kernel's laws?
 *   parallax compare ./my_kernel.c             the fold under every model: answers, then time
 *   parallax compare ./my_kernel.c -p map      the same for the map
 *   parallax run reduce ./my_kernel.c -n 1e7 -m pthread -P power=3
 *   parallax run map ./my_kernel.c -i in.npy -o out.npy -m omp
 *
 * Write the work on a block of items once; Parallax cuts the items into blocks and runs them
 * under OpenMP, pthreads, MPI or mixtures of them, with the same bytes each time. What a kernel
 * must keep:
 *
 *   - an item's result depends on that item, its number and the parameters alone;
 *   - no static variables that change, no allocation, no printing;
 *   - b->in and b->out are aligned to their item type only: they may lie anywhere.
 */
#include <plx/kernel.h>

#include <math.h>

/* Parameters: -P key=value. They are copied to every worker and rank: no pointers. */
typedef struct params {
    double power;
} params;

/* The accumulator: what a worker adds its items to. Two of them can be joined. */
typedef struct total {
    double sum, largest;
    uint64_t count;
} total;

/* One item. */
static double value_of(double x, const params *set)
{
    return pow(fabs(x), set->power);
}

/* The map: out[i] = f(in[i]) for the items [lo, hi) of this block; b->in and b->out begin at lo. */
static void map(const plx_block *b)
{
    const double *in = b->in;
    double *out = b->out;
    for (size_t i = 0; i < b->hi - b->lo; i++)
        out[i] = value_of(in[i], b->ctx);
}

/* The fold: add the items of this block to the accumulator. An item that has no value says so by
   plx_fail(b, b->lo + i, code, "why"), and is left out. */
static void fold(const plx_block *b, void *acc)
{
    const double *in = b->in;
    total *all = acc;
    for (size_t i = 0; i < b->hi - b->lo; i++) {
        const double value = value_of(in[i], b->ctx);
        all->sum += value;
        all->largest = value > all->largest ? value : all->largest;
        all->count++;
    }
}

/* left = left + right, where left holds the items before right. An accumulator of zero bytes must
   change nothing; if yours begins otherwise, say how with .identity. */
static void combine(void *left, const void *right, const void *ctx)
{
    (void)ctx;
    total *all = left;
    const total *more = right;
    all->sum += more->sum;
    all->largest = more->largest > all->largest ? more->largest : all->largest;
    all->count += more->count;
}

static const plx_field fields[] = {
    { .name = "power", .about = "the exponent", .initial = "2",
      .type = PLX_F64, .offset = offsetof(params, power), .size = sizeof(double) },
    { .name = NULL }
};

/* What `run reduce` and `compare` print of the accumulator; the first is the value. */
static const plx_field results[] = {
    { .name = "sum", .about = "sum of |x|^power",
      .type = PLX_F64, .offset = offsetof(total, sum), .size = sizeof(double) },
    { .name = "largest", .about = "the largest |x|^power",
      .type = PLX_F64, .offset = offsetof(total, largest), .size = sizeof(double) },
    { .name = "count", .about = "items",
      .type = PLX_U64, .offset = offsetof(total, count), .size = sizeof(uint64_t) },
    { .name = NULL }
};

/* What Parallax looks for in this file. Leave out what you have not: .map, or .fold and its
   .combine. */
const plx_kernel plx_kernel_v1 = {
    .size = sizeof(plx_kernel),
    .name = "my_kernel",
    .about = "sum and maximum of |x|^power",
    .in_size = sizeof(double),          /* bytes of an item; 0: items are their numbers alone */
    .out_size = sizeof(double),
    .acc_size = sizeof(total),
    .ctx_size = sizeof(params),
    .in_type = PLX_F64,
    .out_type = PLX_F64,
    .params = fields,
    .results = results,
    .item_ns = 20,                      /* about what one item costs: sizes the blocks */
    .map = map,
    .fold = fold,
    .combine = combine,
};
