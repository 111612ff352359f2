/* SPDX-License-Identifier: MIT */
/*
 * kernels/mandelbrot_lanes.h: the map of mandelbrot.c in vectors of LANES_SIZE bytes, compiled as
 * LANES_CODE under the name LANES_MAP. Included once for each level, so it has no guard.
 *
 * Vector types, since a loop over an array of lanes would pass every step through memory; and each
 * level its own width, since gcc takes vectors wider than the machine's apart into single numbers.
 */
#define LANES_JOIN_(a, b) a##_##b
#define LANES_JOIN(a, b) LANES_JOIN_(a, b)
#define LANES_REAL LANES_JOIN(LANES_MAP, real)
#define LANES_MASK LANES_JOIN(LANES_MAP, mask)
#define LANES_RUN LANES_JOIN(LANES_MAP, run)
#define LANES_PIXELS LANES_JOIN(LANES_MAP, pixels)

/* Two vectors at once: the steps of one hide the latency of the other's. */
enum { LANES_PIXELS = 2 * LANES_SIZE / sizeof(double) };

typedef double LANES_REAL __attribute__((vector_size(LANES_SIZE)));
typedef int64_t LANES_MASK __attribute__((vector_size(LANES_SIZE)));

/* A lane that has escaped keeps its z and its count. */
LANES_CODE static void LANES_RUN(pixels *p, uint64_t limit)
{
    LANES_REAL x[2], y[2], re[2], im[2];
    LANES_MASK steps[2] = { { 0 } };
    memcpy(re, p->re, sizeof re);
    memcpy(im, p->im, sizeof im);
    memset(x, 0, sizeof x);
    memset(y, 0, sizeof y);
    for (uint64_t done = 0; done < limit; done += STEPS_AT_ONCE) {
        const uint64_t now = limit - done < STEPS_AT_ONCE ? limit - done : STEPS_AT_ONCE;
        for (uint64_t i = 0; i < now; i++)
            for (int v = 0; v < 2; v++) {
                const LANES_REAL xx = x[v] * x[v], yy = y[v] * y[v];
                const LANES_MASK near = (LANES_MASK)(xx + yy <= far);
                const LANES_MASK to_x = (LANES_MASK)(xx - yy + re[v]);
                const LANES_MASK to_y = (LANES_MASK)(2 * (x[v] * y[v]) + im[v]);
                x[v] = (LANES_REAL)((near & to_x) | (~near & (LANES_MASK)x[v]));
                y[v] = (LANES_REAL)((near & to_y) | (~near & (LANES_MASK)y[v]));
                steps[v] -= near;
            }
        int64_t left = 0;
        const LANES_MASK any = (LANES_MASK)(x[0] * x[0] + y[0] * y[0] <= far) |
                               (LANES_MASK)(x[1] * x[1] + y[1] * y[1] <= far);
        for (size_t l = 0; l < LANES_PIXELS / 2; l++)
            left |= any[l];
        if (left == 0)
            break;
    }
    memcpy(p->x, x, sizeof x);
    memcpy(p->y, y, sizeof y);
    memcpy(p->steps, steps, sizeof steps);
}

LANES_CODE static void LANES_MAP(const plx_block *block)
{
    const params *set = block->ctx;
    float *out = block->out;
    for (size_t i = block->lo; i < block->hi && !plx_stopped(block); i += LANES_PIXELS) {
        const size_t used = block->hi - i < LANES_PIXELS ? block->hi - i : LANES_PIXELS;
        pixels p = { 0 };
        for (size_t l = 0; l < used; l++)
            aim(&p, l, set, i + l);
        for (size_t l = used; l < LANES_PIXELS; l++)
            p.re[l] = far;              /* no pixel: escapes at once */
        LANES_RUN(&p, set->iterations);
        for (size_t l = 0; l < used; l++)
            out[i - block->lo + l] = escape_of(&p, l);
    }
}

#undef LANES_JOIN_
#undef LANES_JOIN
#undef LANES_REAL
#undef LANES_MASK
#undef LANES_RUN
#undef LANES_PIXELS
#undef LANES_SIZE
#undef LANES_CODE
#undef LANES_MAP
