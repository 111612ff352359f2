/* SPDX-License-Identifier: MIT */
/*
 * hybrid.c: waiting and computing in one program, each with its own number of workers.
 *
 * The stage that waits runs as many batches at once as there are workers, the one that computes
 * only as many as there are cores. Under mpirun that holds in each process.
 */
#include <plx/kernels.h>
#include <plx/pipeline.h>
#include <stdio.h>

enum { ITEMS = 40, WORKERS = 8 };
typedef struct line { size_t begun; uint64_t steps; } line;

static void count_steps(const plx_block *block)         /* to 1, halving or tripling plus one */
{
    for (size_t i = 0; i < block->hi - block->lo; i++) {
        uint64_t x = ((const uint64_t *)block->in)[i] + 1, steps = 0;
        for (; x != 1; steps++)
            x = x % 2 ? 3 * x + 1 : x / 2;
        ((uint64_t *)block->out)[i] = steps;
    }
}

static plx_status begin(void *user, size_t want, void *items, size_t *at, size_t *got)
{
    (void)items, (void)at;                              /* an item is a number, nothing more */
    size_t *begun = &((line *)user)->begun;
    *got = ITEMS - *begun < want ? ITEMS - *begun : want;
    *begun += *got;
    return PLX_OK;
}

static plx_status add_up(void *user, size_t first, size_t n, const void *out,
                         const plx_failure *failed, size_t failures)
{
    (void)first, (void)failed, (void)failures;
    for (size_t i = 0; i < n; i++)
        ((line *)user)->steps += ((const uint64_t *)out)[i];
    return PLX_OK;
}

int main(int argc, char **argv)
{
    const plx_kernel computes = { .size = sizeof computes, .name = "steps", .about = "counts steps",
                                  .in_size = 8, .out_size = 8, .map = count_steps };
    const plx_stage stages[] = {
        { .kernel = plx_kernel_find("wait"), .ctx = &(double){ 5 }, .at_once = WORKERS },
        { .kernel = &computes, .at_once = plx_cores() } };
    line own = { 0 };
    const plx_stream stream = { .source = begin, .sink = add_up, .user = &own };
    plx_report report = { 0 };
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", WORKERS, &team);
    if (status == PLX_OK)
        status = plx_pipeline(team, &(plx_job){ .batch = 1 }, stages, 2, &stream, &report);
    fprintf(stderr, "%d workers, %.3f s\n", report.workers, report.elapsed_s);
    if (plx_team_rank(team) == 0)
        printf("%s: %zu items, %d steps\n", plx_status_name(status), report.done, (int)own.steps);
    plx_close(team);
    return plx_status_exit(status);
}
