/* SPDX-License-Identifier: MIT */
/* compare/judge.h: whose answer is right. */
#ifndef COMPARE_JUDGE_H
#define COMPARE_JUDGE_H

#include "compare/answer.h"
#include "compare/compare.h"

/** For each row the serial row whose answer it must give: of the same grain, the first of them. */
typedef struct plx_judge {
    size_t *by;
    plx_answer *answers;            /* of the rows that others are judged by; the rest zeroed */
    size_t rows;
} plx_judge;

/** False: out of memory; to be freed in any case. */
bool plx_judge_begin(plx_judge *, const plx_compare_result *);
void plx_judge_free(plx_judge *);

/** Keep the answer of a row that others are judged by: the judge owns it from now on. */
void plx_judge_keep(plx_judge *, size_t row, plx_answer *);

/**
 * Judge an answer of a row: if it is not the right one, the row leaves the comparison and says why.
 * when: what stands before that. A wrong answer costs two launches, for its first wrong byte.
 */
void plx_judge_row(const plx_judge *, plx_compare_result *, size_t row, const plx_answer *,
                   const char *when);

#endif
