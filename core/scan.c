/* SPDX-License-Identifier: MIT */
/*
 * core/scan.c: prefix sums; see core/scan.h.
 *
 * Blocks are combined from left to right and not along the tree of a reduce: what comes before a
 * block is then one value that hangs on no cut into workers or ranks, floating point included. A
 * failed item is noted in pass 1 alone; pass 2 meets it again and is to keep silent.
 *
 * out is aligned to what the user counts, an accumulator to any type: so they are copied, and the
 * kernel's functions see accumulators only.
 */
#include <string.h>

#include "core/team.h"

static bool offers_scan(const plx_model *model)
{
    return model->scan != NULL;
}

static plx_status check_scan(const plx_team *team, plx_call *call)
{
    plx_status status = plx_call_check(team, call);
    if (status != PLX_OK || team->rank != 0 || call->job.n <= SIZE_MAX / 2 / call->kernel.acc_size)
        return status;
    plx_check_say(call->run.why, "n = %zu: as many accumulators cannot be addressed", call->job.n);
    return PLX_TOO_BIG;
}

static plx_status open_scan(plx_team *team, plx_call *call)
{
    plx_status status = plx_call_open(team, call, false);
    call->run.out_size = call->kernel.acc_size;
    call->prefix = (plx_prefix){.run = &call->run, .exclusive = call->job.exclusive};
    return status;
}

static void run_scan(plx_team *team, plx_call *call)
{
    team->model->scan(team, &call->prefix);
}

plx_status plx_scan(plx_team *team, const plx_job *job, plx_report *report)
{
    return plx_call_make(team, PLX_SCAN, job, &(plx_ask){0}, report);
}

const plx_pattern_row plx_row_scan = {
    .name = "scan",
    .about = "prefix sums: out[i] = items 0 to i folded",
    .cut = true,
    .offered = offers_scan,
    .check = check_scan,
    .open = open_scan,
    .run = run_scan,
};

void plx_prefix_fold(plx_prefix *prefix, size_t lo, size_t hi, int worker)
{
    plx_run *run = prefix->run;
    plx_lane *lane = &run->lanes[worker];
    plx_cursor at = {.run = run, .lane = lane};
    double begun = plx_clock_s(), served = lane->served_s;
    for (size_t k = lo; k < hi; k++) {
        plx_block block;
        void *acc = plx_run_fold(run, k, worker, &at, &block);
        if (!acc)
            continue;
        memcpy(block.out, acc, run->out_size);
        plx_acc_give(run, acc, worker);
    }
    plx_run_end(run, lo, hi, worker, begun, served);
}

bool plx_prefix_open(plx_prefix *prefix, void *accs[2])
{
    accs[0] = plx_run_identity(prefix->run, 0);
    accs[1] = accs[0] ? plx_acc_take(prefix->run, 0) : NULL;
    if (accs[0] && !accs[1])
        plx_acc_give(prefix->run, accs[0], 0);
    return accs[1];
}

/* In stop mode blocks above the lowest failure may not have been folded; nothing hangs on them. The
   first block of all is taken as it is: an identity need not be without a trace in every bit. */
void plx_prefix_walk(plx_prefix *prefix, void *accs[2])
{
    plx_run *run = prefix->run;
    char *place = run->out;
    for (size_t k = run->first; k < run->end; k++) {
        size_t lo = plx_cut_item(run, k);
        if (!plx_run_wants(run, run->base + lo))
            break;
        memcpy(accs[1], place, run->out_size);
        memcpy(place, accs[0], run->out_size);
        if (k == 0)
            memcpy(accs[0], accs[1], run->out_size);
        else
            run->kernel->combine(accs[0], accs[1], run->ctx);
        place += (plx_cut_item(run, k + 1) - lo) * run->out_size;
    }
}

void plx_prefix_close(plx_prefix *prefix, void *accs[2])
{
    plx_acc_give(prefix->run, accs[1], 0);
    plx_acc_give(prefix->run, accs[0], 0);
}

void plx_prefix_link(plx_prefix *prefix)
{
    void *accs[2];
    if (prefix->link) {
        prefix->link(prefix);
    } else if (plx_prefix_open(prefix, accs)) {
        plx_prefix_walk(prefix, accs);
        plx_prefix_close(prefix, accs);
    }
}

/* Noted in pass 1, and counted here, as what was done is. */
static void keep_silent(const plx_block *block, size_t item, int code, const char *why)
{
    plx_cursor *at = block->run;
    at->failed++;
    (void)item;
    (void)code;
    (void)why;
}

/* As a user is to see it. */
static void put(const plx_run *run, void *place, const void *acc, void *room)
{
    if (!run->kernel->finish) {
        memcpy(place, acc, run->out_size);
        return;
    }
    memcpy(room, acc, run->out_size);
    run->kernel->finish(room, run->ctx);
    memcpy(place, room, run->out_size);
}

/* accs: what comes before the block, and room. */
static void write_block(const plx_prefix *prefix, plx_block block, void *accs[2])
{
    const plx_run *run = prefix->run;
    size_t end = block.hi, each = run->kernel->in_size;
    char *place = block.out;
    const char *in = block.in;
    struct plx_hooks hooks = *block.hooks;
    hooks.fail = keep_silent;
    block.hooks = &hooks;
    block.out = NULL;
    memcpy(accs[0], place, run->out_size);
    for (; block.lo < end; block.lo++, place += run->out_size) {
        block.hi = block.lo + 1;
        block.in = in;
        if (prefix->exclusive)
            put(run, place, accs[0], accs[1]);
        run->kernel->fold(&block, accs[0]);
        if (!prefix->exclusive)
            put(run, place, accs[0], accs[1]);
        if (block.at)
            block.at++;
        else if (in)
            in += each;
    }
}

void plx_prefix_write(plx_prefix *prefix, size_t lo, size_t hi, int worker)
{
    plx_run *run = prefix->run;
    plx_lane *lane = &run->lanes[worker];
    plx_cursor at = {.run = run, .lane = lane};
    double begun = plx_clock_s(), served = lane->served_s;
    void *accs[2] = {plx_acc_take(run, worker), NULL};
    accs[1] = accs[0] ? plx_acc_take(run, worker) : NULL;
    for (size_t k = lo; accs[1] && k < hi; k++) {
        if (!plx_run_begin(run, k, worker))
            continue;
        plx_block block = plx_run_block(run, k, lane, &at);
        write_block(prefix, block, accs);
        plx_run_count(&at, block.hi - block.lo);
    }
    for (int i = 1; i >= 0; i--)
        if (accs[i])
            plx_acc_give(run, accs[i], worker);
    plx_run_end(run, lo, hi, worker, begun, served);
}
