/* SPDX-License-Identifier: MIT */
/*
 * core/pipeline.c: batch and pipeline: what of a call is their own.
 *
 * A batch run is a pipeline of one stage, whose run is the call's. A pipeline's stages have runs of
 * their own, for each has its own kernel, scratch and failures; what their workers did is added to
 * the call's lanes at the end.
 */
#include <stdlib.h>
#include <string.h>

#include "core/team.h"

enum { STAGES_MAX = 4096 };

static bool offers(const plx_model *model)
{
    return model->pipeline != NULL;
}

static plx_status make_stages(plx_call *call, size_t n)
{
    plx_flow *flow = &call->flow;
    size_t size = n * sizeof *flow->stages;
    flow->run = &call->run;
    flow->stages = aligned_alloc(_Alignof(plx_flow_stage), size);
    if (!flow->stages)
        return PLX_NO_MEMORY;
    memset(flow->stages, 0, size);
    flow->stages_n = n;
    return PLX_OK;
}

static plx_status check_stream(const plx_call *call, char why[108])
{
    if (call->stream.source)
        return PLX_OK;
    plx_check_say(why, "stream or its source is missing");
    return PLX_BAD_JOB;
}

static plx_status open_flow(const plx_team *team, plx_call *call)
{
    return plx_flow_open(&call->flow, &call->job, &call->stream,
                         team->rank ? 1 : 2 * (size_t)team->workers, team->ranks > 1,
                         call->run.why);
}

static void size_flow(const plx_call *call, plx_report *report)
{
    report->grain = call->flow.batch;
    report->blocks = call->flow.drained;
}

/* What the source gave; in stop mode up to the failed item, with which the stream ends. */
static void count_flow(const plx_call *call, plx_report *report)
{
    const plx_flow *flow = &call->flow;
    bool cut = flow->stopped && atomic_load(&call->run.trouble) == PLX_OK;
    report->n = cut ? flow->sunk : flow->items;
    report->failed = call->run.fails.count;
    report->done = flow->sunk - report->failed;
}

static plx_status check_batch(const plx_team *team, plx_call *call)
{
    plx_status status = plx_call_check(team, call);
    if (status == PLX_OK)
        status = make_stages(call, 1);
    return status == PLX_OK ? check_stream(call, call->run.why) : status;
}

static plx_status open_batch(plx_team *team, plx_call *call)
{
    plx_flow_stage *stage = &call->flow.stages[0];
    stage->run = &call->run;
    stage->kernel = call->kernel;
    stage->in_size = call->kernel.in_size;
    stage->out_size = call->kernel.out_size;
    plx_status status = plx_call_open(team, call, false);
    return status == PLX_OK ? open_flow(team, call) : status;
}

static void run_batch(plx_team *team, plx_call *call)
{
    team->model->pipeline(team, &call->flow);
}

static void close_batch(plx_call *call)
{
    plx_flow_close(&call->flow);
    free(call->flow.stages);
}

plx_status plx_batch(plx_team *team, const plx_job *job, const plx_stream *stream,
                     plx_report *report)
{
    return plx_call_make(team, PLX_BATCH, job, &(plx_ask){.stream = stream}, report);
}

const plx_pattern_row plx_row_batch = {
    .name = "batch",
    .about = "a stream of items, batch by batch, in bounded memory",
    .offered = offers,
    .check = check_batch,
    .open = open_batch,
    .run = run_batch,
    .size = size_flow,
    .count = count_flow,
    .close = close_batch,
};

static plx_status check_pipeline(const plx_team *team, plx_call *call)
{
    (void)team;
    size_t n = call->ask.stages_n;
    char *why = call->run.why;
    if (!call->ask.stages || n == 0 || n > STAGES_MAX) {
        plx_check_say(why, "%zu stages: at least 1 is needed and at most %d are taken", n,
                      STAGES_MAX);
        return PLX_BAD_JOB;
    }
    plx_status status = check_stream(call, why);
    if (status == PLX_OK)
        status = plx_check_job(&call->job, &call->kernel, why);
    if (status == PLX_OK)
        status = make_stages(call, n);
    for (size_t k = 0; k < n && status == PLX_OK; k++) {
        call->flow.stages[k].asked = call->ask.stages[k];
        status = plx_stages_fit(&call->flow, k, call->stream.item_size, why);
    }
    call->digest = status == PLX_OK ? plx_stages_digest(&call->flow) : 0;
    return status;
}

