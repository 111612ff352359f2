// SPDX-License-Identifier: MIT
// The laws of what has one kernel: map, reduce, scan, fan; and what all laws share.
#include "chaos.hpp"

#include <algorithm>
#include <atomic>

Acc then(Acc first, Acc second)
{
    return {first.a * second.a, first.b * second.a + second.b};
}

Acc acc_of(uint64_t value)
{
    return {value | 1, value >> 7};
}

static void map_values(const plx_block *b)
{
    Case &c = *static_cast<const Case::Ctx *>(b->ctx)->its;
    for (size_t i = b->lo; i < b->hi && (i % 8 || !plx_stopped(b)); i++) {
        c.reached(i);
        uint64_t value = c.value(i);
        if (c.bad[i] || (c.flaky[i] && c.tried[i]++ == 0))
            plx_fail(b, i, (int)i, "bad");
        else
            std::memcpy(static_cast<char *>(b->out) + (i - b->lo) * sizeof value, &value,
                        sizeof value);
    }
}

static void fold_values(const plx_block *b, void *acc)
{
    Case &c = *static_cast<const Case::Ctx *>(b->ctx)->its;
    Acc &all = *static_cast<Acc *>(acc);
    for (size_t i = b->lo; i < b->hi; i++) {
        c.reached(i);
        if (c.bad[i])
            plx_fail(b, i, (int)i, "bad");
        else
            all = then(all, acc_of(c.value(i)));
    }
}

static size_t some_scratch(size_t, const void *)
{
    return 24;
}

static plx_kernel make_affine()
{
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "affine";
    k.out_size = sizeof(uint64_t);
    k.acc_size = sizeof(Acc);
    k.ctx_size = sizeof(Case::Ctx);
    k.scratch_size = some_scratch;
    k.map = map_values;
    k.fold = fold_values;
    k.identity = [](void *acc, const void *) { *static_cast<Acc *>(acc) = {1, 0}; };
    k.combine = [](void *left, const void *right, const void *) {
        *static_cast<Acc *>(left) =
            then(*static_cast<Acc *>(left), *static_cast<const Acc *>(right));
    };
    return k;
}
const plx_kernel affine = make_affine();

Case::Case(uint64_t seed, plx_team *its_team) : chance(seed), team(its_team)
{
    key = chance();
    n = one_in(8) ? below(2) : below(200);
    for (size_t i = one_in(2) ? 1 + below(4) : 0; i > 0; i--)
        bad[below(n)] = n > 0;
    stop_at = one_in(4) ? below(n) : SIZE_MAX;
    level = one_in(2) ? PLX_DRAIN : PLX_QUIT;
    policy.stop = &stop;
    ctx.its = this;
    failures.resize(below(5));
    job.kernel = &affine;
    job.ctx = &ctx;
    job.n = n;
    job.grain = one_in(3) ? 0 : 1 + below(one_in(2) ? 4 : 40);
    job.schedule = (plx_schedule)below(3);
    job.keep_going = one_in(2);
    job.failures = failures.data();
    job.failures_cap = failures.size();
    job.policy = stop_at == SIZE_MAX && one_in(2) ? nullptr : &policy;
}

static std::string told(const Case &c, const char *what, plx_status status)
{
    const plx_report &r = c.report;
    return std::string(what) + ": " + plx_status_name(status) + ", n " + std::to_string(r.n) +
           ", done " + std::to_string(r.done) + ", failed " + std::to_string(r.failed) +
           ", not run " + std::to_string(r.not_run) + " " + r.why;
}

std::string judge(const Case &c, plx_status status, bool any_bad)
{
    const plx_report &r = c.report;
    bool stopped = c.stop_at != SIZE_MAX && plx_stop_asked(&c.stop) != PLX_GO;
    bool allowed = status == (any_bad ? PLX_ITEM_FAILED : PLX_OK) ||
                   (status == PLX_STOPPED && stopped) ||
                   (status == PLX_NO_MEMORY && memory_was_short());
    if (!allowed)
        return told(c, "it may not end so", status);
    if (r.done + r.failed + r.not_run != r.n)
        return told(c, "the counts do not add up", status);
    if (status == PLX_OK && r.done != r.n)
        return told(c, "not all is done", status);
    if (status == PLX_ITEM_FAILED && r.failed == 0)
        return told(c, "nothing failed", status);
    return "";
}

// The listed failures are the lowest ones; stop mode: the lowest.
static std::string judge_failures(const Case &c)
{
    size_t most = c.job.keep_going ? c.bad.count() : 1, item = 0;
    if (c.report.failures != std::min(most, c.failures.size()))
        return "not all failures are listed";
    for (size_t f = 0; f < c.report.failures; f++, item++) {
        while (!c.bad[item])
            item++;
        if (c.failures[f].item != item || c.failures[f].code != (int)item)
            return "a failure that is not the lowest one";
    }
    return "";
}

// Another try for each item, and bytes for those that fail all theirs: true if it has the latter.
static bool draw_policy(Case &c, const uint64_t *instead)
{
    bool retries = c.one_in(3), falls_back = c.one_in(4);
    if (!retries && !falls_back)
        return false;
    c.job.policy = &c.policy;
    c.policy.retries = retries;
    c.policy.fallback = falls_back ? instead : nullptr;
    for (size_t i = 0; retries && c.n && i < 20; i++)
        c.flaky[c.below(c.n)] = true;
    return falls_back;
}

