/* SPDX-License-Identifier: MIT */
/* compare/answer.h: what one launch of `program run ... --json` said. */
#ifndef COMPARE_ANSWER_H
#define COMPARE_ANSWER_H

#include <jansson.h>

#include "compare/compare.h"
#include "compare/launch.h"

typedef enum plx_answer_kind {
    PLX_ANSWER_GOOD, PLX_ANSWER_MISSING, PLX_ANSWER_BAD, PLX_ANSWER_INTERRUPTED
} plx_answer_kind;

typedef struct plx_answer {
    plx_answer_kind kind;
    int exit_code;                  /* PLX_ANSWER_BAD: of a command that needs this answer */
    char why[320];                  /* one line, if not good */
    json_t *result;                 /* its "result"; owned */
    char digest[20];
    char n[24], grain[24];
    int workers, ranks, threads;
    double work_s, open_s, launch_s; /* work: the median of the launch's repeats */
    plx_compare_phases phases;
    double operations, bytes;       /* of the whole call; 0: the kernel does not tell */
    double process_s;               /* processor time of the launch from start to end */
} plx_answer;

/** One launch of a plan's row, read; to be freed. */
void plx_answer_get(plx_answer *, const plx_compare_plan *, const plx_compare_row *);

/** So many launches of it at once, each to be freed. */
void plx_answer_get_many(plx_answer *, size_t count, const plx_compare_plan *,
                         const plx_compare_row *);

/** How a launch ended, whatever it printed: good if with exit code 0. */
void plx_answer_explain(plx_answer *, const plx_launch *, double limit_s);

/** Read what a launch left. repeats: how many times it must hold. limit_s: for the words only. */
void plx_answer_read(plx_answer *, const plx_launch *, const char *model, int repeats,
                     double limit_s);
void plx_answer_free(plx_answer *);

/** True if both say the same; else why tells the first difference; name: whose the answer is. */
bool plx_answer_same(const plx_answer *, const plx_answer *serial, const char *name, char why[320]);

#endif
