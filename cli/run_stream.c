/* SPDX-License-Identifier: MIT */
/*
 * cli/run_stream.c: the items that a map would hold as a stream: batch, pipeline.
 *
 * The source gives what -i holds or the seed makes, the sink digests and writes; neither ever has
 * more than a batch.
 */
#include <string.h>
#include <xxhash.h>

#include "generate.h"
#include "plx/pipeline.h"
#include "run.h"
#include "type.h"

/* As many as fit: the room is told by the longest line, so none is left over but by a change. */
static plx_status give_lines(plx_cli_work *work, size_t want, void *items, size_t *at, size_t *got)
{
    size_t left = work->n - work->next, room = want * work->lines.longest;
    *got = plx_lines_take(&work->lines, want < left ? want : left, items, room, at);
    work->next += *got;
    work->told = left > 0 && *got == 0 && plx_file_changed(work->ask->input) != 0;
    return work->told ? PLX_NO_INPUT : PLX_OK;
}

static plx_status give_items(void *user, size_t want, void *items, size_t *at, size_t *got)
{
    plx_cli_work *work = user;
    const plx_kernel *kernel = work->ask->kernel;
    size_t left = work->n - work->next, take = want < left ? want : left;
    if (kernel->in_size == PLX_VARIES)
        return give_lines(work, want, items, at, got);
    if (work->in != NULL && take > 0) {
        memcpy(items, (const char *)work->in + work->next * kernel->in_size,
               take * kernel->in_size);
    } else if (kernel->in_size > 0) {
        size_t values = kernel->in_size / plx_cli_type_of(kernel->in_type)->size;
        plx_generate_values(kernel->in_type, work->ask->seed, work->next * values, take * values,
                            items);
    }
    work->next += take;
    *got = take;
    return PLX_OK;
}

static plx_status take_results(void *user, size_t first, size_t n, const void *out,
                               const plx_failure *failed, size_t failures)
{
    plx_cli_work *work = user;
    XXH64_update(work->hash, out, n * work->ask->kernel->out_size);
    if (work->ask->output != NULL || work->ask->bytes != NULL)
        work->told = plx_cli_work_write(work, first, n, out, failed, failures) != 0;
    return work->told ? PLX_IO : PLX_OK;
}

static plx_stream begin_stream(plx_cli_work *work)
{
    work->next = 0;
    work->lines.next = work->lines.text;
    XXH64_reset(work->hash, 0);
    return (plx_stream){ .source = give_items, .sink = take_results, .user = work,
                         .item_size = work->lines.longest };
}

plx_status plx_cli_stream_batch(plx_cli_work *work, plx_report *report)
{
    const plx_stream stream = begin_stream(work);
    return plx_batch(work->team, &work->job, &stream, report);
}

/* How an item runs is its stage's; what watches the call is the call's. */
static plx_policy policy_of_stage(const plx_policy *all)
{
    plx_policy stage = *all;
    stage.deadline_s = 0;
    stage.stop = NULL;
    stage.progress = NULL;
    return stage;
}

static plx_policy policy_of_call(const plx_policy *all)
{
    return (plx_policy){ .deadline_s = all->deadline_s, .stop = all->stop,
                         .progress = all->progress, .every_s = all->every_s };
}

/* One stage, the kernel, any number of batches at once in it: so the results are a map's. */
plx_status plx_cli_stream_pipeline(plx_cli_work *work, plx_report *report)
{
    const plx_stream stream = begin_stream(work);
    const plx_policy of_stage = policy_of_stage(&work->policy),
                     of_call = policy_of_call(&work->policy);
    const plx_stage stage = { .kernel = work->ask->kernel, .ctx = work->ask->ctx,
                              .policy = &of_stage };
    plx_job job = work->job;
    job.kernel = NULL;
    job.in = NULL;
    job.policy = &of_call;
    return plx_pipeline(work->team, &job, &stage, 1, &stream, report);
}
