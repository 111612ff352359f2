/* SPDX-License-Identifier: MIT */
/*
 * bench/overlap.c: does the next hand-out travel while this one is computed? RATIO ITEMS REPEATS,
 * under mpirun.
 *
 * A map of 8 KiB in, 8 KiB out an item, all of it rank 0's, whose cost an item is set so that
 * moving the data alone takes RATIO times as long as computing alone. Moving alone is the static
 * schedule with a kernel that does nothing; computing alone is the same map with each rank's data
 * its own. The static schedule moves, computes and moves; guided hand-outs can do both at once.
 *
 * Prints medians in seconds: moving alone, computing alone, static, guided.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "work.h"

enum { WORDS = 1024, GRAIN = 4, MOST_REPEATS = 1000, TRIAL_STEPS = 4096, TRIALS = 5 };

typedef struct cost {
    uint64_t steps;                 /* an item; 0: its bytes are copied */
} cost;

static void nothing(const plx_block *b)
{
    (void)b;
}

static void churn(const plx_block *b)
{
    const cost *set = b->ctx;
    for (size_t i = 0; i < b->hi - b->lo; i++) {
        uint64_t *x = (uint64_t *)b->out + i * WORDS;
        memcpy(x, (const uint64_t *)b->in + i * WORDS, WORDS * sizeof *x);
        for (uint64_t s = 0; s < set->steps; s++)
            x[s % WORDS] = x[s % WORDS] * 6364136223846793005U + 1442695040888963407U;
    }
}

static const plx_kernel churner = {
    .size = sizeof churner,
    .name = "churn",
    .about = "items whose cost can be set",
    .in_size = WORDS * sizeof(uint64_t),
    .out_size = WORDS * sizeof(uint64_t),
    .ctx_size = sizeof(cost),
    .map = churn,
};

static void fail(const char *why)
{
    fprintf(stderr, "overlap: %s\n", why);
    exit(1);
}

static double median(double *seconds, int n)
{
    qsort(seconds, (size_t)n, sizeof *seconds, work_compare);
    return (seconds[n / 2] + seconds[(n - 1) / 2]) / 2;
}

/* One whole call, by the clock of this rank; rank 0 is the first in and the last out. */
static double timed(plx_team *team, plx_job job, plx_schedule schedule)
{
    plx_report report;
    job.schedule = schedule;
    const double begun = work_clock_s();
    const plx_status status = plx_map(team, &job, &report);
    const double seconds = work_clock_s() - begun;
    if (status != PLX_OK)
        fail(plx_status_text(status));
    return seconds;
}

static double typical(plx_team *team, const plx_job *job, int repeats)
{
    static double seconds[MOST_REPEATS];
    timed(team, *job, PLX_STATIC);
    for (int r = 0; r < repeats; r++)
        seconds[r] = timed(team, *job, PLX_STATIC);
    return median(seconds, repeats);
}

/* Steps for computing alone to take so long; by a straight line through two measurements. */
static uint64_t find_steps(plx_team *team, plx_job job, cost *set, double wanted_s)
{
    set->steps = 0;
    const double none = typical(team, &job, TRIALS);
    set->steps = TRIAL_STEPS;
    const double some = typical(team, &job, TRIALS);
    const double steps = (wanted_s - none) / (some - none) * TRIAL_STEPS;
    return some > none && steps > 0 ? (uint64_t)steps : 0;
}

/* In turn, so that a slow moment meets both. */
static void print_both(plx_team *team, const plx_job *job, int repeats, bool root)
{
    static double without[MOST_REPEATS], with[MOST_REPEATS];
    for (int r = -1; r < repeats; r++) {
        const int at = r < 0 ? 0 : r;   /* the first two calls warm up */
        without[at] = timed(team, *job, PLX_STATIC);
        with[at] = timed(team, *job, PLX_GUIDED);
    }
    if (root)
        printf("%.9f %.9f\n", median(without, repeats), median(with, repeats));
}

/* Both schedules leave the same bytes. */
static void check(plx_team *team, plx_job job, void *other, bool root)
{
    timed(team, job, PLX_STATIC);
    const void *first = job.out;
    job.out = other;
    timed(team, job, PLX_GUIDED);
    if (root && memcmp(first, other, job.n * churner.out_size) != 0)
        fail("results differ");
}

int main(int argc, char **argv)
{
    plx_team *team;
    if (argc != 4 || plx_open("mpi", 1, &team) != PLX_OK)
        fail("needs RATIO ITEMS REPEATS, and MPI");
    const double ratio = atof(argv[1]);
    const size_t n = strtoul(argv[2], NULL, 10), bytes = n * churner.in_size;
    const int repeats = atoi(argv[3]);
    const bool root = plx_team_rank(team) == 0;
    char *in = calloc(1, bytes), *out = calloc(1, bytes), *other = calloc(1, bytes);
    if (!(ratio > 0) || n == 0 || repeats < 1 || repeats > MOST_REPEATS || !in || !out || !other)
        fail("RATIO above 0, ITEMS and REPEATS from 1, memory for three times the items");
    for (size_t i = 0; i < bytes; i++)
        in[i] = (char)(i * 7 + i / 8192);
    cost set = { 0 };
    plx_kernel mover = churner;
    mover.map = nothing;
    const plx_job whole = { .kernel = &churner, .n = n, .in = in, .out = out, .ctx = &set,
                            .grain = GRAIN };
    plx_job moved = whole, local = whole;
    moved.kernel = &mover;
    local.where = PLX_LOCAL;
    const double moving = typical(team, &moved, repeats);
    set.steps = find_steps(team, local, &set, moving / ratio);
    const double computing = typical(team, &local, repeats);
    check(team, whole, other, root);
    if (root)
        printf("%.9f %.9f ", moving, computing);
    print_both(team, &whole, repeats, root);
    plx_close(team);
    return 0;
}
