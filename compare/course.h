/* SPDX-License-Identifier: MIT */
/* compare/course.h: a comparison while it runs, and one round of it. */
#ifndef COMPARE_COURSE_H
#define COMPARE_COURSE_H

#include "compare/compare.h"
#include "compare/judge.h"
#include "compare/load.h"
#include "compare/stage.h"

typedef struct plx_course {
    plx_compare_result *result;
    plx_judge judge;
    plx_load_sum load;
    size_t oracle;                  /* the first row of serial */
    size_t *turn, *timed;           /* room for the rows and one place more */
    double check_s;                 /* one launch of each row that is timed */
    double oracle_s;                /* of the oracle alone */
    double began_s;                 /* the rounds */
    int copies;                     /* 0: none are run */
    plx_stage stage;
    double *ceiling;                /* of each round; samples of the oracle are as many */
} plx_course;

/**
 * Launch every row that is timed, and the copies, once in the order of this round.
 *
 * Errors   0; what plx_rounds_run() says
 */
int plx_course_round(plx_course *, char why[320]);

/** The rows that are still timed: how many, and which. */
size_t plx_course_timed(const plx_course *, size_t *timed);

/** A line on the terminal that the next one replaces, if the plan wants any. */
__attribute__((format(printf, 2, 3)))
void plx_course_progress(const plx_course *, const char *format, ...);

#endif
