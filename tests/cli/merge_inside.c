/* SPDX-License-Identifier: MIT */
/* merge_inside.c: the same calls with the few options that they look at. */
#include "merge_inside.h"

#include "cli/batch/merge.h"

static plx_batch_ask ask_of(const merge_ask *ask)
{
    return (plx_batch_ask){ .kernel = ask->kernel, .command = ask->kernel == NULL ? "c" : NULL,
                            .items = ask->items, .journal = ask->journal, .output = ask->output,
                            .force = ask->force };
}

int merge_check(const merge_ask *ask)
{
    const plx_batch_ask whole = ask_of(ask);
    return plx_merge_check(&whole);
}

int merge_output(const merge_ask *ask, plx_items *items, uint64_t n, uint64_t *digest,
                 bool *complete)
{
    const plx_batch_ask whole = ask_of(ask);
    return plx_merge_output(&whole, items, ask->journal, n, digest, complete);
}
