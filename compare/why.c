/* SPDX-License-Identifier: MIT */
/* compare/why.c: a line and a code always come together, so one call gives both. */
#define _POSIX_C_SOURCE 200809L
#include "compare/why.h"

#include <stdarg.h>
#include <stdio.h>

#include "compare/interrupt.h"
#include "plx/plx.h"

int plx_why_refuse(char why[320], const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why, 320, format, args);
    va_end(args);
    return plx_status_exit(PLX_BAD_JOB);
}

int plx_why_no_memory(char why[320])
{
    snprintf(why, 320, "out of memory");
    return plx_status_exit(PLX_NO_MEMORY);
}

int plx_why_stopped(char why[320])
{
    if (!plx_interrupt_signal())
        return 0;
    why[0] = '\0';
    return 128 + plx_interrupt_signal();
}
