/* SPDX-License-Identifier: MIT */
/*
 * bench/wait.c: 64 waits of 100 ms with 64 workers: MODEL map|fan. Prints the seconds of one call,
 * its team open and warm. 0.1 is the least; what is above it is the cost of so many workers.
 */
#include <stdio.h>
#include <string.h>

#include "work.h"

enum { WAITS = 64 };

static plx_status call_map(plx_team *team, const plx_kernel *kernel, const double *ms)
{
    uint64_t out[WAITS];
    const plx_job job = { .kernel = kernel, .n = WAITS, .ctx = ms, .out = out };
    return plx_map(team, &job, NULL);
}

static plx_status call_fan(plx_team *team, const plx_kernel *kernel, const double *ms)
{
    uint64_t out[WAITS];
    plx_task tasks[WAITS];
    const plx_job job = { .n = WAITS };
    for (size_t i = 0; i < WAITS; i++)
        tasks[i] = (plx_task){ .kernel = kernel, .lo = i, .hi = i + 1, .ctx = ms, .out = &out[i] };
    return plx_fan(team, &job, tasks, NULL, NULL);
}

int main(int argc, char **argv)
{
    const double warm_ms = 1, ms = 100;
    plx_team *team;
    if (argc != 3 || plx_open(argv[1], WAITS, &team) != PLX_OK)
        return 64;
    const plx_kernel *kernel = plx_kernel_find("wait");
    plx_status (*const call)(plx_team *, const plx_kernel *, const double *) =
        strcmp(argv[2], "fan") == 0 ? call_fan : call_map;
    plx_status status = call(team, kernel, &warm_ms);
    const double begun = work_clock_s();
    if (status == PLX_OK)
        status = call(team, kernel, &ms);
    printf("%.9f\n", work_clock_s() - begun);
    plx_close(team);
    return plx_status_exit(status);
}
