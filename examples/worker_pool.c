/* SPDX-License-Identifier: MIT */
/*
 * worker_pool.c: results and errors: every item has one or the other, and none hides another.
 *
 * A failed item has its number, a code, a line that says why, how often it was tried and by which
 * rank. Without keep_going the call ends at the lowest failed item, and only that one is told.
 */
#include <plx/plx.h>
#include <stdio.h>

enum { ITEMS = 8 };
static const char text[ITEMS][8] = { "12", "7", "x9", "40", "", "5", "1e3", "100" };

static void read_number(const plx_block *block)
{
    for (size_t i = block->lo; i < block->hi; i++) {
        const char *in = (const char *)block->in + (i - block->lo) * sizeof text[0];
        int32_t *out = (int32_t *)block->out + (i - block->lo);
        for (*out = 0; *in >= '0' && *in <= '9'; in++)
            *out = 10 * *out + *in - '0';
        if (*in != '\0')
            plx_fail(block, i, *in, "not a digit");
        else if (*out == 0)
            plx_fail(block, i, 0, "empty");
    }
}

static plx_status run(plx_team *team, const plx_kernel *reader, bool keep_going)
{
    int32_t out[ITEMS];
    plx_failure failed[ITEMS];
    plx_report report;
    const plx_job job = { .kernel = reader, .n = ITEMS, .in = text, .out = out, .grain = 1,
                          .keep_going = keep_going, .failures = failed, .failures_cap = ITEMS };
    plx_status status = plx_map(team, &job, &report);
    if (plx_team_rank(team) != 0)
        return status;
    printf("%zu done, %zu failed, %zu not run\n", report.done, report.failed, report.not_run);
    for (size_t i = 0, f = 0; i < report.done + report.failed; i++)
        if (f < report.failures && failed[f].item == i) {
            printf("  \"%s\": error %d, %s, tries %d\n", text[i], failed[f].code, failed[f].why,
                   failed[f].tries);
            f++;
        } else
            printf("  \"%s\": %d\n", text[i], out[i]);
    return status;
}

int main(int argc, char **argv)
{
    const plx_kernel reader = { .size = sizeof reader, .name = "reader", .about = "reads numbers",
                                .in_size = sizeof text[0], .out_size = 4, .map = read_number };
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK && (status = run(team, &reader, true)) == PLX_ITEM_FAILED)
        status = run(team, &reader, false);
    plx_close(team);
    return status == PLX_ITEM_FAILED ? 0 : plx_status_exit(status);
}