static plx_status open_stage(const plx_team *team, plx_call *call, plx_flow_stage *stage)
{
    plx_run *run = &stage->own;
    const plx_policy *whole = call->job.policy, *policy = stage->asked.policy;
    plx_run_cut(run, &call->job, &stage->kernel, stage->asked.ctx, call->job.n);
    run->rank = team->rank;
    run->pace = plx_policy_asks(policy)  ? &stage->pace
                : plx_policy_asks(whole) ? &call->pace
                                         : NULL;
    if (plx_policy_asks(policy)) {
        plx_pace_open(&stage->pace, policy, call->pace.begun_s, &call->pace);
        plx_pace_part(&stage->pace, team->ranks);
    }
    plx_status status = plx_run_open(run, team->threads, false);
    if (status != PLX_OK && run->why[0])
        plx_check_say(call->run.why, "%.107s", run->why);
    return status;
}

/* The call's own run has no kernel: its lanes are what the report is made of. */
static plx_status open_pipeline(plx_team *team, plx_call *call)
{
    plx_flow *flow = &call->flow;
    size_t grain = 0;
    plx_run_cut(&call->run, &call->job, &call->kernel, NULL, call->job.n);
    call->run.rank = team->rank;
    plx_status status = plx_run_open(&call->run, team->threads, false);
    if (!flow->stages[0].run)
        flow->stages[0].in_size = call->stream.item_size;
    for (size_t k = 0; k < flow->stages_n && status == PLX_OK; k++) {
        plx_flow_stage *stage = &flow->stages[k];
        if (!stage->run)
            continue;
        status = open_stage(team, call, stage);
        grain = grain ? grain : stage->own.grain;
        if (status == PLX_OK && call->traced)
            status = plx_trace_open(&stage->own, call->job.slices_cap);
    }
    call->run.grain = grain ? grain : 1;
    return status == PLX_OK ? open_flow(team, call) : status;
}

/* Its stages were prepared one after another. */
static void note_prepare(plx_run *run, const plx_run *stage)
{
    if (!stage->prepared)
        return;
    if (!run->prepared)
        run->prepare_begun_s = stage->prepare_begun_s;
    run->prepare_ended_s = stage->prepare_ended_s;
    run->prepared = true;
}

static void add_lane(plx_lane *all, plx_lane *stage)
{
    all->items += stage->items;
    all->busy_s += stage->busy_s;
    if (stage->chunks && (!all->chunks || stage->last_s > all->last_s))
        all->last_s = stage->last_s;
    all->chunks += stage->chunks;
    plx_trace_join(all, stage);
}

static void run_pipeline(plx_team *team, plx_call *call)
{
    plx_flow *flow = &call->flow;
    team->model->pipeline(team, flow);
    for (size_t k = 0; k < flow->stages_n; k++) {
        plx_run *own = &flow->stages[k].own;
        note_prepare(&call->run, own);
        for (int w = 0; w < own->workers; w++)
            add_lane(&call->run.lanes[w], &own->lanes[w]);
    }
}

static void close_pipeline(plx_call *call)
{
    plx_flow_close(&call->flow);
    for (size_t k = 0; k < call->flow.stages_n; k++)
        plx_run_close(&call->flow.stages[k].own);
    free(call->flow.stages);
}

plx_status plx_pipeline(plx_team *team, const plx_job *job, const plx_stage *stages, size_t n,
                        const plx_stream *stream, plx_report *report)
{
    return plx_call_make(team, PLX_PIPELINE, job,
                         &(plx_ask){.stream = stream, .stages = stages, .stages_n = n}, report);
}

const plx_pattern_row plx_row_pipeline = {
    .name = "pipeline",
    .about = "a stream through stages: kernels, and steps in order, with bounded memory",
    .offered = offers,
    .check = check_pipeline,
    .open = open_pipeline,
    .run = run_pipeline,
    .size = size_flow,
    .count = count_flow,
    .close = close_pipeline,
};
