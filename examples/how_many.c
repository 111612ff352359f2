/* SPDX-License-Identifier: MIT */
/*
 * how_many.c: how many workers? As many as cores where work computes, many more where it waits.
 *
 * Two kernels, one that waits and one that computes, each by one worker a rank and by eight. Times
 * are told on stderr: eight waits go on at once on any machine, eight sums only on eight cores.
 */
#include <plx/kernels.h>
#include <plx/plx.h>
#include <stdio.h>
#include <string.h>

enum { ITEMS = 16 };

static plx_status run(const char *model, int threads, const plx_job *job, int *rank)
{
    plx_team *team;
    plx_report report = { 0 };
    plx_status status = plx_open(model, threads, &team);
    *rank = plx_team_rank(team);
    if (status == PLX_OK)
        status = plx_map(team, job, &report);
    if (status != PLX_OK)
        fprintf(stderr, "how_many: %s\n", report.why[0] ? report.why : plx_status_text(status));
    else if (*rank == 0)
        fprintf(stderr, "%s, %d workers: %.3f s\n", job->kernel->name, report.workers,
                report.elapsed_s);
    plx_close(team);
    return status;
}

static plx_status compare(const char *model, const char *name, const char *cost)
{
    const plx_kernel *kernel = plx_kernel_find(name);
    uint64_t few[ITEMS], many[ITEMS], ctx[PLX_CTX_MAX / sizeof(uint64_t)];
    plx_job job = { .kernel = kernel, .n = ITEMS, .out = few, .ctx = ctx, .grain = 1 };
    int rank;
    plx_ctx_init(kernel, ctx);
    plx_status status = plx_field_set(&kernel->params[0], ctx, cost);
    if (status == PLX_OK)
        status = run(model, 1, &job, &rank);
    job.out = many;
    if (status == PLX_OK)
        status = run(model, 8, &job, &rank);
    if (status == PLX_OK && rank == 0)
        printf("%s: %s, %s results\n", name,
               kernel->flags & PLX_WAITS ? "more workers than cores" : "a worker for each core",
               memcmp(few, many, sizeof few) == 0 ? "the same" : "different");
    return status;
}

int main(int argc, char **argv)
{
    const char *model = argc > 1 ? argv[1] : "pthread";
    plx_status status = compare(model, "wait", "5");            /* ms an item */
    if (status == PLX_OK)
        status = compare(model, "busy", "3000000");             /* operations an item */
    return plx_status_exit(status);
}
