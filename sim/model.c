/* SPDX-License-Identifier: MIT */
/*
 * sim/model.c: the model inside a simulated rank: it runs each block and then lets the simulated
 * processor be busy for as long as the kernel declares that the block costs.
 *
 * Its one idea: the simulator does not time our code, it is told. The kernel is a cheap stand-in
 * that gives the right bytes; time passes by its work(), a nanosecond an operation on a host of
 * 1 Gflop/s. So a run says the same twice, and 10^13 items take seconds. Built with SimGrid's SMPI
 * only; opened as "mpi+sim". A hand-out is counted as one chunk for each of its blocks.
 */
#include <smpi/smpi.h>

#include "core/team.h"

extern const plx_model plx_sim_model;

static double cost_ns(const plx_run *run, size_t lo, size_t hi)
{
    const plx_kernel *kernel = run->kernel;
    if (kernel->work)
        return kernel->work(run->base + lo, run->base + hi, run->ctx, NULL);
    return (double)(hi - lo) * kernel->item_ns;
}

/* Blocks that were not wanted any more cost nothing. */
static void run_blocks(plx_run *run, void (*run_block)(plx_run *, size_t, size_t, int))
{
    plx_lane *lane = &run->lanes[0];
    for (size_t k = run->first; k < run->end; k++) {
        size_t items = lane->items;
        run_block(run, k, k + 1, 0);
        if (lane->items == items)
            continue;
        double begun = plx_clock_s();
        smpi_execute_flops(cost_ns(run, plx_cut_item(run, k), plx_cut_item(run, k + 1)));
        lane->last_s = plx_clock_s();
        lane->busy_s += lane->last_s - begun;
    }
}

static void map(plx_team *team, plx_run *run)
{
    (void)team;
    run_blocks(run, plx_run_map);
}

static void reduce(plx_team *team, plx_run *run)
{
    (void)team;
    run_blocks(run, plx_run_reduce);
}

/* A task's time passes before its result is there for others to have. */
static void fan(plx_team *team, plx_fanout *fan)
{
    (void)team;
    plx_lane *lane = &fan->run->lanes[0];
    for (size_t i = 0; i < fan->orders; i++) {
        double begun = plx_clock_s();
        if (plx_run_wants(fan->run, fan->order[i]))
            smpi_execute_flops(plx_fan_cost(fan, fan->order[i]));
        lane->busy_s += plx_clock_s() - begun;
        plx_fan_work(fan, 0);
    }
}

static plx_status open_team(plx_team *team, const plx_model *inner, int threads, plx_status mine)
{
    (void)inner;
    (void)threads;
    team->threads = team->workers = 1;
    return mine;
}

const plx_model plx_sim_model = {
    .name = "sim",
    .open = open_team,
    .map = map,
    .reduce = reduce,
    .fan = fan,
};
