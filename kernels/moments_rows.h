/* SPDX-License-Identifier: MIT */
/*
 * moments_rows.h: the two passes of moments.c over whole rows of LANES items, for vectors of
 * ROWS_BYTES bytes. No guard: moments.c includes it once for each path, with ROWS_PATH its name and
 * ROWS_CODE its target attribute, after it has defined LEAF, LANES, AHEAD,
 * extremes, apart and passes.
 *
 * A row is LANES items whatever the vectors' width, so every path adds the same numbers in the
 * same order.
 */
#define ROWS_GLUE(name, path) name##_##path
#define ROWS_NAME(name, path) ROWS_GLUE(name, path)
#define ROWS(name) ROWS_NAME(name, ROWS_PATH)
#define ROWS_BODY ROWS_CODE static inline __attribute__((always_inline))

enum { ROWS(part) = ROWS_BYTES / 8, ROWS(parts) = LANES / ROWS(part) };

typedef double ROWS(reals) __attribute__((vector_size(ROWS_BYTES)));
typedef int64_t ROWS(bits) __attribute__((vector_size(ROWS_BYTES)));

ROWS_BODY ROWS(reals) ROWS(load)(const double *x)
{
    ROWS(reals) part;
    memcpy(&part, x, sizeof part);
    return part;
}

/* Bit by bit yes or no: yes where test is all ones. */
ROWS_BODY ROWS(reals) ROWS(choose)(ROWS(bits) test, ROWS(reals) yes, ROWS(reals) no)
{
    return (ROWS(reals))(((ROWS(bits))yes & test) | ((ROWS(bits))no & ~test));
}

typedef struct ROWS(sight) { ROWS(reals) sum[ROWS(parts)], min[ROWS(parts)], max[ROWS(parts)]; }
    ROWS(sight);
typedef struct ROWS(powers) {
    ROWS(reals) m1[ROWS(parts)], m2[ROWS(parts)], m3[ROWS(parts)], m4[ROWS(parts)];
} ROWS(powers);

ROWS_BODY void ROWS(see)(ROWS(sight) *row, const double *x)
{
    for (int p = 0; p < ROWS(parts); p++) {
        const ROWS(reals) v = ROWS(load)(x + p * ROWS(part));
        row->sum[p] += v;
        row->min[p] = ROWS(choose)(v < row->min[p], v, row->min[p]);
        row->max[p] = ROWS(choose)(v > row->max[p], v, row->max[p]);
    }
}

ROWS_BODY void ROWS(part_from)(ROWS(powers) *row, const double *x, double mean)
{
    for (int p = 0; p < ROWS(parts); p++) {
        const ROWS(reals) d = ROWS(load)(x + p * ROWS(part)) - mean, dd = d * d;
        row->m1[p] += d;
        row->m2[p] += dd;
        row->m3[p] += dd * d;
        row->m4[p] += dd * dd;
    }
}

/* A leaf's sums are its own, the extremes go on from leaf to leaf. */
ROWS_BODY void ROWS(begin)(ROWS(sight) *row, const extremes *e)
{
    for (int p = 0; p < ROWS(parts); p++) {
        row->sum[p] = (ROWS(reals)){ 0 };
        row->min[p] = ROWS(load)(e->min + p * ROWS(part));
        row->max[p] = ROWS(load)(e->max + p * ROWS(part));
    }
}

/* Part by part, so that no register goes through memory twice. */
ROWS_BODY void ROWS(tell)(const ROWS(reals) *row, double *lanes)
{
    for (int p = 0; p < ROWS(parts); p++)
        memcpy(lanes + p * ROWS(part), &row[p], sizeof row[p]);
}

ROWS_BODY void ROWS(tell_sight)(const ROWS(sight) *row, double *sum, extremes *e)
{
    ROWS(tell)(row->sum, sum);
    ROWS(tell)(row->min, e->min);
    ROWS(tell)(row->max, e->max);
}

ROWS_BODY void ROWS(tell_powers)(const ROWS(powers) *row, apart *to)
{
    ROWS(tell)(row->m1, to->m1);
    ROWS(tell)(row->m2, to->m2);
    ROWS(tell)(row->m3, to->m3);
    ROWS(tell)(row->m4, to->m4);
}

/* On its way to the second cache; it may lie behind the items' end, where it is not read. */
ROWS_BODY void ROWS(fetch)(const double *row)
{
    for (size_t i = 0; i < LANES; i += 8)
        __builtin_prefetch((const void *)((uintptr_t)(row + i) + AHEAD), 0, 2);
}

ROWS_CODE static void ROWS(scan)(const double *x, size_t rows, double *sum, extremes *e)
{
    ROWS(sight) row;
    ROWS(begin)(&row, e);
    for (size_t i = 0; i < rows * LANES; i += LANES) {
        ROWS(fetch)(x + i);
        ROWS(see)(&row, x + i);
    }
    ROWS(tell_sight)(&row, sum, e);
}

ROWS_CODE static void ROWS(measure)(const double *x, size_t rows, double mean, apart *to)
{
    ROWS(powers) row = { .m1 = { { 0 } } };
    for (size_t i = 0; i < rows * LANES; i += LANES)
        ROWS(part_from)(&row, x + i, mean);
    ROWS(tell_powers)(&row, to);
}

/*
 * Scan a whole leaf while the one before it, which is in the nearest cache, is measured: so memory
 * never waits for arithmetic.
 */
ROWS_CODE static void ROWS(both)(const double *next, double *sum, extremes *e,
                                 const double *last, double mean, apart *to_last)
{
    ROWS(sight) row;
    ROWS(powers) powers = { .m1 = { { 0 } } };
    ROWS(begin)(&row, e);
    for (size_t i = 0; i < LEAF; i += LANES) {
        ROWS(fetch)(next + i);
        ROWS(see)(&row, next + i);
        ROWS(part_from)(&powers, last + i, mean);
    }
    ROWS(tell_sight)(&row, sum, e);
    ROWS(tell_powers)(&powers, to_last);
}

static const passes ROWS(passes) = { ROWS(scan), ROWS(measure), ROWS(both) };

#undef ROWS_GLUE
#undef ROWS_NAME
#undef ROWS
#undef ROWS_BODY
#undef ROWS_PATH
#undef ROWS_CODE
#undef ROWS_BYTES
