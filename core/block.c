/* SPDX-License-Identifier: MIT */
/*
 * core/block.c: running blocks: the one place where a kernel is called.
 *
 * In stop mode every block below the lowest failure known is run and those above may be skipped: so
 * the lowest failed item of the job is found whatever the order of running. With a policy for
 * single items each goes through its tries as a block of its own, and counts when they have ended.
 */
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
    return !run->keep_going && item > atomic_load_explicit(&run->lowest, memory_order_relaxed);
}

/* A kernel that waits long and asks so now and then lets the calling thread serve the others; most
   ask far more often than that is worth. */
static void serve_within(plx_cursor *at)
{
    static const double SERVE_S = 0.001;
    plx_run *run = at->run;
    double now = at->lane == run->lanes && run->between ? plx_clock_s() : 0;
    if (now - at->asked_s < SERVE_S)
        return;
    plx_run_serve(run, 0);
    at->asked_s = now;
}

/* A call that is only to drain ends what it has begun. */
static bool is_stopped(const plx_block *block)
{
    plx_cursor *at = block->run;
    plx_run *run = at->run;
    serve_within(at);
    int trouble = atomic_load_explicit(&run->trouble, memory_order_relaxed);
    plx_attempt *attempt = attempt_of(at);
    bool ends =
        attempt ? plx_attempt_over(attempt) : run->pace && plx_pace_level(run->pace) == PLX_QUIT;
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

/* Items [lo, hi) counted from base; in and out count from the run's first block. */
static inline plx_block block_of(const plx_run *run, size_t lo, size_t hi, plx_lane *lane,
                                 plx_cursor *at)
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
    if (worker == 0 && (run->between || run->pace))
        plx_run_serve(run, worker);
    plx_lane *lane = &run->lanes[worker];
    if (lane->scratch && !lane->scratched) {
        memset(lane->scratch, 0, run->scratch_size);
        lane->scratched = true;
    }
    return plx_run_wants(run, run->base + plx_cut_item(run, k));
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

void plx_run_map(plx_run *run, size_t lo, size_t hi, int worker)
{
    plx_lane *lane = &run->lanes[worker];
    plx_cursor at = {.run = run, .lane = lane};
    bool each = run->pace && run->pace->each && !run->attempt;
    double begun = plx_clock_s(), served = lane->served_s;
    for (size_t k = lo; k < hi; k++) {
        if (!plx_run_begin(run, k, worker))
            continue;
        if (each) {
            map_each(run, k, worker);
            continue;
        }
        plx_block block = plx_run_block(run, k, lane, &at);
        run->kernel->map(&block);
        plx_run_count(&at, block.hi - block.lo);
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

void *plx_run_fold(plx_run *run, size_t k, int worker, plx_cursor *at, plx_block *block)
{
    void *acc = plx_run_begin(run, k, worker) ? plx_run_identity(run, worker) : NULL;
    if (!acc)
        return NULL;
    *block = plx_run_block(run, k, at->lane, at);
    plx_block folded = *block;
    folded.out = NULL;
    run->kernel->fold(&folded, acc);
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
        plx_block block;
        void *acc = plx_run_fold(run, k, worker, &at, &block);
        if (!acc)
            continue;
        plx_run_count(&at, block.hi - block.lo);
        plx_join_put(run, k, k + 1, acc, worker); /* of one that was told to stop nothing is read */
    }
    plx_run_end(run, lo, hi, worker, begun, served);
}
