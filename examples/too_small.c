/* SPDX-License-Identifier: MIT */
/*
 * too_small.c: when not to: ten tiny tasks cost more to hand out than to run.
 *
 * The same sums by a plain loop and by a team; the times are told on stderr. What helps: more work
 * an item, or many items a block, which is what the library's own grain sees to.
 */
#include <plx/plx.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TASKS = 10, NUMBERS = 1000, ROUNDS = 50 };

static void add_up(const plx_block *block)              /* one item: the sum below NUMBERS */
{
    uint64_t *out = block->out;
    for (size_t i = block->lo; i < block->hi; i++) {
        uint64_t sum = 0;
        for (uint64_t k = 0; k < NUMBERS; k++)
            sum += k ^ i;
        out[i - block->lo] = sum;
    }
}

static double now_us(void)
{
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
    const plx_kernel tiny = { .size = sizeof tiny, .name = "tiny", .about = "a tiny sum",
                              .out_size = sizeof(uint64_t), .map = add_up };
    uint64_t plain[TASKS], ours[TASKS];
    const plx_job job = { .kernel = &tiny, .n = TASKS, .out = ours, .grain = 1 };
    double loop_us = 0, team_us = 0;
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    for (int round = 0; round < ROUNDS && status == PLX_OK; round++) {
        const double begun = now_us();
        add_up(&(plx_block){ .lo = 0, .hi = TASKS, .out = plain });
        const double between = now_us();
        status = plx_map(team, &job, NULL);
        loop_us += between - begun;
        team_us += now_us() - between;
    }
    if (status != PLX_OK)
        fprintf(stderr, "too_small: %s\n", plx_status_text(status));
    else if (plx_team_rank(team) == 0) {
        fprintf(stderr, "%d tiny tasks: loop %.1f us, team %.1f us\n", TASKS, loop_us / ROUNDS,
                team_us / ROUNDS);
        printf("%d sums, %s\n", TASKS,
               memcmp(plain, ours, sizeof plain) == 0 ? "equal" : "different");
    }
    plx_close(team);
    return plx_status_exit(status);
}
