/* SPDX-License-Identifier: MIT */
/*
 * core/join.c: how partial results come together, the same for every model.
 *
 * The law: boundary m, 1 <= m < blocks, joins blocks [m - low(m), m) with [m, min(m + low(m),
 * blocks)), low(m) = m & -m. Each boundary is exactly one join, so one pointer per boundary is all
 * the state: the first to arrive leaves its partial there, the second joins and climbs. Nobody
 * waits, no order of arrival is assumed, and the tree depends on the number of blocks alone.
 *
 * A partial whose sibling lies outside [first, end) is a root and stands at waiting[its first
 * block]: the join at that boundary would reach over the range's edge, so the slot is free. Which
 * roots a range leaves follows from the range, so they travel between ranks without headers.
 */
#include "core/run.h"

static size_t low(size_t m)
{
    return m & (~m + 1);
}

/* End of boundary m's right side. */
static size_t right_end(const plx_run *run, size_t m)
{
    return low(m) < run->blocks - m ? m + low(m) : run->blocks;
}

/* The boundary at which [lo, hi) meets its sibling; 0: it is everything. */
static size_t boundary_of(const plx_run *run, size_t lo, size_t hi)
{
    if (hi < run->blocks && low(hi) == hi - lo)
        return hi;
    return lo;
}

/* In two steps, so that the pair is complete before anybody can see it. */
static void *meet(plx_run *run, size_t m, void *mine)
{
    void *other = NULL;
    if (atomic_compare_exchange_strong_explicit(&run->waiting[m], &other, mine,
                                                memory_order_acq_rel, memory_order_acquire))
        return NULL;
    atomic_store_explicit(&run->waiting[m], NULL, memory_order_relaxed);
    return other;
}

void plx_join_put(plx_run *run, size_t lo, size_t hi, void *acc, int worker)
{
    for (;;) {
        size_t m = boundary_of(run, lo, hi);
        if (m == 0 || m - low(m) < run->first || right_end(run, m) > run->end) {
            atomic_store_explicit(&run->waiting[lo], acc, memory_order_release);
            return;
        }
        void *other = meet(run, m, acc);
        if (!other)
            return;
        void *left = m == hi ? acc : other, *right = m == hi ? other : acc;
        run->kernel->combine(left, right, run->ctx);
        plx_acc_give(run, right, worker);
        acc = left;
        lo = m - low(m);
        hi = right_end(run, m);
    }
}

size_t plx_join_reach(const plx_run *run, size_t lo)
{
    size_t size = 1;
    while (size < run->blocks - lo && (lo == 0 || 2 * size <= low(lo))) {
        size_t hi = 2 * size < run->blocks - lo ? lo + 2 * size : run->blocks;
        if (hi > run->end)
            break;
        size *= 2;
    }
    return size < run->blocks - lo ? lo + size : run->blocks;
}

size_t plx_join_roots(const plx_run *run)
{
    size_t roots = 0;
    for (size_t lo = run->first; lo < run->end; lo = plx_join_reach(run, lo))
        roots++;
    return roots;
}

/* All roots are taken out before the first is put back: a slot holds a root or an arrival, never
   both. A range leaves at most two roots for each power of two. */
void plx_join_widen(plx_run *run, size_t end)
{
    struct {
        size_t lo, hi;
        void *acc;
    } roots[2 * 64];
    size_t n = 0;
    for (size_t lo = run->first; lo < run->end; lo = roots[n++].hi) {
        roots[n].lo = lo;
        roots[n].hi = plx_join_reach(run, lo);
        roots[n].acc = atomic_exchange_explicit(&run->waiting[lo], NULL, memory_order_acquire);
    }
    run->end = end;
    for (size_t i = 0; i < n; i++)
        plx_join_put(run, roots[i].lo, roots[i].hi, roots[i].acc, 0);
}
