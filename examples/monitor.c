/* SPDX-License-Identifier: MIT */
/*
 * monitor.c: submit and forget: five services are looked at, nobody waits for any of them.
 *
 * plx_detach() gives no future to hold. Nothing is lost for that: the scope ends when all have
 * ended, and what failed stands in its report, sorted.
 */
#include <plx/task.h>
#include <stdio.h>

enum { SERVICES = 5 };
static const char *const service[SERVICES] = { "database", "web", "cache", "files", "mail" };

static void look(const plx_block *block)                /* a service of 3 letters does not answer */
{
    for (size_t i = block->lo; i < block->hi; i++)
        if (service[i][3] == '\0')
            plx_fail(block, i, 111, "connection refused");
        else
            ((uint8_t *)block->out)[i - block->lo] = 1;
}

static const plx_kernel check = { .size = sizeof check, .name = "check", .about = "asks a service",
                                  .out_size = 1, .flags = PLX_WAITS, .map = look };

static void body(plx_tasks *tasks, void *healthy)
{
    for (size_t i = 0; i < SERVICES; i++) {
        const plx_task task = { .kernel = &check, .lo = i, .hi = i + 1,
                                .out = (uint8_t *)healthy + i };
        plx_status status = plx_detach(tasks, &task);
        if (status != PLX_OK)
            fprintf(stderr, "monitor: %s: %s\n", service[i], plx_status_text(status));
    }
}

int main(int argc, char **argv)
{
    const plx_kernel *const kernels[] = { &check, NULL };
    uint8_t healthy[SERVICES] = { 0 };
    plx_failure failed[SERVICES];
    const plx_job job = { .kernels = kernels, .keep_going = true, .failures = failed,
                          .failures_cap = SERVICES };
    plx_report report = { 0 };
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_scope(team, &job, body, healthy, &report);
    if (plx_team_rank(team) == 0) {
        for (int i = 0; i < SERVICES; i++)
            printf("%s: %s\n", service[i], healthy[i] ? "healthy" : "no answer");
        for (size_t f = 0; f < report.failures; f++)
            printf("%s: error %d, %s\n", service[failed[f].item], failed[f].code, failed[f].why);
        printf("%zu of %zu healthy\n", report.done, report.n);
    }
    plx_close(team);
    return status == PLX_ITEM_FAILED ? 0 : plx_status_exit(status);
}
