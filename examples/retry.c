/* SPDX-License-Identifier: MIT */
/*
 * retry.c: an item that fails is tried again, later and later, if its code says that this may help.
 *
 * Waits double from 1 ms up to 4 ms, less a part by chance, so that many that failed at once do not
 * come back at once. Item i of this service is busy i times; item 2 is unknown, which no try mends.
 */
#include <plx/plx.h>
#include <stdatomic.h>
#include <stdio.h>

enum { ITEMS = 6, UNKNOWN_ITEM = 2, TRIES = 4, BUSY = 503, UNKNOWN = 404 };
static atomic_int asked[ITEMS];                         /* the service's memory, not the kernel's */

static void ask(const plx_block *block)
{
    int32_t *out = block->out;
    for (size_t i = block->lo; i < block->hi; i++) {
        const int before = atomic_fetch_add(&asked[i], 1);
        if (i == UNKNOWN_ITEM)
            plx_fail(block, i, UNKNOWN, "unknown");
        else if (before < (int)i)
            plx_fail(block, i, BUSY, "busy");
        else
            out[i - block->lo] = before + 1;
    }
}

int main(int argc, char **argv)
{
    const plx_kernel service = { .size = sizeof service, .name = "service", .about = "is busy",
                                 .out_size = sizeof(int32_t), .map = ask };
    const int again[] = { BUSY };
    const plx_policy policy = { .retries = TRIES - 1, .backoff_s = 0.001, .backoff_max_s = 0.004,
                                .jitter = 0.5, .retry_codes = again, .retry_codes_n = 1 };
    int32_t tries[ITEMS];
    plx_failure failed[ITEMS];
    const plx_job job = { .kernel = &service, .n = ITEMS, .out = tries, .policy = &policy,
                          .keep_going = true, .failures = failed, .failures_cap = ITEMS };
    plx_report report = { 0 };
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_map(team, &job, &report);
    if (status != PLX_OK && status != PLX_ITEM_FAILED)
        fprintf(stderr, "retry: %s\n", report.why[0] ? report.why : plx_status_text(status));
    for (size_t i = 0, f = 0; plx_team_rank(team) == 0 && i < report.n; i++)
        if (f < report.failures && failed[f].item == i) {
            printf("item %zu: %s after %d\n", i, failed[f].why, failed[f].tries);
            f++;
        } else
            printf("item %zu: answered at try %d\n", i, tries[i]);
    plx_close(team);
    return status == PLX_ITEM_FAILED ? 0 : plx_status_exit(status);
}
