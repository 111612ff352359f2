/* SPDX-License-Identifier: MIT */
/*
 * rate.c: no more than so many a second: 100, after a burst of 2, for a service that would refuse.
 *
 * A token bucket: it begins with 2 tokens and gets 100 a second; a try takes one, or waits for it.
 * So 12 items take at least (12 - 2) / 100 s, whoever runs them.
 */
#include <plx/kernels.h>
#include <plx/plx.h>
#include <stdio.h>

enum { ITEMS = 12, BURST = 2, PER_S = 100 };

int main(int argc, char **argv)
{
    const plx_policy policy = { .rate = PER_S, .burst = BURST };
    const double at_least_s = (double)(ITEMS - BURST) / PER_S, in[ITEMS] = { 1, 4, 9 };
    double out[ITEMS];
    const plx_job job = { .kernel = plx_kernel_find("heavy_math"), .n = ITEMS, .in = in, .out = out,
                          .policy = &policy };
    plx_report report = { 0 };
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_map(team, &job, &report);
    if (status != PLX_OK)
        fprintf(stderr, "rate: %s\n", report.why[0] ? report.why : plx_status_text(status));
    else if (plx_team_rank(team) == 0)
        printf("%zu requests in at least %g s: %s\n", report.done, at_least_s,
               report.elapsed_s >= at_least_s ? "yes" : "no");
    plx_close(team);
    return plx_status_exit(status);
}
