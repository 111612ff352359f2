/* SPDX-License-Identifier: MIT */
/*
 * core/run.c: a run's life: cut, opened, handed out, settled, closed.
 *
 * What became of its blocks stands in the workers' lanes until all have ended, then in the run.
 */
#include <stdlib.h>
#include <string.h>

#include "core/run.h"

void plx_run_trouble(plx_run *run, plx_status status)
{
    int known = atomic_load(&run->trouble);
    while ((int)status > known &&
           !atomic_compare_exchange_weak(&run->trouble, &known, (int)status)) {
    }
}

plx_status plx_run_status(const plx_run *run)
{
    int trouble = atomic_load(&run->trouble);
    if (trouble != PLX_OK)
        return (plx_status)trouble;
    return atomic_load(&run->lowest) == PLX_NONE ? PLX_OK : PLX_ITEM_FAILED;
}

void plx_run_rules(plx_run *run, const plx_job *job)
{
    run->schedule = job->schedule;
    run->where = job->where;
    run->keep_going = job->keep_going;
    run->fails_cap = job->keep_going && job->failures_cap > 1 ? job->failures_cap : 1;
}

void plx_run_cut(plx_run *run, const plx_job *job, const plx_kernel *kernel, const void *ctx,
                 size_t n)
{
    memset(run, 0, sizeof *run);
    run->kernel = kernel;
    run->ctx = ctx;
    run->n = n;
    run->grain = plx_cut_chosen(job, kernel, n, ctx);
    run->blocks = plx_cut_blocks(n, run->grain);
    run->end = run->blocks;
    run->in = job->in;
    run->at = job->at;
    run->out = job->out;
    run->out_size = kernel->out_size;
    plx_run_rules(run, job);
    plx_lock_open(&run->store.lock);
    atomic_init(&run->lowest, PLX_NONE);
}

static plx_status make_lanes(plx_run *run, int workers)
{
    run->lanes = aligned_alloc(PLX_LINE, (size_t)workers * sizeof *run->lanes);
    if (!run->lanes)
        return PLX_NO_MEMORY;
    memset(run->lanes, 0, (size_t)workers * sizeof *run->lanes);
    run->workers = workers;
    size_t n = run->base + run->n;
    size_t size = run->kernel->scratch_size ? run->kernel->scratch_size(n, run->ctx) : 0;
    run->scratch_size = size;
    if (size == 0)
        return PLX_OK;
    if (size > SIZE_MAX / 2 / (size_t)workers)
        return PLX_TOO_BIG;
    size = (size + PLX_LINE - 1) / PLX_LINE * PLX_LINE;
    run->scratches = aligned_alloc(PLX_LINE, size * (size_t)workers);
    if (!run->scratches)
        return PLX_NO_MEMORY;
    for (int w = 0; w < workers; w++)
        run->lanes[w].scratch = (char *)run->scratches + size * (size_t)w;
    return PLX_OK;
}

static plx_status prepare(plx_run *run)
{
    if (!run->kernel->prepare)
        return PLX_OK;
    const char *why = NULL;
    double begun = plx_clock_s();
    if (run->kernel->prepare(run->base + run->n, run->ctx, &run->shared, &why) != 0) {
        plx_check_say(run->why, "%s: %s", run->kernel->name, why ? why : "refused");
        return PLX_REFUSED;
    }
    run->prepared = true;
    run->prepare_begun_s = begun;
    run->prepare_ended_s = plx_clock_s();
    return PLX_OK;
}

plx_status plx_run_open(plx_run *run, int workers, bool fold)
{
    plx_status status = make_lanes(run, workers);
    if (status == PLX_OK)
        status = prepare(run);
    if (status == PLX_OK && fold) {
        run->waiting = calloc(run->blocks + 1, sizeof *run->waiting);
        status = run->waiting ? PLX_OK : PLX_NO_MEMORY;
    }
    return status;
}

/* A part shares what the run prepared and its lanes, and has its own items, failures and
   trouble. Field by field, since others may be writing the run's atomics. */
void plx_run_part(plx_run *part, const plx_run *run, size_t first_item, size_t n, size_t grain)
{
    memset(part, 0, sizeof *part);
    part->kernel = run->kernel;
    part->ctx = run->ctx;
    part->base = first_item;
    part->n = n;
    part->grain = grain;
    part->blocks = plx_cut_blocks(n, grain);
    part->end = part->blocks;
    part->out_size = run->out_size;
    part->schedule = run->schedule;
    part->keep_going = run->keep_going;
    part->fails_cap = run->fails_cap;
    part->rank = run->rank;
    part->shared = run->shared;
    part->scratch_size = run->scratch_size;
    part->lanes = run->lanes;
    part->workers = run->workers;
    part->between = run->between;
    part->between_arg = run->between_arg;
    part->aside = run->aside;
    part->pace = run->pace;
    part->drains = true;
    atomic_init(&part->lowest, PLX_NONE);
}

void plx_run_close(plx_run *run)
{
    if (run->kernel && run->kernel->fold)
        plx_acc_close(run);
    if (run->prepared && run->kernel->release)
        run->kernel->release(run->shared);
    plx_trace_close(run);
    for (int w = 0; run->lanes && w < run->workers; w++)
        free(run->lanes[w].fails.list);
    free(run->fails.list);
    free(run->waiting);
    free(run->scratches);
    free(run->lanes);
}

bool plx_run_hand(const plx_run *run, int workers, size_t step, size_t *lo, size_t *hi)
{
    if (!plx_cut_hand(run->schedule, run->end - run->first, workers, step, lo, hi))
        return false;
    *lo += run->first;
    *hi += run->first;
    return true;
}

void plx_run_ran(plx_run *run, int worker, size_t lo, size_t hi, double begun, double served)
{
    plx_lane *lane = &run->lanes[worker];
    double ended = plx_clock_s();
    lane->chunks++;
    lane->busy_s += ended - begun - served;
    lane->last_s = ended;
    if (lane->slices)
        plx_trace_add(run, worker,
                      (plx_slice){.lo = lo, .hi = hi, .begin_s = begun, .end_s = ended});
}

void plx_run_moved(plx_run *run, plx_slice_kind kind, double begun)
{
    double ended = plx_clock_s();
    *(kind == PLX_SLICE_SCATTER ? &run->scatter_s : &run->gather_s) += ended - begun;
    plx_trace_add(run, 0, (plx_slice){.kind = kind, .begin_s = begun, .end_s = ended});
}

void plx_run_end(plx_run *run, size_t lo, size_t hi, int worker, double begun, double served)
{
    plx_run_ran(run, worker, run->base + plx_cut_item(run, lo), run->base + plx_cut_item(run, hi),
                begun, run->lanes[worker].served_s - served);
}

void plx_run_settle(plx_run *run)
{
    for (int w = 0; w < run->workers; w++) {
        plx_fails *fails = &run->lanes[w].fails;
        plx_fails_merge(&run->fails, fails->list, fails->n, run->fails_cap, run);
        run->fails.count += fails->count;
        fails->n = fails->count = 0;
        run->done += run->lanes[w].done;
        run->lanes[w].done = 0;
    }
}

plx_status plx_run_result(plx_run *run, void *out)
{
    void *acc = run->blocks ? atomic_load(&run->waiting[0]) : plx_run_identity(run, 0);
    if (!acc)
        return plx_run_status(run);
    if (run->kernel->finish)
        run->kernel->finish(acc, run->ctx);
    if (out)
        memcpy(out, acc, run->kernel->acc_size);
    if (!run->blocks)
        plx_acc_give(run, acc, 0);
    return PLX_OK;
}
