/* SPDX-License-Identifier: MIT */
/* merge_inside.h: cli/batch/merge.h for C++, which cannot read a header with C's atomics. */
#ifndef PLX_TESTS_MERGE_INSIDE_H
#define PLX_TESTS_MERGE_INSIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/batch/items.h"
#include "plx/kernel.h"

typedef struct merge_ask {
    const plx_kernel *kernel;
    const char *items, *journal, *output;
    bool force;
} merge_ask;

int merge_check(const merge_ask *);
int merge_output(const merge_ask *, plx_items *, uint64_t n, uint64_t *digest, bool *complete);

#endif
