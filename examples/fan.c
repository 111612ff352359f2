/* SPDX-License-Identifier: MIT */
/*
 * fan.c: fan-out and fan-in: tasks of four kernels side by side, their results joined in order.
 *
 * arrived() is told of each task as it ends, whatever the order; join() runs when all have ended,
 * in task order, so that what it makes does not depend on who was faster.
 */
#include <plx/kernels.h>
#include <plx/plx.h>
#include <stdio.h>

enum { SIEVE, TRIAL, SQUARES, WAIT, TASKS, SMALL = 1000 };
typedef struct summary { uint64_t by_sieve, by_trial, squares, waited; } summary;

static void count_arrived(size_t task, const plx_task *t, plx_status status, void *user)
{
    (void)task, (void)t;
    *(int *)user += status == PLX_OK;
}

static void join(void *total, size_t task, const plx_task *t, void *user)
{
    summary *all = total;
    uint64_t *const place[] = { &all->by_sieve, &all->by_trial, &all->squares, &all->waited };
    (void)user;
    if (task == TRIAL)                                  /* a map: a byte for each number */
        for (size_t i = t->lo; i < t->hi; i++)
            *place[task] += ((const uint8_t *)t->out)[i - t->lo];
    else                                                /* their results begin with 64 low bits */
        *place[task] = *(const uint64_t *)t->out;
}

int main(int argc, char **argv)
{
    static uint64_t sieve, squares[2], waited;
    static uint8_t trial[SMALL];
    double wait_ms = 50;                                /* parameter of wait, see `parallax list` */
    const plx_task tasks[] = {
        { .kernel = plx_kernel_find("prime_sieve"), .hi = SMALL, .out = &sieve },
        { .kernel = plx_kernel_find("is_prime"), .hi = SMALL, .out = trial },
        { .kernel = plx_kernel_find("sum_squares"), .lo = 1, .hi = 101, .out = squares },
        { .kernel = plx_kernel_find("wait"), .lo = 7, .hi = 8, .ctx = &wait_ms, .out = &waited },
    };
    int arrived = 0;
    summary all = { 0 };
    plx_join in = { sizeof all, &all, join, count_arrived, &arrived };
    plx_job job = { .n = TASKS };
    plx_report report = { 0 };
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    if (status == PLX_OK)
        status = plx_fan(team, &job, tasks, &in, &report);
    if (status != PLX_OK)
        fprintf(stderr, "fan: %s\n", report.why[0] ? report.why : plx_status_text(status));
    else if (plx_team_rank(team) == 0)                  /* under mpi arrived() is told on rank 0 */
        printf("arrived %d, primes %d = %d, squares %d, waited for item %d\n", arrived,
               (int)all.by_sieve, (int)all.by_trial, (int)all.squares, (int)all.waited);
    plx_close(team);
    return plx_status_exit(status);
}
