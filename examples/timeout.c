/* SPDX-License-Identifier: MIT */
/*
 * timeout.c: a time-out for each item, and what it gets instead of a result that came too late.
 *
 * Nothing is interrupted: a kernel that may take long asks plx_stopped() now and then. Here item 3
 * would take for ever.
 */
#define _POSIX_C_SOURCE 199309L
#include <plx/plx.h>
#include <stdio.h>
#include <time.h>

enum { ITEMS = 6, SLOW = 3 };

static void answer(const plx_block *block)
{
    const struct timespec nap = { .tv_nsec = 1000000 };
    int32_t *out = block->out;
    for (size_t i = block->lo; i < block->hi; i++) {
        while (i == SLOW && !plx_stopped(block))
            nanosleep(&nap, NULL);
        out[i - block->lo] = (int32_t)(i * i);
    }
}

int main(int argc, char **argv)
{
    const int32_t fallback = -1;
    const plx_kernel service = { .size = sizeof service, .name = "service", .about = "answers",
                                 .out_size = sizeof fallback, .flags = PLX_WAITS, .map = answer };
    const plx_policy policy = { .timeout_s = 1, .fallback = &fallback };
    int32_t out[ITEMS];
    const plx_job job = { .kernel = &service, .n = ITEMS, .out = out, .policy = &policy };
    plx_report report = { 0 };
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_map(team, &job, &report);
    if (status != PLX_OK)
        fprintf(stderr, "timeout: %s\n", report.why[0] ? report.why : plx_status_text(status));
    else if (plx_team_rank(team) == 0)
        for (int i = 0; i < ITEMS; i++)
            printf("item %d: %d%s\n", i, out[i], out[i] == fallback ? ", the fallback" : "");
    plx_close(team);
    return plx_status_exit(status);
}
