/* SPDX-License-Identifier: MIT */
/* core/lock.c: a flag that workers take for a moment; see core/lock.h. */
#include "core/lock.h"

#include "core/run.h"

void plx_lock_open(plx_lock *lock)
{
    atomic_flag_clear(&lock->taken);
}

void plx_lock_take(plx_lock *lock)
{
    for (unsigned looks = 0; atomic_flag_test_and_set_explicit(&lock->taken, memory_order_acquire);)
        plx_clock_nap(looks++);
}

void plx_lock_give(plx_lock *lock)
{
    atomic_flag_clear_explicit(&lock->taken, memory_order_release);
}
