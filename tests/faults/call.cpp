// SPDX-License-Identifier: MIT
// One call as the plan says, on this rank: the arguments, with what is wrong in them.
#include "call.hpp"

#include <cstring>

Call::Call(plx_team *its_team, const Plan &its_plan)
    : team(its_team), p(its_plan), rank(plx_team_rank(its_team)), ranks(plx_team_ranks(its_team))
{
    kernel = p.pattern == PLX_BATCH ? mapping(p.items) : kernel_of(p.items, p.large);
    spoil(&kernel);
    job.kernel = p.has(Wrong::no_kernel, rank) ? nullptr : &kernel;
    job.n = p.n;
    job.grain = p.grain;
    job.schedule = p.schedule;
    job.where = p.where;
    job.keep_going = p.keep_going;
    job.batch = p.batch;
    job.in_flight = p.in_flight;
    failures.resize(p.failures_cap);
    job.failures = failures.data();
    job.failures_cap = p.failures_cap;
    rows.resize(p.rows && rank == 0 ? 64 : 0);
    job.by_worker = rows.data();
    job.by_worker_cap = rows.size();
    slices.resize(p.traced && rank == 0 ? 40 : 0);
    job.slices = p.traced && rank == 0 ? slices.data() : nullptr;
    job.slices_cap = slices.size();
    if (p.has(Wrong::no_room, rank)) {
        job.failures = nullptr;
        job.failures_cap = 3;
        note(PLX_BAD_JOB);
    }
}

// A kernel that is not rank 0's is no mismatch if every rank has it.
void Call::spoil(plx_kernel *own)
{
    int others = 0;
    for (int r = 0; r < ranks; r++)
        others += p.has(Wrong::other_kernel, r) != nullptr;
    bool runs = p.pattern != PLX_FAN || p.n > 0;
    if (p.has(Wrong::other_kernel, rank))
        own->name = "another";
    if (others > 0 && others < ranks && runs)
        note(PLX_MISMATCH);
    if (p.has(Wrong::small_kernel, rank)) {
        own->size = 8;
        if (runs && !p.has(Wrong::no_kernel, rank))
            note(PLX_BAD_KERNEL);
    }
    if (p.has(Wrong::no_kernel, rank) && runs)
        note(PLX_BAD_JOB);
}

const void *Call::items_from(size_t first) const
{
    return p.items == Items::fixed    ? static_cast<const void *>(data().fixed.data() + first)
           : p.items == Items::varies ? static_cast<const void *>(data().bytes.data())
                                      : nullptr;
}

void Call::cut()
{
    plx_job whole = job;
    plx_kernel good = kernel_of(p.items, p.large);
    whole.kernel = &good;
    whole.failures_cap = 0;
    lo = rank == 0 ? 0 : p.n;
    hi = p.n;
    if (p.where == PLX_LOCAL)
        plx_share(team, &whole, &lo, &hi);
    bool owns = p.where == PLX_LOCAL || rank == 0;
    job.in = owns ? items_from(lo) : nullptr;
    job.at = owns && p.items == Items::varies ? data().at.data() + lo : nullptr;
    acc.assign(p.large ? 4096 / sizeof(uint64_t) : 2, untouched);
    out.assign((hi - lo + 1) * (p.pattern == PLX_SCAN ? acc.size() : 1), untouched);
    job.exclusive = p.exclusive && rank == 0;
    job.out = p.pattern == PLX_REDUCE ? acc.data() : out.data();
    if (p.has(Wrong::no_data, rank) && owns) {
        bool needed = p.items != Items::none || p.pattern != PLX_REDUCE;
        job.in = nullptr;
        job.out = p.pattern != PLX_REDUCE ? nullptr : job.out;
        if (hi > lo && needed)
            note(PLX_BAD_JOB);
    }
    status = p.pattern == PLX_MAP      ? plx_map(team, &job, &report)
             : p.pattern == PLX_REDUCE ? plx_reduce(team, &job, &report)
                                       : plx_scan(team, &job, &report);
}

