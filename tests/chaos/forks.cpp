// SPDX-License-Identifier: MIT
// The laws of work that makes work: tasks in a scope, divide.
#include "chaos.hpp"

#include <algorithm>
#include <atomic>

#include "plx/divide.h"
#include "plx/task.h"

constexpr size_t task_items = 10;

namespace
{

struct Scope {
    Case *its;
    plx_kernel mapping;
    std::vector<plx_future> futures;
    std::vector<size_t> tasks; // what each future's task computes
    std::vector<uint64_t> outs;
    std::string wrong;
    bool any_bad = false, cancelled = false;
};

} // namespace

static bool is_bad(const Case &c, size_t t)
{
    for (size_t i = t * task_items; i < (t + 1) * task_items; i++)
        if (c.bad[i])
            return true;
    return false;
}

static void look_at(Scope *s, size_t f, const plx_end &end)
{
    size_t t = s->tasks[f];
    if (end.task != s->futures[f].task)
        s->wrong = "the end of another task";
    if (end.status == PLX_ITEM_FAILED && !is_bad(*s->its, t))
        s->wrong = "a good task failed";
    for (size_t i = t * task_items; end.status == PLX_OK && i < (t + 1) * task_items; i++)
        if (s->outs[i] != s->its->value(i))
            s->wrong = "item " + std::to_string(i) + " is wrong";
}

static void body(plx_tasks *tasks, void *user)
{
    auto *s = static_cast<Scope *>(user);
    Case &c = *s->its;
    plx_end end;
    for (size_t t = 0; t < c.n / task_items; t++) {
        plx_task task{};
        task.kernel = &s->mapping;
        task.ctx = &c.ctx;
        task.lo = t * task_items;
        task.hi = task.lo + task_items;
        task.out = &s->outs[task.lo];
        task.priority = (int)c.below(3) - 1;
        plx_future future;
        if (plx_submit(tasks, &task, &future) == PLX_OK) {
            s->futures.push_back(future);
            s->tasks.push_back(t);
            s->any_bad |= is_bad(c, t);
        }
        if (s->futures.empty())
            continue;
        size_t f = c.below(s->futures.size());
        if (c.one_in(8))
            s->cancelled |= plx_cancel(tasks, s->futures[f]);
        if (c.one_in(4) && plx_wait(tasks, s->futures[f], c.one_in(2) ? -1 : 0, &end) == PLX_OK)
            look_at(s, f, end);
    }
    while (!s->futures.empty() && c.one_in(2)) {
        size_t f = c.below(s->futures.size());
        if (plx_wait(tasks, s->futures[f], -1, &end) != PLX_OK)
            s->wrong = "a wait without limit came back";
        else
            look_at(s, f, end);
    }
}

std::string task_law(Case &c)
{
    Scope s{&c, affine, {}, {}, std::vector<uint64_t>(c.n + 1, untouched), ""};
    s.mapping.fold = nullptr;
    const plx_kernel *kernels[] = {&s.mapping, nullptr};
    c.job.kernel = nullptr;
    c.job.ctx = nullptr;
    c.job.n = 0;
    c.job.kernels = kernels;
    plx_status status = c.status = plx_scope(c.team, &c.job, body, &s, &c.report);
    if (!s.wrong.empty())
        return s.wrong;
    const plx_report &r = c.report;
    if (r.done + r.failed + r.not_run != r.n)
        return "the counts do not add up";
    if (status == PLX_NO_MEMORY && memory_was_short())
        return "";
    if (r.n != s.futures.size())
        return "another number of tasks than were submitted";
    bool cut_short = s.cancelled || c.stop_at != SIZE_MAX;
    if (!cut_short && status != (s.any_bad ? PLX_ITEM_FAILED : PLX_OK))
        return std::string("it may not end so: ") + plx_status_name(status) + " " + r.why;
    if (status == PLX_OK && r.done + r.not_run != r.n)
        return "something failed";
    return status == PLX_OK && !cut_short && r.done != r.n ? "not all is done" : "";
}

namespace
{

struct Part {
    Case *its;
    size_t lo, hi;
    Acc acc;
    bool whole; // nothing below it was left out
};

} // namespace

// The composition of all values, by halves; a stop leaves parts out.
static void compose(plx_strand *strand, void *arg)
{
    auto *part = static_cast<Part *>(arg);
    Case &c = *part->its;
    part->acc = {1, 0};
    part->whole = !plx_strand_stopped(strand);
    if (!part->whole || part->hi == part->lo)
        return;
    if (part->hi - part->lo == 1) {
        c.reached(part->lo);
        part->acc = acc_of(c.value(part->lo));
        return;
    }
    size_t middle = part->lo + 1 + (size_t)(c.value(part->lo) % (part->hi - part->lo - 1));
    Part left{part->its, part->lo, middle, {}, false},
        right{part->its, middle, part->hi, {}, false};
    plx_both(strand, compose, &left, compose, &right);
    part->acc = then(left.acc, right.acc);
    part->whole = left.whole && right.whole;
}

std::string divide_law(Case &c)
{
    Part all{&c, 0, c.n, {}, false};
    c.job.kernel = nullptr;
    c.job.ctx = nullptr;
    c.job.n = 0;
    plx_status status = c.status = plx_divide(c.team, &c.job, compose, &all, &c.report);
    std::string wrong = judge(c, status, false);
    if (!wrong.empty() || status == PLX_NO_MEMORY)
        return wrong;
    if (status == PLX_OK && !all.whole)
        return "a part was stopped, but not the call";
    Acc expected{1, 0};
    for (size_t i = 0; i < c.n; i++)
        expected = then(expected, acc_of(c.value(i)));
    return all.whole && !(all.acc == expected) ? "the result is wrong" : "";
}
