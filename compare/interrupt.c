/* SPDX-License-Identifier: MIT */
/*
 * compare/interrupt.c: signals that end a comparison.
 *
 * The handler only remembers the number: whoever waits for a launch sees it, ends that launch's
 * process group and unwinds. A second signal finds the default again and ends us at once.
 */
#define _POSIX_C_SOURCE 200809L
#include "compare/interrupt.h"

#include <stddef.h>

static const int taken[3] = {SIGINT, SIGTERM, SIGHUP};
static volatile sig_atomic_t came;

static void remember(int number)
{
    came = number;
}

void plx_interrupt_begin(plx_interrupt *interrupt)
{
    came = 0;
    for (int i = 0; i < 3; i++) {
        struct sigaction action = {.sa_handler = remember, .sa_flags = (int)SA_RESETHAND};
        sigemptyset(&action.sa_mask);
        sigaction(taken[i], NULL, &interrupt->before[i]);
        if (interrupt->before[i].sa_handler != SIG_IGN)
            sigaction(taken[i], &action, NULL);
    }
}

void plx_interrupt_end(const plx_interrupt *interrupt)
{
    for (int i = 0; i < 3; i++)
        sigaction(taken[i], &interrupt->before[i], NULL);
    came = 0;
}

int plx_interrupt_signal(void)
{
    return (int)came;
}
