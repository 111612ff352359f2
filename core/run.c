/* SPDX-License-Identifier: MIT */
/*
 * core/run.c: running blocks: the one place where a kernel is called.
 *
 * In stop mode every block below the lowest failure known is run and those above may be skipped: so
 * the lowest failed item of the job is found whatever the order of running.
 */
#include <stdlib.h>
#include <string.h>

#include "core/run.h"

void plx_run_fail(plx_run *run, plx_lane *lane, const plx_failure *failure)
{
    plx_fails_add(&lane->fails, failure, run->fails_cap, run);
    plx_fails_lower(&run->lowest, failure->item);
}

static void note_failure(const plx_block *block, size_t item, int code, const char *why)
{
    plx_cursor *at = block->run;
    if (item < block->lo || item >= block->hi) {
        plx_run_trouble(at->run, PLX_BAD_KERNEL);
        return;
    }
    if (block->out) {
        size_t size = at->run->out_size;
        memset((char *)block->out + (item - block->lo) * size, 0, size);
    }
    plx_failure failure = {.item = item, .code = code, .rank = at->run->rank, .tries = 1};
    if (why)
        strncpy(failure.why, why, sizeof failure.why - 1);
    at->failed++;
    if (at->caught) {
        failure.tries = at->caught->tries;
        *at->caught = failure;
    } else
        plx_run_fail(at->run, at->lane, &failure);
}

static plx_attempt *attempt_of(const plx_cursor *at)
{
    return at->attempt ? at->attempt : at->run->attempt;
}

static bool is_above(const plx_run *run, size_t item)
{
    return !run->keep_going &&
           item > atomic_load_explicit(&run->lowest, memory_order_relaxed);
}

/* A call that is only to drain ends what it has begun. */
static bool is_stopped(const plx_block *block)
{
    plx_cursor *at = block->run;
    plx_run *run = at->run;
    int trouble = atomic_load_explicit(&run->trouble, memory_order_relaxed);
    plx_attempt *attempt = attempt_of(at);
    bool ends = attempt ? plx_attempt_over(attempt)
                        : run->pace && plx_pace_level(run->pace) == PLX_QUIT;
    if (ends && !attempt)
        plx_run_trouble(run, PLX_STOPPED);
    if (ends || is_above(run, block->lo) || (trouble != PLX_OK && trouble != PLX_STOPPED))
        at->told = true;
    return at->told;
}

static void *resource_of(const plx_block *block)
{
    const plx_attempt *attempt = attempt_of(block->run);
    return attempt ? attempt->resource : NULL;
}

static const struct plx_hooks hooks = {note_failure, is_stopped, resource_of};

/* What runs within an item's try is begun already: that looks at the try instead. */
bool plx_run_wants(plx_run *run, size_t item)
{
    if (atomic_load_explicit(&run->trouble, memory_order_relaxed) != PLX_OK || is_above(run, item))
        return false;
    if (!run->pace)
        return true;
    if (run->attempt)
        return !plx_attempt_over(run->attempt);
    if (plx_pace_level(run->pace) < (run->drains ? PLX_QUIT : PLX_DRAIN))
        return true;
    plx_run_trouble(run, PLX_STOPPED);
    return false;
}

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
    atomic_flag_clear(&run->store.taken);
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

/* Items [lo, hi) counted from base; in and out count from the run's first block. */
static plx_block block_of(const plx_run *run, size_t lo, size_t hi, plx_lane *lane, plx_cursor *at)
{
    const plx_kernel *kernel = run->kernel;
    size_t skip = lo - run->first * run->grain;
    bool varies = kernel->in_size == PLX_VARIES;
    return (plx_block){
        .lo = run->base + lo,
        .hi = run->base + hi,
        .in = !run->in || !kernel->in_size ? NULL
              : varies                     ? run->in
                                           : run->in + skip * kernel->in_size,
        .at = varies && run->at ? run->at + skip : NULL,
        .out = run->out ? run->out + skip * run->out_size : NULL,
        .ctx = run->ctx,
        .shared = run->shared,
        .scratch = lane->scratch,
        .hooks = &hooks,
        .run = at,
    };
}

plx_block plx_run_block(const plx_run *run, size_t k, plx_lane *lane, plx_cursor *at)
{
    return block_of(run, plx_cut_item(run, k), plx_cut_item(run, k + 1), lane, at);
}

static void serve(plx_run *run)
{
    double begun = plx_clock_s();
    if (run->between)
        run->between(run->between_arg);
    if (run->pace)
        plx_pace_show(run->pace);
    run->lanes[0].served_s += plx_clock_s() - begun;
}

bool plx_run_serve(plx_run *run, int worker)
{
    bool serves = worker == 0 && !run->aside && (run->between || plx_pace_shows(run->pace));
    if (serves)
        serve(run);
    return serves;
}

