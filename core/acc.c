/* SPDX-License-Identifier: MIT */
/*
 * core/acc.c: accumulators, taken from free lists.
 *
 * Small ones have a list in each lane. A large one is freed by another worker than the one that
 * made it as often as not, so private lists would grow without bound: from 1 KiB on all share one
 * list.
 */
#include <stdlib.h>
#include <string.h>

#include "core/run.h"

enum { LARGE = 1024, ALIGN = 64 };

typedef struct link {
    struct link *next;
} link;

static void *pop(void **list)
{
    link *top = *list;
    if (top)
        *list = top->next;
    return top;
}

static void push(void **list, void *acc)
{
    ((link *)acc)->next = *list;
    *list = acc;
}

static void *take_spare(plx_run *run, int worker)
{
    if (run->kernel->acc_size < LARGE)
        return pop(&run->lanes[worker].spare);
    plx_lock_take(&run->store.lock);
    void *acc = pop(&run->store.spare);
    plx_lock_give(&run->store.lock);
    return acc;
}

void *plx_acc_take(plx_run *run, int worker)
{
    void *acc = take_spare(run, worker);
    if (acc)
        return acc;
    size_t size = (run->kernel->acc_size + ALIGN - 1) / ALIGN * ALIGN;
    acc = aligned_alloc(ALIGN, size);
    if (!acc)
        plx_run_trouble(run, PLX_NO_MEMORY);
    else
        atomic_fetch_add_explicit(&run->made, 1, memory_order_relaxed);
    return acc;
}

void plx_acc_give(plx_run *run, void *acc, int worker)
{
    if (run->kernel->acc_size < LARGE) {
        push(&run->lanes[worker].spare, acc);
        return;
    }
    plx_lock_take(&run->store.lock);
    push(&run->store.spare, acc);
    plx_lock_give(&run->store.lock);
}

/* Afterwards n can be taken, by worker 0 alone, without failing. */
void plx_acc_reserve(plx_run *run, size_t n)
{
    void *taken = NULL, *acc = NULL;
    for (; n > 0 && (acc = plx_acc_take(run, 0)); n--)
        push(&taken, acc);
    while ((acc = pop(&taken)))
        plx_acc_give(run, acc, 0);
}

static void free_list(void **list)
{
    for (void *acc; (acc = pop(list));)
        free(acc);
}

/* A try of a task may be cut short while nothing is wrong with its run. */
static bool went_well(const plx_run *run)
{
    const plx_attempt *attempt = run->attempt;
    return plx_run_status(run) == PLX_OK && !(attempt && (attempt->told || attempt->late));
}

/* A run that went well holds its roots and nothing else; one that stopped left partials at any
   boundary. */
static size_t next_held(const plx_run *run, size_t m, bool well)
{
    return well ? plx_join_reach(run, m) : m + 1;
}

void plx_acc_close(plx_run *run)
{
    bool well = went_well(run);
    size_t from = well ? run->first : 0, to = well ? run->end : run->blocks;
    for (size_t m = from; run->waiting && m < to; m = next_held(run, m, well))
        free(atomic_load_explicit(&run->waiting[m], memory_order_relaxed));
    for (int w = 0; run->lanes && w < run->workers; w++)
        free_list(&run->lanes[w].spare);
    free_list(&run->store.spare);
}
