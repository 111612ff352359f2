/* SPDX-License-Identifier: MIT */
/*
 * bench/calls.c: what a call costs when its kernel does nothing: MODEL THREADS REPEATS.
 *
 * A line for each pattern, schedule and number of blocks: its name and the median of the calls in
 * seconds. A map writes one byte an item, untouched, so that there is something to gather.
 */
#include <stdio.h>
#include <stdlib.h>

#include "work.h"

enum { MOST_REPEATS = 1000, MOST_BLOCKS = 65536 };

static void map_nothing(const plx_block *block)
{
    (void)block;
}

static void fold_nothing(const plx_block *block, void *acc)
{
    (void)block, (void)acc;
}

static void combine_nothing(void *left, const void *right, const void *ctx)
{
    (void)left, (void)right, (void)ctx;
}

static const plx_kernel empty = {
    .size = sizeof(plx_kernel), .name = "empty", .about = "nothing", .out_size = 1,
    .acc_size = sizeof(uint64_t), .item_ns = 1, .map = map_nothing, .fold = fold_nothing,
    .combine = combine_nothing,
};

typedef plx_status call(plx_team *, const plx_job *, plx_report *);

static double median_call(plx_team *team, call *pattern, const plx_job *job, int repeats)
{
    static double seconds[MOST_REPEATS];
    for (int r = -1; r < repeats; r++) {
        if (plx_agree(team, PLX_OK) != PLX_OK)
            exit(1);
        const double begun = work_clock_s();
        if (pattern(team, job, NULL) != PLX_OK)
            exit(1);
        seconds[r < 0 ? 0 : r] = work_clock_s() - begun;
    }
    qsort(seconds, (size_t)repeats, sizeof *seconds, work_compare);
    return (seconds[repeats / 2] + seconds[(repeats - 1) / 2]) / 2;
}

static void time_pattern(plx_team *team, const char *name, call *pattern, void *out, int repeats)
{
    static const char *const schedules[] = { "guided", "static", "dynamic" };
    static const size_t blocks[] = { 2, 1024, MOST_BLOCKS };
    for (size_t s = 0; s < 3; s++)
        for (size_t b = 0; b < 3; b++) {
            const plx_job job = { .kernel = &empty, .n = blocks[b], .grain = 1, .out = out,
                                  .schedule = (plx_schedule)s };
            const double seconds = median_call(team, pattern, &job, repeats);
            if (plx_team_rank(team) == 0)
                printf("%s %s %zu %.9f\n", name, schedules[s], blocks[b], seconds);
        }
}

int main(int argc, char **argv)
{
    static unsigned char out[MOST_BLOCKS];
    uint64_t total;
    if (argc != 4)
        return 1;
    const int repeats = atoi(argv[3]);
    plx_team *team;
    if (repeats < 1 || repeats > MOST_REPEATS || plx_open(argv[1], atoi(argv[2]), &team) != PLX_OK)
        return 1;
    time_pattern(team, "map", plx_map, out, repeats);
    time_pattern(team, "reduce", plx_reduce, &total, repeats);
    plx_close(team);
    return 0;
}
