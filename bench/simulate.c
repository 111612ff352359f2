/* SPDX-License-Identifier: MIT */
/*
 * bench/simulate.c: one call of one pattern on simulated ranks; prints one line of JSON.
 *
 * Run by bench/simulate through smpirun. All ranks live in one process and share its globals, which
 * is why there are none but constants here and in the library. What rank 0 got is compared with the
 * closed form on the spot, and printed for others to check.
 */
#include <inttypes.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/simulate.h"
#include "plx/plx.h"

typedef struct simulated {
    const char *pattern; /* reduce, map, scale, fan */
    plx_schedule schedule;
    uint64_t blocks, tasks;
    double cost_s; /* of all items together, before the factors */
    simulate_work work;
} simulated;

typedef struct outcome {
    plx_status status;
    plx_report report;
    uint64_t digest; /* of what rank 0 got */
    bool right;
    traffic root;
} outcome;

static const char *value_of(int argc, char **argv, const char *key, const char *initial)
{
    size_t length = strlen(key);
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], key, length) == 0 && argv[i][length] == '=')
            return argv[i] + length + 1;
    return initial;
}

static plx_schedule schedule_of(const char *name)
{
    return strcmp(name, "static") == 0    ? PLX_STATIC
           : strcmp(name, "dynamic") == 0 ? PLX_DYNAMIC
                                          : PLX_GUIDED;
}

static simulated plan_of(int argc, char **argv)
{
    simulated plan = {.pattern = value_of(argc, argv, "pattern", "reduce"),
                      .schedule = schedule_of(value_of(argc, argv, "schedule", "guided"))};
    plan.work.n = strtoull(value_of(argc, argv, "n", "65536"), NULL, 10);
    plan.work.cells = strtoull(value_of(argc, argv, "cells", "65536"), NULL, 10);
    plan.work.seed = strtoull(value_of(argc, argv, "seed", "1"), NULL, 10);
    plan.work.sigma = strtod(value_of(argc, argv, "sigma", "0"), NULL);
    plan.blocks = strtoull(value_of(argc, argv, "blocks", "65536"), NULL, 10);
    plan.tasks = strtoull(value_of(argc, argv, "tasks", "256"), NULL, 10);
    plan.cost_s = strtod(value_of(argc, argv, "cost", "1"), NULL);
    plan.work.item_ns = plan.cost_s * 1e9 / (double)plan.work.n;
    return plan;
}

static uint64_t digest_of(const uint64_t *words, size_t n)
{
    uint64_t digest = 0;
    for (size_t i = 0; i < n; i++)
        digest = digest * UINT64_C(6364136223846793005) + words[i];
    return digest;
}

static bool is_whole(const chain *got, uint64_t n)
{
    chain whole = simulate_chain_of(0, n);
    return got->a == whole.a && got->b == whole.b && got->items == n;
}

static plx_job job_of(const simulated *plan, const plx_kernel *kernel)
{
    return (plx_job){.kernel = kernel,
                     .n = plan->work.n,
                     .ctx = &plan->work,
                     .grain = (plan->work.n + plan->blocks - 1) / plan->blocks,
                     .schedule = plan->schedule};
}

static void reduce(plx_team *team, const simulated *plan, outcome *got)
{
    chain total;
    plx_job job = job_of(plan, &simulate_chain);
    job.out = &total;
    got->status = plx_reduce(team, &job, &got->report);
    got->digest = total.b;
    got->right = is_whole(&total, plan->work.n);
}

