/* SPDX-License-Identifier: MIT */
/*
 * core/fail.c: failed items.
 *
 * A list keeps the lowest items, sorted: items mostly fail in rising order within a worker, so
 * adding is an append as a rule. What the list leaves out is still counted.
 */
#include <stdlib.h>
#include <string.h>

#include "core/run.h"

void plx_fails_lower(_Atomic size_t *lowest, size_t item)
{
    size_t known = atomic_load(lowest);
    while (item < known && !atomic_compare_exchange_weak(lowest, &known, item)) {
    }
}

bool plx_fails_reserve(plx_fails *fails, size_t room)
{
    if (room <= fails->room)
        return true;
    plx_failure *list = realloc(fails->list, room * sizeof *list);
    if (!list)
        return false;
    fails->list = list;
    fails->room = room;
    return true;
}

/* Both sorted, and so is what becomes of them. The walk finds how many of each are kept. */
void plx_fails_merge(plx_fails *fails, const plx_failure *list, size_t n, size_t cap, plx_run *run)
{
    size_t total = fails->n + n, kept = total < cap ? total : cap, mine = 0, others = 0;
    if (kept && !plx_fails_reserve(fails, kept)) {
        plx_run_trouble(run, PLX_NO_MEMORY);
        return;
    }
    while (mine + others < kept) {
        bool other = mine == fails->n || (others < n && list[others].item < fails->list[mine].item);
        mine += !other;
        others += other;
    }
    for (size_t at = kept; others > 0; at--) {
        bool other = mine == 0 || fails->list[mine - 1].item < list[others - 1].item;
        fails->list[at - 1] = other ? list[--others] : fails->list[--mine];
    }
    fails->n = kept;
}

static bool make_room(plx_fails *fails, size_t cap)
{
    if (fails->n < fails->room)
        return true;
    size_t room = fails->room ? 2 * fails->room : 4;
    return plx_fails_reserve(fails, room < cap ? room : cap);
}

void plx_fails_add(plx_fails *fails, const plx_failure *failure, size_t cap, plx_run *run)
{
    fails->count++;
    size_t at = fails->n;
    while (at > 0 && fails->list[at - 1].item > failure->item)
        at--;
    if (at >= cap)
        return;
    if (fails->n < cap) {
        if (!make_room(fails, cap)) {
            plx_run_trouble(run, PLX_NO_MEMORY);
            return;
        }
        fails->n++;
    }
    memmove(&fails->list[at + 1], &fails->list[at], (fails->n - 1 - at) * sizeof *fails->list);
    fails->list[at] = *failure;
}
