/* SPDX-License-Identifier: MIT */
/* compare/self_test.h: the comparison judged by cases whose answer is known. */
#ifndef COMPARE_SELF_TEST_H
#define COMPARE_SELF_TEST_H

#include "compare/compare.h"

typedef struct plx_self_test_plan {
    const char *program; /* NULL: the program that runs now */
    int trials;          /* comparisons of each kind */
    double budget_s;     /* of each comparison's rounds */
    uint64_t seed;
    bool progress; /* say on stderr which trial runs */
} plx_self_test_plan;

/** Comparisons of one kind. Equal rows: told is to be small; a slower row: found is to be large. */
typedef struct plx_self_test_count {
    int trials;
    int told;          /* verdicts that the rows differ */
    int found;         /* of these, that the slower one is slower */
    double ratio;      /* time of the second row / first: median over the trials */
    double detectable; /* the smallest difference to be found: median */
    double rounds;     /* median */
} plx_self_test_count;

typedef struct plx_self_test {
    plx_self_test_count simulated_equal, simulated_slower; /* no process: the statistics alone */
    plx_self_test_count equal, slower;
    double took_s;
} plx_self_test;

/**
 * Compare `busy` under pthread with itself, then with itself doing 3 % more, so many times each.
 *
 * Errors   0; else the first comparison that could not be made: its code, with a line in why
 */
int plx_self_test_run(const plx_self_test_plan *, plx_self_test *, char why[320]);

/** The most false verdicts among equals: 16 of 200; what is aimed at: 4 of 200. */
int plx_self_test_allowed(int trials);
int plx_self_test_goal(int trials);
/** The fewest finds of 3 %: 180 of 200. */
int plx_self_test_needed(int trials);

/** Not one verdict the wrong way beyond those allowed, and all limits kept. */
bool plx_self_test_equal_good(const plx_self_test_count *);
bool plx_self_test_slower_good(const plx_self_test_count *);

#endif
