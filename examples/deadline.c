/* SPDX-License-Identifier: MIT */
/*
 * deadline.c: as much as fits: after 0.1 s the call ends, and the report says what was done.
 *
 * A deadline is for the whole call, a time-out (timeout.c) for one item. The status is PLX_STOPPED.
 */
#include <plx/kernels.h>
#include <plx/plx.h>
#include <stdio.h>

enum { ITEMS = 100000 };

int main(int argc, char **argv)
{
    static uint64_t out[ITEMS];
    const double wait_ms = 5;                           /* minutes, if nobody ended it */
    const plx_policy policy = { .deadline_s = 0.1 };
    const plx_job job = { .kernel = plx_kernel_find("wait"), .n = ITEMS, .out = out,
                          .ctx = &wait_ms, .policy = &policy };
    plx_report report = { 0 };
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_map(team, &job, &report);
    if (plx_team_rank(team) == 0) {
        fprintf(stderr, "%zu done, %zu not run\n", report.done, report.not_run);
        printf("%s: some not run %s, all counted %s\n", plx_status_name(status),
               report.not_run > 0 ? "yes" : "no",
               report.done + report.failed + report.not_run == ITEMS ? "yes" : "no");
    }
    plx_close(team);
    return status == PLX_STOPPED ? 0 : plx_status_exit(status);
}
