/* SPDX-License-Identifier: MIT */
/*
 * bench/ranks.c: how even the work of workers is: MODEL KERNEL N THREADS REPEATS [NAME=VALUE].
 *
 * The schedules in turn; a line for each: its name, the median seconds of a call, and the median of
 * makespan over ideal: from the start that all agree on to the end of the call, data and join
 * included, over what all workers computed divided by their number.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "work.h"

enum { MOST_REPEATS = 1000, SCHEDULES = 3 };

static double seconds[SCHEDULES][MOST_REPEATS], ratios[SCHEDULES][MOST_REPEATS];

static void call(plx_team *team, const work *w, plx_schedule schedule, double *took, double *ratio)
{
    uint64_t total;
    plx_report report;
    const plx_job job = { .kernel = w->kernel, .n = w->n, .ctx = w->ctx, .in = w->in,
                          .out = w->kernel->fold ? (void *)&total : w->out, .schedule = schedule };
    if (plx_agree(team, PLX_OK) != PLX_OK)
        exit(1);
    const plx_status status =
        w->kernel->fold ? plx_reduce(team, &job, &report) : plx_map(team, &job, &report);
    if (status != PLX_OK) {
        fprintf(stderr, "ranks: %s\n", plx_status_text(status));
        exit(1);
    }
    *took = report.elapsed_s;
    *ratio = (report.elapsed_s - report.prepare_s - report.other_s) / report.compute_s;
}

static double median(double *values, int n)
{
    qsort(values, (size_t)n, sizeof *values, work_compare);
    return (values[n / 2] + values[(n - 1) / 2]) / 2;
}

static void set_parameter(work *w, const char *text)
{
    const size_t length = strcspn(text, "=");
    for (const plx_field *field = w->kernel->params; field && field->name; field++)
        if (strlen(field->name) == length && strncmp(field->name, text, length) == 0 &&
            plx_field_set(field, w->ctx, text + length + (text[length] == '=')) == PLX_OK)
            return;
    fprintf(stderr, "ranks: %s: not a parameter of %s\n", text, w->kernel->name);
    exit(1);
}

int main(int argc, char **argv)
{
    static const char *const names[] = { "guided", "static", "dynamic" };
    plx_team *team;
    work w;
    if (argc < 6 || plx_open(argv[1], atoi(argv[4]), &team) != PLX_OK)
        return 1;
    const int repeats = atoi(argv[5]);
    if (repeats < 1 || repeats > MOST_REPEATS)
        return 1;
    work_open(&w, argv + 2, plx_team_rank(team) == 0);
    if (argc > 6)
        set_parameter(&w, argv[6]);
    for (int r = -1; r < repeats; r++)
        for (int s = 0; s < SCHEDULES; s++)
            call(team, &w, (plx_schedule)s, &seconds[s][r < 0 ? 0 : r], &ratios[s][r < 0 ? 0 : r]);
    for (int s = 0; plx_team_rank(team) == 0 && s < SCHEDULES; s++)
        printf("%s %.9f %.6f\n", names[s], median(seconds[s], repeats), median(ratios[s], repeats));
    work_close(&w);
    plx_close(team);
    return 0;
}
