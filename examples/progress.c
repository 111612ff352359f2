/* SPDX-License-Identifier: MIT */
/*
 * progress.c: how far a call has come, over all threads and ranks, while it runs.
 *
 * The callback is called by the thread that called plx_map(), so it needs no lock. Percentages go
 * to stderr, as they differ from run to run; that they never fall, and how they end, does not.
 */
#include <plx/kernels.h>
#include <plx/plx.h>
#include <stdio.h>

enum { ITEMS = 20 };
typedef struct seen { size_t done; bool fell; } seen;

static void show(void *user, const plx_progress *now)
{
    seen *before = user;
    const double percent = 100.0 * (double)now->done / (double)now->n;
    fprintf(stderr, "\r%3.0f %% of %zu, %.0f a second", percent, now->n, now->per_s);
    if (now->left_s >= 0)
        fprintf(stderr, ", %.1f s left ", now->left_s);
    before->fell |= now->done < before->done;
    before->done = now->done;
}

int main(int argc, char **argv)
{
    seen last = { 0 };
    const double wait_ms = 20;
    uint64_t out[ITEMS];
    const plx_policy policy = { .progress = show, .progress_user = &last, .every_s = 0.02 };
    const plx_job job = { .kernel = plx_kernel_find("wait"), .n = ITEMS, .out = out,
                          .ctx = &wait_ms, .policy = &policy };
    plx_report report = { 0 };
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_map(team, &job, &report);
    fputs("\n", stderr);
    if (status != PLX_OK)
        fprintf(stderr, "progress: %s\n", report.why[0] ? report.why : plx_status_text(status));
    else if (plx_team_rank(team) == 0)
        printf("last told: %zu of %zu done, %s\n", last.done, report.n,
               last.fell ? "but it fell in between" : "and never less than before");
    plx_close(team);
    return plx_status_exit(status);
}
