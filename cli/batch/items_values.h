/* SPDX-License-Identifier: MIT */
/*
 * cli/batch/items_values.h: items of one fixed size: from a line's text, from a .npy file, from the
 * seed.
 *
 * Which of these a kernel can have hangs on its in_type and in_size alone.
 */
#ifndef PLX_CLI_BATCH_ITEMS_VALUES_H
#define PLX_CLI_BATCH_ITEMS_VALUES_H

#include <sys/types.h>

#include "items.h"

/** True if a line's text can be an item: it is one value. */
bool plx_items_values_have_text(const plx_kernel *);

/** The item that a line says; false: it is none. */
bool plx_items_values_read(const plx_kernel *, const char *text, size_t size, void *item);

/** True if items can be made; then the i-th. */
bool plx_items_values_have_seed(const plx_kernel *);
void plx_items_values_make(const plx_kernel *, uint64_t seed, uint64_t i, void *item);

/** How many items of the kernel an open .npy file of size bytes holds, and where they begin. 0, or
    65, 66 after printing the line. */
int plx_items_values_npy(const plx_items_how *, int fd, size_t size, uint64_t *count, off_t *first);

#endif
