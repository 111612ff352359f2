/* SPDX-License-Identifier: MIT */
/*
 * cli/exits.c: whoever else ends the process, a kernel for one, must not look like success, nor
 * leave the other ranks waiting. Exit handlers say so; _exit() passes them by.
 */
#define _POSIX_C_SOURCE 200809L
#include "exits.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "error.h"

enum { AT_ONCE = 1024 }; /* threads that call exit() at once */

static volatile sig_atomic_t allowed;
static pid_t guarded; /* not a process that was forked to hold such a kernel */

/* A thread that calls exit() while another is in here finds the next of our entries; without one
   it would end us. */
static void end_here(void)
{
    static const char line[] =
        "parallax: exit() was called before the work was done; no kernel may\n";
    static atomic_flag told = ATOMIC_FLAG_INIT;
    if (allowed || getpid() != guarded)
        return;
    while (atomic_flag_test_and_set(&told))
        pause();
    ssize_t ignored = write(STDERR_FILENO, line, sizeof line - 1);
    (void)ignored;
    _exit(PLX_EXIT_DATA);
}

void plx_cli_exits_guard(void)
{
    guarded = getpid();
    for (int i = 0; i < AT_ONCE; i++)
        atexit(end_here);
}

void plx_cli_exits_allow(void)
{
    allowed = 1;
}
