/* SPDX-License-Identifier: MIT */
/*
 * pthread/deque.h: one worker's offers: it puts and takes at the bottom, others take at the top.
 *
 * The owner's newest is taken first by itself, the oldest, which is the largest, by others. Only
 * the last one left is fought for. Source: Chase and Lev, SPAA 2005, in C11 by Le, Pop, Cohen and
 * Zappa Nardelli, PPoPP 2013; here with seq_cst operations in place of fences, which
 * ThreadSanitizer can follow, and a ring of fixed size, so that nothing is allocated or moved. No
 * slot is overwritten that a thief may still win: put() refuses while it lies above top.
 */
#ifndef PLX_PTHREAD_DEQUE_H
#define PLX_PTHREAD_DEQUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/run.h"

enum { PLX_DEQUE_SLOTS = 1024 };    /* a power of two */

typedef struct plx_deque {
    _Alignas(PLX_LINE) _Atomic int64_t bottom;          /* the next free place; the owner's */
    _Alignas(PLX_LINE) _Atomic int64_t top;             /* the oldest */
    _Alignas(PLX_LINE) _Atomic(void *) slots[PLX_DEQUE_SLOTS];
} plx_deque;

static inline void plx_deque_make(plx_deque *deque)
{
    atomic_init(&deque->bottom, 0);
    atomic_init(&deque->top, 0);
}

static inline _Atomic(void *) *plx_deque_slot(plx_deque *deque, int64_t at)
{
    return &deque->slots[(uint64_t)at % PLX_DEQUE_SLOTS];
}

/** The owner. False: it is full. */
static inline bool plx_deque_put(plx_deque *deque, void *offer)
{
    int64_t bottom = atomic_load_explicit(&deque->bottom, memory_order_relaxed);
    if (bottom - atomic_load_explicit(&deque->top, memory_order_acquire) >= PLX_DEQUE_SLOTS)
        return false;
    atomic_store_explicit(plx_deque_slot(deque, bottom), offer, memory_order_relaxed);
    atomic_store(&deque->bottom, bottom + 1);
    return true;
}

/** The owner takes back what it put last; false: others have taken it, and all before it. */
static inline bool plx_deque_take(plx_deque *deque)
{
    int64_t bottom = atomic_load_explicit(&deque->bottom, memory_order_relaxed) - 1;
    atomic_store(&deque->bottom, bottom);
    int64_t top = atomic_load(&deque->top);
    if (top < bottom)
        return true;
    bool won = top == bottom && atomic_compare_exchange_strong(&deque->top, &top, top + 1);
    atomic_store(&deque->bottom, bottom + 1);
    return won;
}

static inline bool plx_deque_has(plx_deque *deque)
{
    int64_t top = atomic_load(&deque->top);
    return top < atomic_load(&deque->bottom);
}

/** Anyone else: the oldest; NULL: there is none, or another was quicker. */
static inline void *plx_deque_steal(plx_deque *deque)
{
    int64_t top = atomic_load(&deque->top);
    if (top >= atomic_load(&deque->bottom))
        return NULL;
    void *offer = atomic_load_explicit(plx_deque_slot(deque, top), memory_order_relaxed);
    return atomic_compare_exchange_strong(&deque->top, &top, top + 1) ? offer : NULL;
}

#endif
