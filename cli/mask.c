/* SPDX-License-Identifier: MIT */
/*
 * cli/mask.c: the affinity mask as it was before any library was set up.
 *
 * With OMP_PROC_BIND or OMP_PLACES in the environment an OpenMP runtime binds the first thread to
 * one core as the program is loaded. All that it launches inherits that, its threads under models
 * that are not OpenMP's too, and whoever counts cores finds one. What stands in
 * .preinit_array runs before the libraries' own beginnings, so it still sees what the user gave.
 * It calls the kernel and nothing else: the sanitizers are not set up then either.
 */
#define _GNU_SOURCE
#include "mask.h"

#include <sched.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

static cpu_set_t given, bound;
static long given_size;
static bool is_bound;

__attribute__((no_sanitize("address", "thread", "undefined"))) static void remember(void)
{
    given_size = syscall(SYS_sched_getaffinity, 0, sizeof given, &given);
}

__attribute__((section(".preinit_array"), used)) static void (*const at_first)(void) = remember;

static bool has_given(cpu_set_t *now)
{
    return given_size > 0 && sched_getaffinity(0, sizeof *now, now) == 0 && CPU_EQUAL(now, &given);
}

void plx_cli_mask_restore(void)
{
    cpu_set_t now = given;
    if (given_size <= 0 || has_given(&now))
        return;
    is_bound = true;
    bound = now;
    sched_setaffinity(0, (size_t)given_size, &given);
}

void plx_cli_mask_bind(void)
{
    cpu_set_t now;
    if (is_bound && has_given(&now))
        sched_setaffinity(0, sizeof bound, &bound);
}
