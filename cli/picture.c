/* SPDX-License-Identifier: MIT */
/*
 * cli/picture.c: rows through libpng into an output; the colours of plain numbers.
 *
 * libpng leaves by longjmp where something fails, so all that must be undone lives in one struct
 * that write_rows() does not own.
 */
#include "picture.h"

#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "type.h"

enum { SIDE_MAX = 0x7fffffff };             /* the format's own limit */

typedef struct picture {
    const plx_kernel *kernel;
    size_t width, height;
    const unsigned char *items;
    double low, high;                       /* range of the finite values */
    bool plain;                             /* the items are bytes of the picture as they are */
    plx_output *output;
    unsigned char *row;
    int code;                               /* what was printed */
} picture;

bool plx_picture_named(const char *path)
{
    const size_t length = strlen(path);
    return length >= 4 && strcmp(path + length - 4, ".png") == 0;
}

/* 0 if there is no such parameter. */
static uint64_t side_of(const plx_kernel *kernel, const void *ctx, const char *name)
{
    uint64_t side = 0;
    for (const plx_field *field = kernel->params; field != NULL && field->name != NULL; field++)
        if (field->type == PLX_U64 && strcmp(field->name, name) == 0)
            memcpy(&side, (const char *)ctx + field->offset, sizeof side);
    return side;
}

static bool is_plain(const plx_kernel *kernel)
{
    return kernel->out_type == PLX_U8 && (kernel->out_size == 1 || kernel->out_size == 3);
}

static bool is_number(const plx_kernel *kernel)
{
    const plx_cli_type *type = plx_cli_type_of(kernel->out_type);
    return type->descr != NULL && kernel->out_size == type->size;
}

const char *plx_picture_why_not(const plx_kernel *kernel, const void *ctx, size_t n)
{
    const uint64_t width = side_of(kernel, ctx, "width"), height = side_of(kernel, ctx, "height");
    if (width == 0 || height == 0)
        return "its parameters tell no width and height";
    if (!is_plain(kernel) && !is_number(kernel))
        return "an item is neither one number nor three bytes";
    if (width > SIDE_MAX || height > SIDE_MAX)
        return "its width or height is beyond what a PNG can hold";
    if (n % width != 0 || n / width != height)
        return "its items are not width * height";
    return NULL;
}

static double value_of(const picture *p, size_t item)
{
    const unsigned char *from = p->items + item * p->kernel->out_size;
    union { double f64; float f32; int64_t i64; uint64_t u64; } as;
    memcpy(&as, from, p->kernel->out_size);
    switch (p->kernel->out_type) {
    case PLX_F64: return as.f64;
    case PLX_F32: return (double)as.f32;
    case PLX_I64: return (double)as.i64;
    default: return (double)as.u64;
    }
}

static void find_range(picture *p)
{
    p->low = INFINITY;
    p->high = -INFINITY;
    for (size_t i = 0; !p->plain && i < p->width * p->height; i++) {
        const double value = value_of(p, i);
        if (!isfinite(value))
            continue;
        p->low = value < p->low ? value : p->low;
        p->high = value > p->high ? value : p->high;
    }
}

/* Night, sea, foam, sand, fire: light grows to the middle, so that both ends stand out in it. */
static const unsigned char stops[][3] = {
    { 4, 6, 32 }, { 12, 34, 106 }, { 26, 96, 178 }, { 102, 186, 222 },
    { 240, 250, 246 }, { 255, 206, 96 }, { 236, 112, 24 }, { 128, 22, 18 },
};

void plx_picture_colour(double place, unsigned char rgb[3])
{
    const int last = sizeof stops / sizeof *stops - 1;
    const double at = place * last;
    const int below = at < last ? (int)at : last - 1;
    const double t = at - below;
    for (int i = 0; i < 3; i++) {
        const double from = stops[below][i], to = stops[below + 1][i];
        rgb[i] = (unsigned char)lround(from + (to - from) * t);
    }
}

static void colour_row(const picture *p, size_t row)
{
    const double log_range = log1p(p->high - p->low);
    const double scale = log_range > 0 && isfinite(log_range) ? 1 / log_range : 0;
    for (size_t column = 0; column < p->width; column++) {
        const double value = value_of(p, row * p->width + column);
        unsigned char *to = p->row + 3 * column;
        if (isfinite(value))
            plx_picture_colour(scale > 0 ? log1p(value - p->low) * scale : 0, to);
        else
            memset(to, 0, 3);
    }
}

static void take_bytes(png_structp png, png_bytep bytes, size_t size)
{
    picture *p = png_get_io_ptr(png);
    p->code = plx_output_write(p->output, bytes, size);
    if (p->code != 0)
        png_error(png, "told");
}

static void flush_nothing(png_structp png)
{
    (void)png;
}

static void leave(png_structp png, png_const_charp why)
{
    picture *p = png_get_error_ptr(png);
    if (p->code == 0)
        p->code =
            plx_cli_error(PLX_EXIT_WRITE, "-o '%s': writing failed: %s", p->output->path, why);
    png_longjmp(png, 1);
}

static void pass_over(png_structp png, png_const_charp what)
{
    (void)png;
    (void)what;
}

static void write_rows(picture *p, png_structp png, png_infop info)
{
    const bool grey = p->plain && p->kernel->out_size == 1;
    if (setjmp(png_jmpbuf(png)) != 0)
        return;
    png_set_write_fn(png, p, take_bytes, flush_nothing);
    png_set_user_limits(png, SIDE_MAX, SIDE_MAX);
    png_set_IHDR(png, info, (png_uint_32)p->width, (png_uint_32)p->height, 8,
                 grey ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
    png_write_info(png, info);
    for (size_t row = 0; row < p->height; row++) {
        if (!p->plain)
            colour_row(p, row);
        png_write_row(png, p->plain ? p->items + row * p->width * p->kernel->out_size : p->row);
    }
    png_write_end(png, info);
}

int plx_picture_write(plx_output *output, const plx_kernel *kernel, const void *ctx,
                      const void *items)
{
    picture p = { .kernel = kernel, .items = items, .output = output, .plain = is_plain(kernel) };
    p.width = (size_t)side_of(kernel, ctx, "width");
    p.height = (size_t)side_of(kernel, ctx, "height");
    find_range(&p);
    p.row = malloc(3 * p.width);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &p, leave, pass_over);
    png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
    if (p.row != NULL && info != NULL)
        write_rows(&p, png, info);
    else
        p.code = plx_cli_error(PLX_EXIT_SYSTEM, "-o '%s': no memory to write it", output->path);
    png_destroy_write_struct(&png, &info);
    free(p.row);
    return p.code;
}
