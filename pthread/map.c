/* SPDX-License-Identifier: MIT */
/* pthread/map.c: every thread fetches hand-outs from one counter until there are none. */
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
        plx_run_map(hand->run, lo, hi, worker);
}

void plx_pthread_map(plx_team *team, plx_run *run)
{
    handout hand = {.run = run, .threads = team->threads};
    plx_pool_run(team->own, take_blocks, &hand);
}
