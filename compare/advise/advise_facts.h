/* SPDX-License-Identifier: MIT */
/*
 * compare/advise/advise_facts.h: one advice while it is made, and the launches that find its
 * facts.
 */
#ifndef COMPARE_ADVISE_FACTS_H
#define COMPARE_ADVISE_FACTS_H

#include "compare/advise/advise.h"
#include "compare/advise/advise_probe.h"
#include "compare/folder.h"

/** Of the memory, how much one process may fill. */
#define PLX_ADVISE_MEMORY_PART 0.8

typedef struct plx_advise_session {
    const plx_compare_plan *plan;   /* with every default filled in */
    plx_advise_result *advice;
    char *why;                      /* 320 bytes */
    plx_advise_seen serial;         /* at probe_n items */
    double spent_s;                 /* in launches, without starting mpirun */
    char trace[PLX_FOLDER_PATH + 16];                 /* a file that may be written */
} plx_advise_session;

/** One launch. 0: look at seen->kind; else we were interrupted: 128 + n. */
int plx_advise_launch(plx_advise_session *, const plx_advise_ask *, plx_advise_seen *);

/** Serial's own failure in a line; its exit code. */
int plx_advise_blame(plx_advise_session *, const plx_advise_seen *);

void plx_advise_progress(const plx_advise_session *, const char *what);

/**
 * Fill the facts: serial at n, or at fewer items and two sizes; each model's smallest call; the
 * blocks one by one. 0, or the command's exit code with a line in why.
 */
int plx_advise_find(plx_advise_session *);

#endif
