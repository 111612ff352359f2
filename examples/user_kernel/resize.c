/* SPDX-License-Identifier: MIT */
/*
 * resize.c: a kernel of a user's own, in one file: a grey picture of 64 x 48 bytes becomes one of
 * 20 x 15 by a box filter: each new pixel is the mean of the area that it covers, parts of pixels
 * counted as parts. Rows first, then columns, in whole numbers: every machine gives the same bytes.
 *
 *   parallax check ./resize.c
 *   parallax run batch ./resize.c -i pictures.npy -o small.npy
 *   parallax compare ./resize.c -p map -n 100000
 *
 * Check    pictures.py check: each pixel becomes 20 x 15 equal ones, blocks of 64 x 48 are averaged
 */
#include <plx/kernel.h>

enum { WIDE = 64, HIGH = 48, TO_WIDE = 20, TO_HIGH = 15 };

typedef struct picture { uint8_t row[HIGH][WIDE]; } picture;
typedef struct small { uint8_t row[TO_HIGH][TO_WIDE]; } small;
typedef struct rows { uint32_t row[HIGH][TO_WIDE]; } rows;      /* wide no more, still as high */

/* How much of old pixel p lies in new pixel x, where new ones are `size` and old ones `to` long. */
static uint32_t covered(int x, int p, int size, int to)
{
    int lo = x * size > p * to ? x * size : p * to;
    int hi = (x + 1) * size < (p + 1) * to ? (x + 1) * size : (p + 1) * to;
    return (uint32_t)(hi - lo);
}

static void shrink_row(const uint8_t *pixels, uint32_t *sums)
{
    for (int x = 0; x < TO_WIDE; x++) {
        sums[x] = 0;
        for (int p = x * WIDE / TO_WIDE; p * TO_WIDE < (x + 1) * WIDE; p++)
            sums[x] += covered(x, p, WIDE, TO_WIDE) * pixels[p];
    }
}

/* Row y of the small picture from the rows that it covers; the mean is rounded half up. */
static void shrink_column(const rows *all, int y, uint8_t *pixels)
{
    uint32_t sums[TO_WIDE] = { 0 };
    for (int p = y * HIGH / TO_HIGH; p * TO_HIGH < (y + 1) * HIGH; p++)
        for (int x = 0; x < TO_WIDE; x++)
            sums[x] += covered(y, p, HIGH, TO_HIGH) * all->row[p][x];
    for (int x = 0; x < TO_WIDE; x++)
        pixels[x] = (uint8_t)((sums[x] + WIDE * HIGH / 2) / (WIDE * HIGH));
}

/* An item is a picture; a block is a run of them. */
static void map(const plx_block *block)
{
    const picture *in = block->in;
    small *out = block->out;
    rows *between = block->scratch;                     /* this worker's own */
    for (size_t i = 0; i < block->hi - block->lo; i++) {
        for (int y = 0; y < HIGH; y++)
            shrink_row(in[i].row[y], between->row[y]);
        for (int y = 0; y < TO_HIGH; y++)
            shrink_column(between, y, out[i].row[y]);
    }
}

static size_t scratch_size(size_t n, const void *ctx)
{
    (void)n;
    (void)ctx;
    return sizeof(rows);
}

const plx_kernel plx_kernel_v1 = {
    .size = sizeof(plx_kernel),
    .name = "resize",
    .about = "grey pictures of 64 x 48 to 20 x 15, by a box filter",
    .in_size = sizeof(picture),
    .out_size = sizeof(small),
    .in_type = PLX_U8,
    .out_type = PLX_U8,
    .item_ns = 15000,
    .scratch_size = scratch_size,
    .map = map,
};
