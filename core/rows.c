/* SPDX-License-Identifier: MIT */
/*
 * core/rows.c: map, reduce and fan: what of a call is each pattern's own.
 */
#include "core/team.h"

static bool offers_map(const plx_model *model)
{
    return model->map != NULL;
}

static plx_status open_map(plx_team *team, plx_call *call)
{
    return plx_call_open(team, call, false);
}

static void run_map(plx_team *team, plx_call *call)
{
    team->model->map(team, &call->run);
}

plx_status plx_map(plx_team *team, const plx_job *job, plx_report *report)
{
    return plx_call_make(team, PLX_MAP, job, &(plx_ask){0}, report);
}

const plx_pattern_row plx_row_map = {
    .name = "map",
    .about = "out[i] = f(in[i])",
    .cut = true,
    .offered = offers_map,
    .check = plx_call_check,
    .open = open_map,
    .run = run_map,
};

static bool offers_reduce(const plx_model *model)
{
    return model->reduce != NULL;
}

static plx_status open_reduce(plx_team *team, plx_call *call)
{
    return plx_call_open(team, call, true);
}

static void run_reduce(plx_team *team, plx_call *call)
{
    team->model->reduce(team, &call->run);
}

static plx_status hand_over_reduce(plx_team *team, plx_call *call, plx_status status)
{
    (void)team;
    plx_status done = plx_run_result(&call->run, call->job.out);
    return done == PLX_OK ? status : done;
}

plx_status plx_reduce(plx_team *team, const plx_job *job, plx_report *report)
{
    return plx_call_make(team, PLX_REDUCE, job, &(plx_ask){0}, report);
}

const plx_pattern_row plx_row_reduce = {
    .name = "reduce",
    .about = "fold every block, join the partials along a fixed tree",
    .cut = true,
    .offered = offers_reduce,
    .check = plx_call_check,
    .open = open_reduce,
    .run = run_reduce,
    .hand_over = hand_over_reduce,
};

static bool offers_fan(const plx_model *model)
{
    return model->fan != NULL;
}

/* A fan's tasks are what its digest is made of. */
static plx_status check_fan(const plx_team *team, plx_call *call)
{
    char *why = call->run.why;
    plx_status status = team->rank == 0 ? plx_check_job(&call->job, &call->kernel, why) : PLX_OK;
    if (status != PLX_OK)
        return status;
    plx_run_cut(&call->run, &call->job, &call->kernel, NULL, call->job.n);
    status =
        plx_fan_open(&call->fan, &call->run, call->ask.tasks, call->ask.join, team->rank == 0, why);
    call->digest = status == PLX_OK ? plx_fan_digest(&call->fan) : 0;
    for (size_t i = 0; status == PLX_OK && i < call->fan.n; i++)
        status = plx_policy_check_fold(call->job.policy, call->fan.kernels[i].fold != NULL, why);
    return status;
}

static plx_status open_fan(plx_team *team, plx_call *call)
{
    plx_run *run = &call->run;
    plx_run_rules(run, &call->job);
    run->rank = team->rank;
    return plx_run_open(run, team->threads, false);
}

static void run_fan(plx_team *team, plx_call *call)
{
    team->model->fan(team, &call->fan);
}

static plx_status hand_over_fan(plx_team *team, plx_call *call, plx_status status)
{
    if (team->rank == 0)
        plx_fan_join(&call->fan);
    return status;
}

static void close_fan(plx_call *call)
{
    plx_fan_close(&call->fan);
}

plx_status plx_fan(plx_team *team, const plx_job *job, const plx_task *tasks, const plx_join *join,
                   plx_report *report)
{
    return plx_call_make(team, PLX_FAN, job, &(plx_ask){.tasks = tasks, .join = join}, report);
}

const plx_pattern_row plx_row_fan = {
    .name = "fan",
    .about = "fan-out/fan-in: tasks of any kernels, joined in task order",
    .offered = offers_fan,
    .check = check_fan,
    .open = open_fan,
    .run = run_fan,
    .hand_over = hand_over_fan,
    .close = close_fan,
};
