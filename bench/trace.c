/* SPDX-License-Identifier: MIT */
/*
 * bench/trace.c: what slices cost: MODEL THREADS REPEATS.
 *
 * The same call without and with room for slices, in turn, so that a slow moment meets both: blocks
 * of some 10 us, handed out one by one. Prints the medians of both in seconds and the median of the
 * ratios of neighbours. The clock is around the whole call: also around what sorts them afterwards.
 */
#include <stdio.h>
#include <stdlib.h>

#include "work.h"

enum { MOST_REPEATS = 1000, BLOCKS = 8192 };

static double timed(plx_team *team, const plx_job *job)
{
    plx_report report;
    const double begun = work_clock_s();
    const plx_status status = plx_map(team, job, &report);
    const double seconds = work_clock_s() - begun;
    if (status != PLX_OK || (job->slices && report.slices < BLOCKS)) {
        fprintf(stderr, "trace: %s\n", plx_status_text(status));
        exit(1);
    }
    return seconds;
}

static double median(double *seconds, int n)
{
    qsort(seconds, (size_t)n, sizeof *seconds, work_compare);
    return (seconds[n / 2] + seconds[(n - 1) / 2]) / 2;
}

int main(int argc, char **argv)
{
    static uint64_t out[BLOCKS];
    static plx_slice slices[BLOCKS + 64];
    static double off[MOST_REPEATS], on[MOST_REPEATS], ratio[MOST_REPEATS];
    _Alignas(16) static unsigned char ctx[PLX_CTX_MAX];
    if (argc != 4)
        return 1;
    const int repeats = atoi(argv[3]);
    const plx_kernel *kernel = plx_kernel_find("busy");
    plx_team *team;
    if (repeats < 1 || repeats > MOST_REPEATS || !kernel ||
        plx_open(argv[1], atoi(argv[2]), &team) != PLX_OK)
        return 1;
    plx_ctx_init(kernel, ctx);
    if (plx_field_set(&kernel->params[0], ctx, "30000") != PLX_OK)      /* ops: some 10 us */
        return 1;
    const plx_job plain = { .kernel = kernel, .n = BLOCKS, .grain = 1, .ctx = ctx, .out = out,
                            .schedule = PLX_DYNAMIC };
    plx_job traced = plain;
    traced.slices = slices;
    traced.slices_cap = sizeof slices / sizeof *slices;
    timed(team, &plain);
    timed(team, &traced);
    for (int r = 0; r < repeats; r++) {
        const bool first = r % 2;
        on[r] = first ? timed(team, &traced) : 0;
        off[r] = timed(team, &plain);
        on[r] = first ? on[r] : timed(team, &traced);
        ratio[r] = on[r] / off[r];
    }
    printf("%.9f %.9f %.6f\n", median(off, repeats), median(on, repeats), median(ratio, repeats));
    plx_close(team);
    return 0;
}