static void map(plx_team *team, const simulated *plan, outcome *got)
{
    bool scales = strcmp(plan->pattern, "scale") == 0, root = plx_team_rank(team) == 0;
    size_t n = plan->work.n;
    plx_job job = job_of(plan, scales ? &simulate_scale : &simulate_index);
    uint64_t *in = root && scales ? malloc(n * sizeof *in) : NULL;
    uint64_t *out = root ? malloc(n * sizeof *out) : NULL;
    for (size_t i = 0; in && i < n; i++)
        in[i] = simulate_index_of(i);
    job.in = in;
    job.out = out;
    got->status = plx_map(team, &job, &got->report);
    got->right = true;
    for (size_t i = 0; out && i < n; i++) {
        uint64_t wanted = simulate_index_of(i);
        got->right = got->right && out[i] == (scales ? simulate_scaled(i, wanted) : wanted);
    }
    got->digest = out ? digest_of(out, n) : 0;
    free(in);
    free(out);
}

static void join(void *total, size_t task, const plx_task *tasks, void *user)
{
    (void)task;
    (void)user;
    simulate_append(total, tasks->out);
}

static void fan(plx_team *team, const simulated *plan, outcome *got)
{
    size_t n = plan->tasks;
    plx_task *tasks = calloc(n, sizeof *tasks);
    chain *parts = calloc(n, sizeof *parts), total = {1, 0, 0};
    for (size_t i = 0; i < n; i++)
        tasks[i] = (plx_task){.kernel = &simulate_chain,
                              .lo = plan->work.n / n * i,
                              .hi = i + 1 < n ? plan->work.n / n * (i + 1) : plan->work.n,
                              .ctx = &plan->work,
                              .out = &parts[i]};
    plx_join all = {.size = sizeof total, .total = &total, .join = join};
    plx_job job = {.n = n};
    got->status = plx_fan(team, &job, tasks, &all, &got->report);
    got->digest = total.b;
    got->right = is_whole(&total, plan->work.n);
    free(parts);
    free(tasks);
}

static void print(const simulated *plan, const outcome *got)
{
    const plx_report *report = &got->report;
    double cost_s = 1e-9 * simulate_cost_ns(&plan->work, 0, plan->work.n);
    int computing = report->workers - report->serving;
    printf("{\"pattern\": \"%s\", \"ranks\": %d, \"computing\": %d, \"blocks\": %zu, "
           "\"status\": \"%s\", \"right\": %s, \"digest\": \"%016" PRIx64 "\", "
           "\"cost_s\": %.9f, \"makespan_s\": %.9f, \"ratio\": %.6f, "
           "\"hand_out_s\": %.9f, \"imbalance_s\": %.9f, \"collect_s\": %.9f, "
           "\"root_messages\": %" PRIu64 ", \"root_bytes\": %" PRIu64 "}\n",
           plan->pattern, report->ranks, computing, report->blocks, plx_status_name(got->status),
           got->right ? "true" : "false", got->digest, cost_s, report->elapsed_s,
           report->elapsed_s * computing / cost_s, report->hand_out_s, report->imbalance_s,
           report->collect_s, got->root.messages, got->root.bytes);
}

static int run(const simulated *plan)
{
    plx_team *team;
    plx_status status = plx_open("mpi+sim", 1, &team);
    if (status != PLX_OK) {
        fprintf(stderr, "simulate: %s\n", plx_status_text(status));
        return plx_status_exit(status);
    }
    bool root = plx_team_rank(team) == 0;
    outcome got = {.status = PLX_INTERNAL};
    traffic before = simulate_counted();
    if (strcmp(plan->pattern, "reduce") == 0)
        reduce(team, plan, &got);
    else if (strcmp(plan->pattern, "fan") == 0)
        fan(team, plan, &got);
    else
        map(team, plan, &got);
    traffic after = simulate_counted();
    got.root = (traffic){after.messages - before.messages, after.bytes - before.bytes};
    int wrong = got.status != PLX_OK || !got.right, any;
    MPI_Allreduce(&wrong, &any, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    got.right = !any;
    if (root)
        print(plan, &got);
    plx_close(team);
    return 0;
}

/* SMPI loads this file as a library and looks main up. */
__attribute__((visibility("default"))) int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank == 0)
        simulate_count();
    simulated plan = plan_of(argc, argv);
    int code = run(&plan);
    MPI_Finalize();
    return code;
}