std::string map_law(Case &c)
{
    std::vector<uint64_t> out(c.n + 1, untouched);
    c.job.out = out.data();
    const uint64_t instead = 42;
    bool falls_back = draw_policy(c, &instead);
    plx_status status = c.status = plx_map(c.team, &c.job, &c.report);
    std::string wrong = judge(c, status, c.bad.any() && !falls_back);
    if (!wrong.empty())
        return wrong;
    bool complete = status == PLX_OK || (status == PLX_ITEM_FAILED && c.job.keep_going);
    size_t end = complete ? c.n : status == PLX_ITEM_FAILED ? c.lowest_bad(c.n) : 0, right = 0;
    for (size_t i = 0; i < c.n; i++) {
        uint64_t expected = !c.bad[i] ? c.value(i) : falls_back ? instead : 0;
        right += (!c.bad[i] || falls_back) && out[i] == expected;
        if (i < end && out[i] != expected)
            return "item " + std::to_string(i) + " is wrong";
    }
    if (right < c.report.done)
        return "fewer items are right than done";
    if (out[c.n] != untouched)
        return "written behind the end";
    return status == PLX_ITEM_FAILED ? judge_failures(c) : "";
}

static Acc fold_all(const Case &c, size_t end)
{
    Acc all{1, 0};
    for (size_t i = 0; i < end; i++)
        all = c.bad[i] ? all : then(all, acc_of(c.value(i)));
    return all;
}

std::string reduce_law(Case &c)
{
    const Acc before{untouched, untouched};
    Acc out = before;
    c.job.out = &out;
    plx_status status = c.status = plx_reduce(c.team, &c.job, &c.report);
    std::string wrong = judge(c, status, c.bad.any());
    if (!wrong.empty())
        return wrong;
    bool complete = status == PLX_OK || (status == PLX_ITEM_FAILED && c.job.keep_going);
    if (!(out == (complete ? fold_all(c, c.n) : before)))
        return complete ? "the result is wrong" : "out was touched";
    return status == PLX_ITEM_FAILED ? judge_failures(c) : "";
}

std::string scan_law(Case &c)
{
    std::vector<Acc> out(c.n + 1, Acc{untouched, untouched});
    c.job.out = out.data();
    c.job.exclusive = c.one_in(2);
    plx_status status = c.status = plx_scan(c.team, &c.job, &c.report);
    std::string wrong = judge(c, status, c.bad.any());
    if (!wrong.empty())
        return wrong;
    bool complete = status == PLX_OK || (status == PLX_ITEM_FAILED && c.job.keep_going);
    for (size_t i = 0; complete && i < c.n; i++)
        if (!(out[i] == fold_all(c, i + !c.job.exclusive)))
            return "item " + std::to_string(i) + " is wrong";
    return status == PLX_ITEM_FAILED ? judge_failures(c) : "";
}

namespace
{

// Even tasks fold, odd ones map.
struct Fan {
    Case *its;
    std::vector<plx_task> tasks;
    std::vector<Acc> outs;
    std::vector<std::atomic<int>> arrived;
    Acc total{1, 0};
};

} // namespace

constexpr size_t task_items = 10;

static void join_task(void *total, size_t t, const plx_task *task, void *)
{
    Acc *all = static_cast<Acc *>(total);
    if (t % 2 == 0)
        *all = then(*all, *static_cast<const Acc *>(task->out));
    for (size_t i = task->lo; t % 2 && i < task->hi; i++)
        *all = then(*all, acc_of(static_cast<const uint64_t *>(task->out)[i - task->lo]));
}

std::string fan_law(Case &c)
{
    plx_kernel mapping = affine;
    mapping.fold = nullptr;
    size_t tasks = c.n / task_items;
    Fan fan{&c,
            std::vector<plx_task>(tasks),
            std::vector<Acc>(tasks * task_items),
            std::vector<std::atomic<int>>(tasks),
            {1, 0}};
    Acc expected{1, 0};
    bool any_bad = false;
    for (size_t t = 0; t < tasks; t++) {
        plx_task &task = fan.tasks[t];
        task.kernel = t % 2 ? &mapping : &affine;
        task.ctx = &c.ctx;
        task.lo = t * task_items;
        task.hi = task.lo + (c.one_in(4) ? 0 : task_items);
        task.out = &fan.outs[t * task_items];
        bool is_bad = false;
        for (size_t i = task.lo; i < task.hi; i++)
            is_bad |= c.bad[i];
        for (size_t i = task.lo; i < task.hi && !is_bad; i++)
            expected = then(expected, acc_of(c.value(i)));
        any_bad |= is_bad;
    }
    plx_join join{};
    join.size = sizeof fan.total;
    join.total = &fan.total;
    join.join = join_task;
    join.arrived = [](size_t t, const plx_task *, plx_status, void *user) {
        static_cast<Fan *>(user)->arrived[t]++;
    };
    join.user = &fan;
    c.job.kernel = nullptr;
    c.job.n = tasks;
    plx_status status = c.status = plx_fan(c.team, &c.job, fan.tasks.data(), &join, &c.report);
    std::string wrong = judge(c, status, any_bad);
    if (!wrong.empty())
        return wrong;
    bool complete = status == PLX_OK || (status == PLX_ITEM_FAILED && c.job.keep_going);
    for (std::atomic<int> &arrived : fan.arrived)
        if (complete ? arrived != 1 : arrived > 1)
            return "a task did not arrive once";
    return complete && !(fan.total == expected) ? "the total is wrong" : "";
}
