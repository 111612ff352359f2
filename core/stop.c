/* SPDX-License-Identifier: MIT */
/*
 * core/stop.c: stop tokens: one int that only ever rises.
 *
 * A signal handler may ask and any thread may look, so it is read and written by atomic operations
 * without locks; the builtins, since a header for C++ cannot have C's atomic types.
 */
#include "plx/policy.h"

void plx_stop_ask(plx_stop *stop, plx_stop_level level)
{
    int known = __atomic_load_n(&stop->level, __ATOMIC_RELAXED);
    while (known < (int)level && !__atomic_compare_exchange_n(&stop->level, &known, (int)level, 0,
                                                              __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
    }
}

plx_stop_level plx_stop_asked(const plx_stop *stop)
{
    return (plx_stop_level)__atomic_load_n(&stop->level, __ATOMIC_ACQUIRE);
}
