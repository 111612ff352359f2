/* SPDX-License-Identifier: MIT */
/*
 * tests/memory/memory.c: the linker puts these in front of the library's allocations (--wrap).
 *
 * They count what is held and fail on demand. MPI, OpenMP and C++ are shared objects and keep their
 * own, so only the library's are reached, by any of its threads.
 */
#include "memory.h"

#include <stdatomic.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *bytes);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *bytes);

static atomic_bool armed, was_short;
static atomic_long left, last; /* which of them fail: left in (last, 0] */
static atomic_long live;

static bool fails(void)
{
    if (!atomic_load(&armed))
        return false;
    long mine = atomic_fetch_sub(&left, 1) - 1;
    if (mine > 0 || mine <= atomic_load(&last))
        return false;
    atomic_store(&was_short, true);
    return true;
}

static void *made(void *bytes)
{
    if (bytes != NULL)
        atomic_fetch_add(&live, 1);
    return bytes;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : made(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : made(__real_calloc(n, size));
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : made(__real_aligned_alloc(alignment, size));
}

void *__wrap_realloc(void *old, size_t size)
{
    if (fails())
        return NULL;
    void *bytes = __real_realloc(old, size);
    return old == NULL ? made(bytes) : bytes;
}

void __wrap_free(void *bytes)
{
    if (bytes != NULL)
        atomic_fetch_sub(&live, 1);
    __real_free(bytes);
}

void memory_arm(long countdown, long length)
{
    atomic_store(&left, countdown);
    atomic_store(&last, -length);
    atomic_store(&was_short, false);
    atomic_store(&armed, countdown > 0);
}

bool memory_disarm(void)
{
    atomic_store(&armed, false);
    return memory_was_short();
}

bool memory_was_short(void)
{
    return atomic_load(&was_short);
}

long memory_live(void)
{
    return atomic_load(&live);
}
