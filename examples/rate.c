/* SPDX-License-Identifier: MIT */
/*
 * rate.c: no more than so many a second: 100, after a burst of 2, for a service that would refuse.
 *
 * A token bucket: it begins with 2 tokens and gets 100 a second; a try takes one, or waits for it.
 * So 12 items take at least (12 - 2) / 100 s. Ranks may each begin with one token of their own.
 */
#define _POSIX_C_SOURCE 199309L
#include <plx/kernels.h>
#include <plx/plx.h>
#include <stdio.h>
#include <time.h>

enum { ITEMS = 12, BURST = 2, PER_S = 100 };

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
    const plx_policy policy = { .rate = PER_S, .burst = BURST };
    double in[ITEMS] = { 1, 4, 9 }, out[ITEMS];
    const plx_job job = { .kernel = plx_kernel_find("heavy_math"), .n = ITEMS, .in = in, .out = out,
                          .policy = &policy };
    plx_report report = { 0 };
    plx_team *team;
    plx_status status = plx_open(argc > 1 ? argv[1] : "pthread", 0, &team);
    const double begun_s = now_s();
    if (status == PLX_OK)
        status = plx_map(team, &job, &report);
    const double took_s = now_s() - begun_s;
    const int at_once = report.ranks > BURST ? report.ranks : BURST;
    if (status != PLX_OK)
        fprintf(stderr, "rate: %s\n", report.why[0] ? report.why : plx_status_text(status));
    else if (plx_team_rank(team) == 0) {
        fprintf(stderr, "%d requests in %.3f s\n", ITEMS, took_s);
        printf("%zu requests, none too early: %s\n", report.done,
               took_s >= (double)(ITEMS - at_once) / PER_S ? "yes" : "no");
    }
    plx_close(team);
    return plx_status_exit(status);
}
