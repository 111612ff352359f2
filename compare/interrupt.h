/* SPDX-License-Identifier: MIT */
/* compare/interrupt.h: INT, TERM and HUP end a comparison and its launch: no process is left. */
#ifndef COMPARE_INTERRUPT_H
#define COMPARE_INTERRUPT_H

#include <signal.h>

typedef struct plx_interrupt { struct sigaction before[3]; } plx_interrupt;

/** Take the signals over; one that is ignored stays ignored. */
void plx_interrupt_begin(plx_interrupt *);
/** Give them back as they were, and forget what came. */
void plx_interrupt_end(const plx_interrupt *);
/** The signal that came since the last begin, or 0. */
int plx_interrupt_signal(void);

#endif
