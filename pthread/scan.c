/* SPDX-License-Identifier: MIT */
/* pthread/scan.c: two rounds in which threads fetch hand-outs; between them the caller alone. */
#include "pthread/model.h"

typedef struct handout {
    plx_prefix *prefix;
    int threads;
    _Alignas(PLX_LINE) _Atomic size_t step;
} handout;

static void fold_blocks(void *arg, int worker)
{
    handout *hand = arg;
    for (size_t lo, hi; plx_run_hand(hand->prefix->run, hand->threads,
                                     atomic_fetch_add(&hand->step, 1), &lo, &hi);)
        plx_prefix_fold(hand->prefix, lo, hi, worker);
}

static void write_blocks(void *arg, int worker)
{
    handout *hand = arg;
    for (size_t lo, hi; plx_run_hand(hand->prefix->run, hand->threads,
                                     atomic_fetch_add(&hand->step, 1), &lo, &hi);)
        plx_prefix_write(hand->prefix, lo, hi, worker);
}

void plx_pthread_scan(plx_team *team, plx_prefix *prefix)
{
    handout folds = {.prefix = prefix, .threads = team->threads}, writes = folds;
    plx_pool_run(team->own, fold_blocks, &folds);
    plx_prefix_link(prefix);
    plx_pool_run(team->own, write_blocks, &writes);
}
