/* SPDX-License-Identifier: MIT */
/*
 * core/divide.c: plx_divide() and what its parts call.
 *
 * The call has one item, the body; what becomes of it is the body's affair, so nothing can fail but
 * the call itself. Parts that nobody took are plain function calls inside plx_both().
 */
#include <stdlib.h>
#include <string.h>

#include "core/team.h"

static plx_status open_forks(plx_forks *forks, plx_run *run, plx_team *team, int workers)
{
    size_t size = (size_t)workers * sizeof *forks->strands;
    forks->run = run;
    forks->team = team;
    forks->strands = aligned_alloc(PLX_LINE, size);
    if (!forks->strands)
        return PLX_NO_MEMORY;
    memset(forks->strands, 0, size);
    return PLX_OK;
}

void plx_forks_ready(plx_forks *forks, int worker, plx_both_call *both, void *own)
{
    forks->strands[worker] =
        (plx_strand){.both = both, .own = own, .forks = forks, .worker = worker};
}

void plx_forks_part(plx_strand *strand, plx_part_call *part, void *arg)
{
    if (strand->nested++) {
        part(strand, arg);
        strand->nested--;
        return;
    }
    double begun = plx_clock_s();
    strand->idle_s = 0;
    part(strand, arg);
    strand->nested--;
    plx_run_ran(strand->forks->run, strand->worker, 0, 1, begun, strand->idle_s);
}

void plx_forks_body(plx_forks *forks)
{
    plx_forks_part(&forks->strands[0], forks->body, forks->arg);
}

void plx_both(plx_strand *strand, plx_part_call *f, void *x, plx_part_call *g, void *y)
{
    strand->both(strand, f, x, g, y);
}

void plx_both_across(plx_strand *strand, plx_part_call *f, void *x, plx_bytes f_writes,
                     plx_part_call *g, void *y, plx_bytes g_writes)
{
    plx_across_call *across = strand->forks->across;
    if (across)
        across(strand, f, x, f_writes, g, y, g_writes);
    else
        strand->both(strand, f, x, g, y);
}

int plx_strand_worker(const plx_strand *strand)
{
    return strand->worker;
}

bool plx_strand_stopped(const plx_strand *strand)
{
    const plx_forks *forks = strand->forks;
    return forks->stopped ? forks->stopped(strand) : !plx_run_wants(forks->run, 0);
}

static bool offers_divide(const plx_model *model)
{
    return model->divide != NULL;
}

static plx_status check_divide(const plx_team *team, plx_call *call)
{
    call->forks.body = call->ask.part;
    call->forks.arg = call->ask.arg;
    call->digest = PLX_DIVIDE;
    if (!call->forks.body) {
        plx_check_say(call->run.why, "body is missing");
        return PLX_BAD_JOB;
    }
    return team->rank ? PLX_OK : plx_policy_check(call->job.policy, call->pattern, call->run.why);
}

static plx_status open_divide(plx_team *team, plx_call *call)
{
    plx_run *run = &call->run;
    plx_run_cut(run, &call->job, &call->kernel, NULL, 1);
    run->rank = team->rank;
    plx_status status = plx_run_open(run, team->threads, false);
    return status == PLX_OK ? open_forks(&call->forks, run, team, team->threads) : status;
}

static void run_divide(plx_team *team, plx_call *call)
{
    team->model->divide(team, &call->forks);
    call->run.lanes[0].items = team->rank == 0;
}

static void close_divide(plx_call *call)
{
    free(call->forks.strands);
}

plx_status plx_divide(plx_team *team, const plx_job *job, plx_part_call *body, void *arg,
                      plx_report *report)
{
    plx_job mine = {.n = 1};
    if (job) {
        mine.by_worker = job->by_worker;
        mine.by_worker_cap = job->by_worker_cap;
        mine.slices = job->slices;
        mine.slices_cap = job->slices_cap;
        mine.policy = job->policy;
    }
    return plx_call_make(team, PLX_DIVIDE, &mine, &(plx_ask){.part = body, .arg = arg}, report);
}

const plx_pattern_row plx_row_divide = {
    .name = "divide",
    .about = "fork and join: a function that splits its problem in two; mpi: top levels only",
    .offered = offers_divide,
    .check = check_divide,
    .open = open_divide,
    .run = run_divide,
    .close = close_divide,
};
