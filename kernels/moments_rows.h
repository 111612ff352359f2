/* SPDX-License-Identifier: MIT */
/*
 * moments_rows.h: the loops of moments.c over whole rows of LANES items, for vectors of ROWS_BYTES
 * bytes. No guard: moments.c includes it once for each path, with ROWS_PATH its name and ROWS_CODE
 * its target attribute, after it has defined LANES, AHEAD and lanes.
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
typedef struct ROWS(sums) { ROWS(reals) sum, min, max, m1, m2, m3, m4; } ROWS(sums);

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

ROWS_BODY void ROWS(take_part)(ROWS(sums) *s, ROWS(reals) x, double centre)
{
    const ROWS(reals) d = x - centre, dd = d * d;
    s->sum += x;
    s->min = ROWS(choose)(x < s->min, x, s->min);
    s->max = ROWS(choose)(x > s->max, x, s->max);
    s->m1 += d;
    s->m2 += dd;
    s->m3 += dd * d;
    s->m4 += dd * dd;
}

ROWS_BODY void ROWS(load_sums)(ROWS(sums) *s, const lanes *from, size_t l)
{
    s->sum = ROWS(load)(from->sum + l);
    s->min = ROWS(load)(from->min + l);
    s->max = ROWS(load)(from->max + l);
    s->m1 = ROWS(load)(from->m1 + l);
    s->m2 = ROWS(load)(from->m2 + l);
    s->m3 = ROWS(load)(from->m3 + l);
    s->m4 = ROWS(load)(from->m4 + l);
}

ROWS_BODY void ROWS(store_sums)(const ROWS(sums) *s, lanes *to, size_t l)
{
    memcpy(to->sum + l, &s->sum, sizeof s->sum);
    memcpy(to->min + l, &s->min, sizeof s->min);
    memcpy(to->max + l, &s->max, sizeof s->max);
    memcpy(to->m1 + l, &s->m1, sizeof s->m1);
    memcpy(to->m2 + l, &s->m2, sizeof s->m2);
    memcpy(to->m3 + l, &s->m3, sizeof s->m3);
    memcpy(to->m4 + l, &s->m4, sizeof s->m4);
}

/* What lies AHEAD is sent for to the second cache; behind the items' end it is not read. */
ROWS_CODE static void ROWS(take_rows)(const double *x, size_t rows, double centre, lanes *to)
{
    ROWS(sums) sums[ROWS(parts)];
    for (size_t p = 0; p < ROWS(parts); p++)
        ROWS(load_sums)(&sums[p], to, p * ROWS(part));
    for (size_t i = 0; i < rows * LANES; i += LANES) {
        __builtin_prefetch((const void *)((uintptr_t)(x + i) + AHEAD), 0, 2);
        for (size_t p = 0; p < ROWS(parts); p++)
            ROWS(take_part)(&sums[p], ROWS(load)(x + i + p * ROWS(part)), centre);
    }
    for (size_t p = 0; p < ROWS(parts); p++)
        ROWS(store_sums)(&sums[p], to, p * ROWS(part));
}

ROWS_CODE static void ROWS(add_rows)(const double *x, size_t rows, double sum[LANES])
{
    ROWS(reals) sums[ROWS(parts)];
    for (size_t p = 0; p < ROWS(parts); p++)
        sums[p] = ROWS(load)(sum + p * ROWS(part));
    for (size_t i = 0; i < rows * LANES; i += LANES)
        for (size_t p = 0; p < ROWS(parts); p++)
            sums[p] += ROWS(load)(x + i + p * ROWS(part));
    for (size_t p = 0; p < ROWS(parts); p++)
        memcpy(sum + p * ROWS(part), &sums[p], sizeof sums[p]);
}

static const passes ROWS(passes) = { ROWS(add_rows), ROWS(take_rows) };

#undef ROWS_GLUE
#undef ROWS_NAME
#undef ROWS
#undef ROWS_BODY
#undef ROWS_PATH
#undef ROWS_CODE
#undef ROWS_BYTES
