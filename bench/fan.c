/* SPDX-License-Identifier: MIT */
/*
 * bench/fan.c: 12 tasks of three kernels, the last 50 times as long as each of the rest, which
 * are about equal: MODEL THREADS [UNIT_MS].
 *
 * With the model serial each task is a fan of its own, and its time is printed: 12 numbers, in
 * seconds. With any other model: the makespan, how many other tasks had been told to arrived()
 * before the long one was, and how long before it the last of those was told, in seconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "work.h"

enum { TASKS = 12, LONG = TASKS - 1, TIMES = 50 };

typedef struct params { double wait_ms; uint64_t ops, extra; } params; /* wait's, then busy's */

typedef struct arrivals {
    size_t before;                  /* of others, before the long one */
    double last_other_s, long_s;
} arrivals;

static void note(size_t task, const plx_task *t, plx_status status, void *user)
{
    (void)t, (void)status;
    arrivals *seen = user;
    if (task == LONG) {
        seen->long_s = work_clock_s();
    } else if (seen->long_s == 0) {
        seen->before++;
        seen->last_other_s = work_clock_s();
    }
}

/* Tasks of unit_ms each: wait sleeps it, busy computes 3 operations a ns, the sieve takes 0.08 ns a
   number, by their own declarations; what they truly take is measured. */
static void make_tasks(plx_task *tasks, const params *set, double unit_ms)
{
    static uint64_t out[TASKS][TIMES];
    const plx_kernel *kinds[] = { plx_kernel_find("wait"), plx_kernel_find("prime_sieve"),
                                  plx_kernel_find("busy") };
    const void *ctx[] = { &set->wait_ms, NULL, &set->ops };
    const size_t items[] = { 1, (size_t)(unit_ms * 1e6 / 0.08), 1 };
    for (size_t i = 0; i < TASKS; i++)
        tasks[i] = (plx_task){ .kernel = kinds[i % 3], .hi = items[i % 3], .ctx = ctx[i % 3],
                               .out = out[i] };
    tasks[LONG].hi = TIMES;
}

static double run(plx_team *team, const plx_task *tasks, size_t n, arrivals *seen)
{
    const plx_join join = { .arrived = note, .user = seen };
    const plx_job job = { .n = n };
    plx_status status = plx_agree(team, PLX_OK);
    const double begun = work_clock_s();
    if (status == PLX_OK)
        status = plx_fan(team, &job, tasks, &join, NULL);
    const double end = work_clock_s();
    if (status != PLX_OK) {
        fprintf(stderr, "fan: %s\n", plx_status_text(status));
        exit(1);
    }
    return end - begun;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 1;
    const double unit_ms = argc > 3 ? strtod(argv[3], NULL) : 20;
    const params set = { unit_ms, (uint64_t)(unit_ms * 3e6), 0 };
    plx_task tasks[TASKS];
    make_tasks(tasks, &set, unit_ms);
    plx_team *team;
    if (plx_open(argv[1], atoi(argv[2]), &team) != PLX_OK)
        return 1;
    arrivals warm = { 0 }, seen = { 0 };
    run(team, tasks, 3, &warm);
    if (strcmp(argv[1], "serial") == 0) {
        for (size_t i = 0; i < TASKS; i++)
            printf("%.6f ", run(team, tasks + i, 1, &warm));
        printf("\n");
    } else {
        const double makespan = run(team, tasks, TASKS, &seen);
        if (plx_team_rank(team) == 0)
            printf("%.6f %zu %.6f\n", makespan, seen.before, seen.long_s - seen.last_other_s);
    }
    plx_close(team);
    return 0;
}
