/* SPDX-License-Identifier: MIT */
/*
 * scan.c: prefix sums: the balance after each movement, and where each record begins.
 *
 * Inclusive: out[i] holds items 0 to i. Exclusive: items 0 to i - 1, which is how a list of lengths
 * becomes a list of places. One kernel serves both, and a plain reduction as well.
 */
#include <plx/plx.h>
#include <stdio.h>

enum { ITEMS = 100000 };

static void add(const plx_block *block, void *sum)
{
    const int64_t *in = block->in;
    for (size_t i = 0; i < block->hi - block->lo; i++)
        *(int64_t *)sum += in[i];
}

static void combine(void *left, const void *right, const void *ctx)
{
    (void)ctx;
    *(int64_t *)left += *(const int64_t *)right;
}

int main(int argc, char **argv)
{
    static int64_t movement[ITEMS], balance[ITEMS], length[ITEMS], begin[ITEMS];
    for (int64_t i = 0; i < ITEMS; i++) {
        movement[i] = i % 3 == 0 ? -150 : 100;
        length[i] = 1 + i % 7;
    }
    const plx_kernel sum = { .size = sizeof sum, .name = "sum", .about = "sum", .in_size = 8,
                             .acc_size = 8, .flags = PLX_EXACT, .fold = add, .combine = combine };
    const plx_job balances = { .kernel = &sum, .n = ITEMS, .in = movement, .out = balance };
    const plx_job places = { .kernel = &sum, .n = ITEMS, .in = length, .out = begin,
                             .exclusive = true };
    const int told[] = { 0, 1, 2, ITEMS - 1 };
    plx_team *team;
    plx_report report = { 0 };
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_scan(team, &balances, &report);
    if (status == PLX_OK)
        status = plx_scan(team, &places, &report);
    if (status != PLX_OK)
        fprintf(stderr, "scan: %s\n", report.why[0] ? report.why : plx_status_text(status));
    else if (plx_team_rank(team) == 0)
        for (int k = 0; k < 4; k++)
            printf("item %d: balance %d, begins at %d\n", told[k], (int)balance[told[k]],
                   (int)begin[told[k]]);
    plx_close(team);
    return plx_status_exit(status);
}
