/* SPDX-License-Identifier: MIT */
/*
 * mandelbrot: how long the point of each pixel of a picture takes to escape from z = z^2 + c. A map
 * of skewed cost that nothing foretells: a pixel takes some ten steps, its neighbour all of them.
 *
 * Item i is column i mod width of row i / width, the top row first; c is the middle of the pixel.
 * out is float32: the step after which |z| > 256, and by a fraction how little beyond z went, so
 * that neighbours differ smoothly and a picture has no bands; its whole part is the plain count
 * (but for a rounding at whole numbers). +infinity: it never escaped.
 *
 * Pixels are iterated some at a time, as many as vectors like; one that has escaped waits for the
 * others with its z kept, so it does not matter who its neighbours are.
 *
 * Check    std::complex, pixel by pixel
 * Source   Peitgen, Saupe (eds.), The Science of Fractal Images, 1988 (the smooth count)
 * Better   closed forms for the two largest parts of the set; following its border
 */
#include "plx/kernel.h"

#include <math.h>
#include <string.h>

#include "kernels/mandelbrot.h"

enum { PIXELS_MAX = 16, STEPS_AT_ONCE = 8, MOST_WIDE = 65535 };

static const double far = 65536;        /* |z|^2 = 256^2 */

typedef struct params {
    uint64_t width, height, iterations;
    double re, im, span;
} params;

/* c, and where z ended after how many steps. */
typedef struct pixels {
    double re[PIXELS_MAX], im[PIXELS_MAX], x[PIXELS_MAX], y[PIXELS_MAX];
    int64_t steps[PIXELS_MAX];
} pixels;

static void aim(pixels *p, size_t lane, const params *set, size_t item)
{
    const double pixel = set->span / (double)set->width;
    const double column = (double)(item % set->width), row = (double)(item / set->width);
    p->re[lane] = set->re + (column + 0.5 - 0.5 * (double)set->width) * pixel;
    p->im[lane] = set->im - (row + 0.5 - 0.5 * (double)set->height) * pixel;
}

/* |z|^2 grows from 2^16 to 2^32 in the step beyond: the logarithm of its logarithm by one. */
static float escape_of(const pixels *p, size_t lane)
{
    const double size = p->x[lane] * p->x[lane] + p->y[lane] * p->y[lane];
    if (size <= far)
        return INFINITY;
    const double smooth = (double)p->steps[lane] + 5 - log2(log2(size));
    return smooth > 0 ? (float)smooth : 0;
}

#define LANES_SIZE 16
#define LANES_CODE
#define LANES_MAP map_base
#include "kernels/mandelbrot_lanes.h"

#if PLX_WIDE_X86
#define LANES_SIZE 32
#define LANES_CODE PLX_WIDE_AVX2_CODE
#define LANES_MAP map_avx2
#include "kernels/mandelbrot_lanes.h"

#define LANES_SIZE 64
#define LANES_CODE PLX_WIDE_AVX512_CODE
#define LANES_MAP map_avx512
#include "kernels/mandelbrot_lanes.h"
#endif

plx_mandelbrot_path *const plx_mandelbrot_paths[PLX_WIDE_LEVELS] = {
    [PLX_WIDE_BASE] = map_base,
#if PLX_WIDE_X86
    [PLX_WIDE_AVX2] = map_avx2,
    [PLX_WIDE_AVX512] = map_avx512,
#endif
};

static void map(const plx_block *block)
{
    plx_mandelbrot_paths[plx_wide_level()](block);
}

static bool is_picture(const params *set)
{
    return set->width >= 1 && set->width <= MOST_WIDE && set->height >= 1 &&
           set->height <= MOST_WIDE;
}

/* 1 for what prepare() will refuse. */
static size_t items(const void *ctx)
{
    const params *set = ctx;
    return is_picture(set) ? (size_t)set->width * (size_t)set->height : 1;
}

static const char *fault_of(const params *set)
{
    if (!is_picture(set))
        return "parameters width and height must be from 1 to 65535";
    if (set->iterations < 1 || set->iterations > 1000000000)
        return "parameter iterations must be from 1 to 1000000000 (1e9)";
    if (!isfinite(set->re) || !isfinite(set->im))
        return "parameters re and im must be finite";
    if (!(set->span > 0) || !isfinite(set->span))
        return "parameter span must be above 0 and finite";
    return NULL;
}

static int prepare(size_t n, const void *ctx, void **shared, const char **why)
{
    *shared = NULL;
    *why = fault_of(ctx);
    if (*why == NULL && n > items(ctx))
        *why = "n is above width * height";
    return *why != NULL;
}

static double work(size_t lo, size_t hi, const void *ctx, double *bytes)
{
    const params *set = ctx;
    if (bytes)
        *bytes = 4.0 * (double)(hi - lo);
    return (double)(hi - lo) * (40 + 0.2 * (double)set->iterations);
}

/* Whole groups of pixels, and short: no other cut evens out what nobody can foretell. */
static size_t grain(size_t n, const void *ctx)
{
    (void)ctx;
    return (n / 65536 / 64 + 1) * 64;
}

#define PARAM(field, kind, start, text)                                                            \
    { .name = #field, .about = text, .initial = start, .type = kind,                               \
      .offset = offsetof(params, field), .size = 8 }

static const plx_field fields[] = {
    PARAM(width, PLX_U64, "1200", "pixels a row, 1 to 65535"),
    PARAM(height, PLX_U64, "800", "rows, 1 to 65535"),
    PARAM(re, PLX_F64, "-0.75", "middle of the picture, real part"),
    PARAM(im, PLX_F64, "0", "middle of the picture, imaginary part"),
    PARAM(span, PLX_F64, "3.6", "width of the picture in the plane"),
    PARAM(iterations, PLX_U64, "1000", "steps after which a point counts as inside, 1 to 1e9"),
    { .name = NULL }
};

static const plx_field results[] = {
    { .name = "value", .about = "smooth count of the steps to escape, inf if it does not",
      .type = PLX_F32, .offset = 0, .size = sizeof(float) },
    { .name = NULL }
};

const plx_kernel plx_mandelbrot_kernel = {
    .size = sizeof(plx_kernel),
    .name = "mandelbrot",
    .about = "a picture of the Mandelbrot set: a map whose cost nothing foretells",
    .better = "closed forms for the two largest parts of the set; following its border",
    .out_size = sizeof(float),
    .ctx_size = sizeof(params),
    .out_type = PLX_F32,
    .params = fields,
    .results = results,
    .item_ns = 200,
    .grain = grain,
    .prepare = prepare,
    .work = work,
    .map = map,
    .items = items,
};
