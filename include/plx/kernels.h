/* SPDX-License-Identifier: MIT */
/* plx/kernels.h: the kernels that come with the library, by name. */
#ifndef PLX_KERNELS_H
#define PLX_KERNELS_H

#include "plx/kernel.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef PLX_API
#define PLX_API __attribute__((visibility("default")))
#endif

/** The i-th built-in kernel, sorted by name; NULL from the end on. */
PLX_API const plx_kernel *plx_kernel_at(size_t i);

/** The built-in kernel of that name; NULL if there is none. */
PLX_API const plx_kernel *plx_kernel_find(const char *name);

#ifdef __cplusplus
}
#endif
#endif