static void join_task(void *total, size_t t, const plx_task *task, void *)
{
    Acc *all = static_cast<Acc *>(total);
    if (t % 2 == 0)
        *all = then(*all, *static_cast<const Acc *>(task->out));
    for (size_t i = 0; t % 2 && i < task_items; i++)
        *all = then(*all, acc_of(static_cast<const uint64_t *>(task->out)[i]));
}

// Even tasks fold, odd ones map.
void Call::fan()
{
    map_kernel = mapping(p.items);
    if (p.has(Wrong::other_kernel, rank))
        map_kernel.name = "another";
    outs.assign(p.n * task_room, untouched);
    for (size_t t = 0; t < p.n; t++) {
        plx_task task{};
        task.kernel = job.kernel && t % 2 ? &map_kernel : job.kernel;
        task.lo = t * task_items;
        task.hi = task.lo + task_items;
        task.in = rank == 0 ? items_from(task.lo) : nullptr;
        task.out = rank == 0 ? outs.data() + t * task_room : nullptr;
        tasks.push_back(task);
    }
    if (p.has(Wrong::no_data, rank) && rank == 0 && p.n > 0) {
        tasks.back().out = nullptr;
        note(PLX_BAD_JOB);
    }
    plx_join join{};
    join.size = sizeof total;
    join.total = &total;
    join.join = join_task;
    job.kernel = nullptr;
    status = plx_fan(team, &job, tasks.data(), &join, &report);
}

static plx_status fill(void *user, size_t want, void *items, size_t *at, size_t *got)
{
    Call *call = static_cast<Call *>(user);
    const Plan &p = call->p;
    size_t left = p.n - call->sourced, take = left < want ? left : want;
    const Fault *fault = p.has(Wrong::callback, 0);
    if (fault && fault->length != 1 && call->sourced / want + 1 == (size_t)fault->number) {
        note(PLX_IO);
        return PLX_IO;
    }
    const Data &d = data();
    size_t lo = call->sourced;
    if (p.items == Items::fixed && take)
        std::memcpy(items, d.fixed.data() + lo, take * sizeof(uint64_t));
    if (p.items == Items::varies) {
        std::memcpy(items, d.bytes.data() + d.at[lo], d.at[lo + take] - d.at[lo]);
        for (size_t i = 0; i <= take; i++)
            at[i] = d.at[lo + i] - d.at[lo];
    }
    call->sourced += take;
    *got = take;
    return PLX_OK;
}

static plx_status done(void *user, size_t first, size_t, void *, const plx_failure *, size_t)
{
    const Call *call = static_cast<const Call *>(user);
    const Fault *fault = call->p.has(Wrong::callback, call->rank);
    if (!fault || fault->length != 1 || first / call->p.batch + 1 != (size_t)fault->number)
        return PLX_OK;
    note(PLX_SYSTEM);
    return PLX_SYSTEM;
}

static plx_status drain(void *user, size_t first, size_t n, const void *out,
                        const plx_failure *failed, size_t failures)
{
    Call *call = static_cast<Call *>(user);
    if (first != call->out.size())
        call->out.assign(most_items, untouched); // out of order: no value will be right
    auto *values = static_cast<const uint64_t *>(out);
    call->out.insert(call->out.end(), values, values + n);
    for (size_t i = 0; i < failures; i++)
        call->told_failed[failed[i].item] = true;
    return PLX_OK;
}

void Call::batch()
{
    plx_stream stream{};
    stream.source = p.has(Wrong::no_data, rank) ? nullptr : fill;
    if (!stream.source)
        note(PLX_BAD_JOB);
    stream.done = done;
    stream.sink = drain;
    stream.user = this;
    stream.item_size = 8;
    status = plx_batch(team, &job, &stream, &report);
}

void Call::run()
{
    const Fault *memory = p.has(Wrong::no_memory, rank);
    memory_arm(memory ? memory->number : 0, memory ? memory->length : 0);
    switch (p.pattern) {
    case PLX_FAN:
        fan();
        break;
    case PLX_BATCH:
        batch();
        break;
    default:
        cut();
        break;
    }
    if (memory_disarm())
        note(PLX_NO_MEMORY);
}
