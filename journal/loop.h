/* SPDX-License-Identifier: MIT */
/* journal/loop.h: the writer's thread. */
#ifndef PLX_JOURNAL_LOOP_H
#define PLX_JOURNAL_LOOP_H

#include "journal/commit.h"

/** The thread: create the first segment, commit until quit, then end the segment. */
void *plx_loop_run(void *writer);

#endif
