/* SPDX-License-Identifier: MIT */
/* bench/ours.c: the same calls by the patterns: MODEL KERNEL N THREADS REPEATS. */
#include <stdio.h>
#include <stdlib.h>

#include "work.h"

static plx_job job_of(const work *w, void *out)
{
    return (plx_job){ .kernel = w->kernel, .n = w->n, .in = w->in, .out = out, .ctx = w->ctx };
}

static void check(plx_status status)
{
    if (status == PLX_OK)
        return;
    fprintf(stderr, "ours: %s\n", plx_status_text(status));
    exit(1);
}

static void map(work *w)
{
    const plx_job job = job_of(w, w->out);
    check(plx_map(w->own, &job, NULL));
}

static void reduce(work *w)
{
    const plx_job job = job_of(w, &w->total);
    check(plx_reduce(w->own, &job, NULL));
}

static void meet(work *w)
{
    check(plx_agree(w->own, PLX_OK));
}

int main(int argc, char **argv)
{
    if (argc != 6)
        return 1;
    plx_team *team;
    check(plx_open(argv[1], atoi(argv[4]), &team));
    work w;
    work_open(&w, argv + 2, plx_team_rank(team) == 0);
    w.own = team;
    work_time(&w, &(way){ .map = map, .reduce = reduce, .meet = meet }, atoi(argv[5]));
    work_close(&w);
    plx_close(team);
    return 0;
}
