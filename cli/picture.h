/* SPDX-License-Identifier: MIT */
/*
 * cli/picture.h: a map's results as a PNG, for kernels whose parameters `width` and `height` tell a
 * shape and whose item i is column i mod width of row i / width.
 *
 * One uint8 is a grey, three are red, green and blue; any other single number gets a colour by its
 * place in the range of all, on a logarithmic scale, and black if it is not finite.
 */
#ifndef PLX_CLI_PICTURE_H
#define PLX_CLI_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "output.h"
#include "plx/kernel.h"

/** True if a file of that name is to be a picture. */
bool plx_picture_named(const char *path);

/** NULL, or why n items of this kernel with these parameters are no picture: a phrase. */
const char *plx_picture_why_not(const plx_kernel *, const void *ctx, size_t n);

/** Write the whole file, a row at a time, of items that are a picture. 0, or 71 or 74 after
    printing. */
int plx_picture_write(plx_output *, const plx_kernel *, const void *ctx, const void *items);

/** The colour of a place from 0 to 1 in the range. */
void plx_picture_colour(double place, unsigned char rgb[3]);

#endif
