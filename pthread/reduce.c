/* SPDX-License-Identifier: MIT */
/* pthread/reduce.c: as a map, but each block is folded and joined by its number. */
#include "pthread/model.h"

typedef struct handout {
    plx_run *run;
    int threads;
    _Alignas(PLX_LINE) _Atomic size_t step;
} handout;

static void take_blocks(void *arg, int worker)
{
    handout *hand = arg;
    for (size_t lo, hi;
         plx_run_hand(hand->run, hand->threads, atomic_fetch_add(&hand->step, 1), &lo, &hi);)
        plx_run_reduce(hand->run, lo, hi, worker);
}

void plx_pthread_reduce(plx_team *team, plx_run *run)
{
    handout hand = {.run = run, .threads = team->threads};
    plx_pool_run(team->own, take_blocks, &hand);
}
