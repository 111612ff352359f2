/* SPDX-License-Identifier: MIT */
/*
 * core/stages.c: a pipeline's stages as they were asked for: each alone, and each behind the one
 * before it; see core/flow.h.
 */
#include <string.h>
#include <xxhash.h>

#include "core/flow.h"

static const char *wrong_step(const plx_stage *asked)
{
    if (asked->out_size == 0 || asked->out_size > SIZE_MAX / 2)
        return "a step's out_size is 0 or too large";
    if (asked->at_once > 1)
        return "at_once of a step is not 0 or 1";
    return asked->policy ? "a step has no policy of its own" : NULL;
}

/* The stage alone; what lies before it is known by in_size. */
static plx_status check_kernel(plx_flow_stage *stage, char text[108])
{
    const plx_kernel *kernel = &stage->kernel;
    plx_status status = plx_check_kernel(stage->asked.kernel, PLX_PIPELINE, &stage->kernel, text);
    if (status != PLX_OK)
        return status;
    stage->asked.ctx = plx_check_ctx(kernel, stage->asked.ctx, stage->ctx);
    stage->run = &stage->own;
    stage->in_size = kernel->in_size;
    stage->out_size = kernel->out_size;
    status = plx_policy_check_stage(stage->asked.policy, text);
    return status == PLX_OK ? plx_check_job(&(plx_job){.ctx = stage->asked.ctx}, kernel, text)
                            : status;
}

/* Items as stage k reads them are those that stage k - 1 writes. */
static const char *misfit(const plx_flow *flow, size_t k, char text[108])
{
    const plx_flow_stage *stage = &flow->stages[k];
    if (k == 0 || stage->in_size == stage[-1].out_size)
        return NULL;
    if (stage->in_size == PLX_VARIES)
        return "only the first stage may take items that differ in length";
    plx_check_say(text, "it takes items of %zu bytes, the stage before makes %zu", stage->in_size,
                  stage[-1].out_size);
    return text;
}

plx_status plx_stages_fit(plx_flow *flow, size_t k, size_t item_size, char why[108])
{
    plx_flow_stage *stage = &flow->stages[k];
    const plx_stage *asked = &stage->asked;
    char text[108];
    const char *wrong = NULL;
    plx_status status = PLX_BAD_JOB;
    if (!asked->kernel == !asked->step)
        wrong = "it needs either a kernel or a step";
    else if (asked->at_once < 0)
        wrong = "at_once is negative";
    else if (asked->kernel) {
        status = check_kernel(stage, text);
        wrong = status == PLX_OK ? NULL : text;
    } else {
        wrong = wrong_step(asked);
        stage->in_size = k ? stage[-1].out_size : item_size;
        stage->out_size = asked->out_size;
    }
    if (!wrong) {
        status = PLX_BAD_JOB;
        wrong = misfit(flow, k, text);
    }
    const char *name = asked->name ? asked->name : stage->run ? stage->kernel.name : "step";
    strncpy(stage->name, name, sizeof stage->name - 1);
    if (wrong)
        plx_check_say(why, "stage %zu: %.90s", k, wrong);
    return wrong ? status : PLX_OK;
}

/* Parameters stand in it: every rank passes its own. Sizes of a step's items: not those that only
   rank 0 has. */
uint64_t plx_stages_digest(const plx_flow *flow)
{
    uint64_t digest = flow->stages_n;
    for (size_t k = 0; k < flow->stages_n; k++) {
        const plx_flow_stage *stage = &flow->stages[k];
        if (stage->run)
            digest = plx_check_digest(&stage->kernel, digest);
        else
            digest = XXH64(&stage->out_size, sizeof stage->out_size, ~digest);
        if (stage->kernel.ctx_size)
            digest = XXH64(stage->asked.ctx, stage->kernel.ctx_size, digest);
    }
    return digest;
}
