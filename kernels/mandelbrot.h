/* SPDX-License-Identifier: MIT */
/* kernels/mandelbrot.h: the kernel's paths, so that tests can call each of them. */
#ifndef PLX_MANDELBROT_H
#define PLX_MANDELBROT_H

#include "plx/kernel.h"

#include "kernels/wide.h"

/** map() by one level's code. */
typedef void plx_mandelbrot_path(const plx_block *);

/** By level; NULL where this build has none. */
extern plx_mandelbrot_path *const plx_mandelbrot_paths[PLX_WIDE_LEVELS];

#endif
