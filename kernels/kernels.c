/* SPDX-License-Identifier: MIT */
/*
 * kernels.c: the built-in kernels by number and by name.
 *
 * One list; a kernel that is not in it does not exist for the command. The list is sorted by name,
 * so that what users see does not depend on who came first.
 */
#include "plx/kernels.h"

#include <string.h>

#define KERNELS(X)                                                                                 \
    X(busy) X(file_digest) X(heavy_math) X(histogram) X(is_prime) X(mandelbrot) X(moments)         \
    X(monte_carlo_pi) X(n_queens) X(prime_sieve) X(square) X(sum_squares) X(wait)

#define DECLARE(name) extern const plx_kernel plx_##name##_kernel;
KERNELS(DECLARE)

#define ENTRY(name) &plx_##name##_kernel,
static const plx_kernel *const kernels[] = { KERNELS(ENTRY) };

const plx_kernel *plx_kernel_at(size_t i)
{
    return i < sizeof kernels / sizeof *kernels ? kernels[i] : NULL;
}

const plx_kernel *plx_kernel_find(const char *name)
{
    for (size_t i = 0; name && i < sizeof kernels / sizeof *kernels; i++)
        if (strcmp(kernels[i]->name, name) == 0)
            return kernels[i];
    return NULL;
}