bool plx_run_begin(plx_run *run, size_t k, int worker)
{
    plx_run_serve(run, worker);
    plx_lane *lane = &run->lanes[worker];
    if (lane->scratch && !lane->scratched) {
        memset(lane->scratch, 0, run->scratch_size);
        lane->scratched = true;
    }
    return plx_run_wants(run, run->base + plx_cut_item(run, k));
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

void plx_run_count(plx_cursor *at, size_t items)
{
    plx_run *run = at->run;
    size_t done = at->told ? 0 : items - at->failed;
    at->lane->items += items;
    at->lane->done += done;
    if (run->pace && !run->attempt && !run->drains) /* a stream counts what is sunk */
        plx_pace_count(run->pace, done, at->failed);
    at->failed = 0;
    at->told = false;
}

static plx_status try_item(void *arg, plx_attempt *attempt, plx_failure *failure)
{
    plx_block *block = arg;
    plx_cursor *at = block->run;
    at->attempt = attempt;
    at->caught = failure;
    at->failed = 0;
    at->told = false;
    at->run->kernel->map(block);
    return at->told ? PLX_STOPPED : at->failed ? PLX_ITEM_FAILED : PLX_OK;
}

static void fall_back(void *arg, const void *bytes)
{
    const plx_block *block = arg;
    const plx_cursor *at = block->run;
    memcpy(block->out, bytes, at->run->out_size);
}

/* One item by the policy. What it failed with counts once its last try has failed. */
static void map_item(plx_run *run, plx_block *block, int worker)
{
    plx_cursor *at = block->run;
    plx_trial trial = {run, worker, block->lo, try_item, fall_back, block};
    plx_failure failure;
    plx_status status = plx_pace_run(run->pace, &trial, &failure);
    at->told = status != PLX_OK && status != PLX_ITEM_FAILED;
    at->failed = status == PLX_ITEM_FAILED;
    if (status == PLX_ITEM_FAILED) {
        memset(block->out, 0, run->out_size);
        plx_run_fail(run, at->lane, &failure);
    }
    plx_run_count(at, 1);
}

/* A block whose items run each on its own. */
static void map_each(plx_run *run, size_t k, int worker)
{
    plx_lane *lane = &run->lanes[worker];
    size_t lo = plx_cut_item(run, k), hi = plx_cut_item(run, k + 1);
    for (size_t item = lo; item < hi; item++) {
        if (item > lo)
            plx_run_serve(run, worker);
        if (!plx_run_wants(run, run->base + item))
            return;
        plx_cursor at = {.run = run, .lane = lane};
        plx_block block = block_of(run, item, item + 1, lane, &at);
        map_item(run, &block, worker);
    }
}

static void map_block(plx_run *run, size_t k, int worker)
{
    plx_lane *lane = &run->lanes[worker];
    plx_cursor at = {.run = run, .lane = lane};
    plx_block block = plx_run_block(run, k, lane, &at);
    run->kernel->map(&block);
    plx_run_count(&at, block.hi - block.lo);
}

void plx_run_map(plx_run *run, size_t lo, size_t hi, int worker)
{
    const plx_lane *lane = &run->lanes[worker];
    bool each = run->pace && run->pace->each && !run->attempt;
    double begun = plx_clock_s(), served = lane->served_s;
    for (size_t k = lo; k < hi; k++)
        if (plx_run_begin(run, k, worker)) {
            if (each)
                map_each(run, k, worker);
            else
                map_block(run, k, worker);
        }
    plx_run_end(run, lo, hi, worker, begun, served);
}

void *plx_run_identity(plx_run *run, int worker)
{
    void *acc = plx_acc_take(run, worker);
    if (!acc)
        return NULL;
    if (run->kernel->identity)
        run->kernel->identity(acc, run->ctx);
    else
        memset(acc, 0, run->kernel->acc_size);
    return acc;
}

/* Each block is folded from the identity and joined by its number: never two blocks into one
   accumulator, or the result would depend on who ran what. */
void plx_run_reduce(plx_run *run, size_t lo, size_t hi, int worker)
{
    plx_lane *lane = &run->lanes[worker];
    plx_cursor at = {.run = run, .lane = lane};
    double begun = plx_clock_s(), served = lane->served_s;
    for (size_t k = lo; k < hi; k++) {
        void *acc = plx_run_begin(run, k, worker) ? plx_run_identity(run, worker) : NULL;
        if (!acc)
            continue;
        plx_block block = plx_run_block(run, k, lane, &at);
        block.out = NULL;
        run->kernel->fold(&block, acc);
        bool whole = !at.told;
        plx_run_count(&at, block.hi - block.lo);
        if (whole)
            plx_join_put(run, k, k + 1, acc, worker);
        else
            plx_acc_give(run, acc, worker);
    }
    plx_run_end(run, lo, hi, worker, begun, served);
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
