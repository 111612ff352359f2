// SPDX-License-Identifier: MIT
// plx_scope: every task once, its bytes those of a fan; futures, callbacks, cancelling, priorities,
// failures in every position.
#include "suite.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <numeric>
#include <random>
#include <thread>

#include "plx/task.h"

using Body = std::function<void(plx_tasks *)>;

// Begun in this order, and by whom: of this process alone.
static std::atomic<uint64_t> begun_so_far;
struct Begun {
    uint64_t when, thread, task;
};

template <class F> static plx_kernel made(const char *name, size_t ctx_size, size_t out_size, F map)
{
    plx_kernel k{};
    k.size = sizeof k;
    k.name = name;
    k.ctx_size = ctx_size;
    k.out_size = out_size;
    k.map = map;
    return k;
}

static const plx_kernel begins = made("begins", 0, sizeof(Begun), [](const plx_block *b) {
    for (size_t i = b->lo; i < b->hi; i++)
        static_cast<Begun *>(b->out)[i - b->lo] = {
            begun_so_far++, std::hash<std::thread::id>()(std::this_thread::get_id()), i};
});

// Stands still until it is let go, within 60 s.
static std::atomic<int> gate_reached, gate_open;
static const plx_kernel gate = made("gate", 0, 1, [](const plx_block *b) {
    auto late = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    gate_reached++;
    while (!gate_open && std::chrono::steady_clock::now() < late)
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    std::memset(b->out, 1, b->hi - b->lo);
});

// One whose out is large, made of its parameter.
struct Large {
    uint64_t seed;
};
static const plx_kernel large = made("large", sizeof(Large), 1000, [](const plx_block *b) {
    auto *out = static_cast<unsigned char *>(b->out);
    for (size_t i = b->lo * 1000; i < b->hi * 1000; i++)
        out[i - b->lo * 1000] =
            (unsigned char)(i / 1000 + i % 1000 * 31 + static_cast<const Large *>(b->ctx)->seed);
});

// Fails until it has been tried so often: once each time in this process, where all its tries are.
struct Flaky {
    uint64_t good;
};
static std::atomic<uint64_t> tried[64];
static const plx_kernel flaky = made("flaky", sizeof(Flaky), 1, [](const plx_block *b) {
    if (++tried[b->lo] < static_cast<const Flaky *>(b->ctx)->good)
        plx_fail(b, b->lo, 3, "not yet");
    else
        std::memset(b->out, 9, 1);
});

// Runs until it is told to stop, within 60 s.
static const plx_kernel endless = made("endless", 0, 1, [](const plx_block *b) {
    auto late = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!plx_stopped(b) && std::chrono::steady_clock::now() < late)
        std::this_thread::sleep_for(std::chrono::microseconds(100));
    std::memset(b->out, 1, 1);
});

static const plx_kernel *const listed[] = {&affine, &stamp, &words, &picky,   &refuses, &begins,
                                           &gate,   &large, &flaky, &endless, nullptr};

class Task : public Law
{
  protected:
    Task()
    {
        job.kernels = listed;
        job.failures = failures;
        job.failures_cap = 16;
        by_worker.resize((size_t)std::max(1, workers()));
        job.by_worker = by_worker.data();
        job.by_worker_cap = by_worker.size();
        gate_reached = gate_open = 0;
    }
    int workers()
    {
        plx_team_info info;
        plx_team_about(team, &info);
        return info.workers;
    }
    bool alone()
    {
        return workers() == 1;
    }
    // Several workers in one process: what they share is seen here.
    bool threads_alone()
    {
        return plx_team_ranks(team) == 1 && workers() > 1;
    }
    plx_status scope(Body then)
    {
        body = std::move(then);
        return plx_scope(
            team, &job, [](plx_tasks *t, void *user) { (*static_cast<Body *>(user))(t); }, &body,
            &report);
    }
    bool adds_up() const
    {
        return report.done + report.failed + report.not_run == report.n;
    }
    Body body;
    plx_job job{};
    plx_failure failures[16] = {};
    std::vector<plx_worker> by_worker;
    plx_report report;
};
EVERY_MODEL(Task);

static plx_task task_of(const plx_kernel *kernel, size_t lo, size_t hi, void *out,
                        const void *ctx = nullptr, int priority = 0)
{
    plx_task t{};
    t.kernel = kernel;
    t.lo = lo;
    t.hi = hi;
    t.out = out;
    t.ctx = ctx;
    t.priority = priority;
    return t;
}

static std::vector<size_t> shuffled(size_t n, unsigned seed)
{
    std::vector<size_t> order(n);
    std::iota(order.begin(), order.end(), size_t{0});
    std::shuffle(order.begin(), order.end(), std::mt19937(seed));
    return order;
}

TEST_P(Task, BytesAreThoseOfAFan)
{
    std::vector<double> in = reals(400);
    std::vector<size_t> at;
    std::string text = strings(50, at);
    Picky none{0, 0};
    std::vector<plx_task> tasks;
    for (size_t i = 0; i < 4; i++) {
        tasks.push_back(task_of(&affine, 10 * i, 10 * i + 300, nullptr));
        tasks.push_back(task_of(&stamp, 100 * i, 100 * i + 100, nullptr));
        tasks.back().in = in.data() + 100 * i;
        tasks.push_back(task_of(&words, 7 + i, 57, nullptr));
        tasks.back().in = text.data();
        tasks.back().at = at.data() + i;
        tasks.push_back(task_of(&picky, 5, 5 + i, nullptr, &none));
    }
    std::vector<std::vector<unsigned char>> fan, scoped;
    for (const plx_task &t : tasks) {
        size_t size = t.kernel->fold ? t.kernel->acc_size : (t.hi - t.lo) * t.kernel->out_size;
        fan.push_back(std::vector<unsigned char>(size + 1, 0xa5));
    }
    scoped = fan;
    for (size_t i = 0; i < tasks.size(); i++)
        tasks[i].out = team.root() ? fan[i].data() : nullptr;
    plx_job fan_job{};
    fan_job.n = tasks.size();
    plx_join join{};
    plx_status status = plx_fan(team, &fan_job, tasks.data(), &join, nullptr);
    plx_status submitted = PLX_OK,
               same = scope([&](plx_tasks *t) {
                   for (size_t i = 0; i < tasks.size(); i++) {
                       plx_future f;
                       tasks[i].out = scoped[i].data();
                       submitted = std::max(submitted, plx_submit(t, &tasks[i], &f));
                   }
               });
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(PLX_OK, same) << report.why;
    EXPECT_EQ(PLX_OK, submitted);
    EXPECT_EQ(tasks.size(), report.n);
    EXPECT_EQ(tasks.size(), report.done);
    if (!team.root())
        return;
    EXPECT_EQ(fan, scoped);
    size_t ran = 0;
    for (const plx_worker &w : by_worker)
        ran += w.items;
    EXPECT_EQ(tasks.size(), ran);
}

TEST_P(Task, OneWorkerRunsByPriorityThenInOrder)
{
    if (!alone())
        GTEST_SKIP() << "one worker";
    std::mt19937 random(7);
    std::vector<Begun> out(300);
    std::vector<int> priority(out.size());
    plx_status status = scope([&](plx_tasks *t) {
        for (size_t i = 0; i < out.size(); i++) {
            plx_future f;
            priority[i] = (int)(random() % 11) - 5;
            plx_task task = task_of(&begins, i, i + 1, &out[i], nullptr, priority[i]);
            plx_submit(t, &task, &f);
        }
    });
    EXPECT_EQ(PLX_OK, status);
    std::vector<size_t> expected(out.size());
    std::iota(expected.begin(), expected.end(), size_t{0});
    std::stable_sort(expected.begin(), expected.end(),
                     [&](size_t a, size_t b) { return priority[a] < priority[b]; });
    std::sort(out.begin(), out.end(),
              [](const Begun &a, const Begun &b) { return a.when < b.when; });
    for (size_t i = 0; i < out.size(); i++)
        EXPECT_EQ(expected[i], out[i].task) << i;
}

// With all tasks queued before any may begin, each worker's own are in order: it always takes the
// best one left.
TEST_P(Task, EachWorkerRunsByPriorityThenInOrder)
{
    if (!threads_alone())
        GTEST_SKIP() << "several workers of one process";
    std::mt19937 random(8);
    std::vector<Begun> out(500);
    std::vector<int> priority(out.size());
    std::vector<char> gates((size_t)workers() - 1);
    plx_status status = scope([&](plx_tasks *t) {
        plx_future f;
        for (size_t i = 0; i < gates.size(); i++) {
            plx_task task = task_of(&gate, i, i + 1, &gates[i], nullptr, -100);
            plx_submit(t, &task, &f);
        }
        auto late = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (gate_reached < (int)gates.size() && std::chrono::steady_clock::now() < late)
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        for (size_t i = 0; i < out.size(); i++) {
            priority[i] = (int)(random() % 5);
            plx_task task = task_of(&begins, i, i + 1, &out[i], nullptr, priority[i]);
            plx_submit(t, &task, &f);
        }
        gate_open = 1;
    });
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ((int)gates.size(), gate_reached) << "each other worker stood at a gate";
    std::sort(out.begin(), out.end(),
              [](const Begun &a, const Begun &b) { return a.when < b.when; });
    std::vector<Begun> last;
    for (const Begun &b : out) {
        auto mine = std::find_if(last.begin(), last.end(),
                                 [&](const Begun &l) { return l.thread == b.thread; });
        if (mine == last.end()) {
            last.push_back(b);
            continue;
        }
        auto key = [&](const Begun &x) { return std::make_pair(priority[x.task], x.task); };
        EXPECT_LT(key(*mine), key(b));
        *mine = b;
    }
    EXPECT_LE(last.size(), (size_t)workers());
}

TEST_P(Task, WaitsInAnyOrder)
{
    constexpr size_t N = 60;
    std::vector<uint64_t> out(N);
    Picky none{0, 0};
    size_t wrong = 0;
    for (unsigned seed = 0; seed < 3; seed++) {
        scope([&](plx_tasks *t) {
            std::vector<plx_future> f(N);
            for (size_t i = 0; i < N; i++) {
                plx_task task = task_of(&picky, i, i + 1, &out[i], &none);
                wrong += plx_submit(t, &task, &f[i]) != PLX_OK;
            }
            for (size_t i : shuffled(N, seed)) {
                plx_end end{};
                wrong += plx_wait(t, f[i], -1, &end) != PLX_OK || end.task != i ||
                         end.status != PLX_OK || end.code != 0 || end.tries != 1 || end.rank < 0 ||
                         end.rank >= plx_team_ranks(team) || out[i] != i * i;
                wrong += plx_wait(t, f[i], 0, nullptr) != PLX_OK; // still known
            }
        });
        EXPECT_EQ(N, report.done);
    }
    EXPECT_EQ(0u, wrong);
}

TEST_P(Task, WaitAnyGivesEachOfThem)
{
    constexpr size_t N = 40;
    std::vector<uint64_t> out(N);
    Picky none{0, 0};
    size_t wrong = 0;
    plx_status empty = PLX_OK, unknown = PLX_OK;
    plx_status status = scope([&](plx_tasks *t) {
        std::vector<plx_future> left(N);
        for (size_t i = 0; i < N; i++) {
            plx_task task = task_of(&picky, i, i + 1, &out[i], &none);
            plx_submit(t, &task, &left[i]);
        }
        for (size_t n = N; n > 0; n--) {
            size_t which = N;
            plx_end end{};
            wrong += plx_wait_any(t, left.data(), left.size(), -1, &which, &end) != PLX_OK ||
                     which >= left.size() || left[which].task != end.task ||
                     out[end.task] != end.task * end.task;
            left.erase(left.begin() + (ptrdiff_t)(which < left.size() ? which : 0));
        }
        empty = plx_wait_any(t, nullptr, 0, -1, nullptr, nullptr);
        plx_future other{N};
        unknown = plx_wait(t, other, -1, nullptr);
    });
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(0u, wrong);
    if (team.root()) {
        EXPECT_EQ(PLX_BAD_JOB, empty);
        EXPECT_EQ(PLX_BAD_JOB, unknown);
    }
}

TEST_P(Task, NextGivesEachOnceAndNoDetachedOne)
{
    constexpr size_t N = 50;
    std::vector<uint64_t> out(N);
    std::vector<int> given(N);
    std::vector<size_t> called, next;
    Picky none{0, 0};
    plx_status none_submitted = PLX_OK, after_the_last = PLX_OK;
    size_t wrong = 0;
    plx_status status = scope([&](plx_tasks *t) {
        none_submitted = plx_next(t, -1, nullptr);
        for (size_t i = 0; i < N; i++) {
            plx_task task = task_of(&picky, i, i + 1, &out[i], &none);
            plx_future f{};
            if (i % 5 == 4) {
                wrong += plx_detach(t, &task) != PLX_OK;
                continue;
            }
            plx_submit(t, &task, &f);
            wrong += f.task != i;
            plx_then(
                t, f,
                [](void *user, const plx_end *e) {
                    static_cast<std::vector<size_t> *>(user)->push_back(e->task);
                },
                &called);
        }
        plx_end end{};
        while ((after_the_last = plx_next(t, -1, &end)) == PLX_OK) {
            given.at(end.task)++;
            next.push_back(end.task);
        }
    });
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(0u, wrong);
    EXPECT_EQ(N, report.done);
    if (!team.root())
        return;
    EXPECT_EQ(PLX_STOPPED, none_submitted);
    EXPECT_EQ(PLX_STOPPED, after_the_last);
    for (size_t i = 0; i < N; i++) {
        EXPECT_EQ(i % 5 == 4 ? 0 : 1, given[i]) << i;
        EXPECT_EQ(i * i, out[i]);
    }
    EXPECT_EQ(called, next) << "callbacks and plx_next() go by the order of ending";
}

TEST_P(Task, CancelledBeforeTheyBegan)
{
    constexpr size_t N = 30;
    std::vector<uint64_t> out(N, 77);
    std::vector<bool> cancelled(N), again(N);
    std::vector<plx_end> end(N);
    Picky none{0, 0};
    bool known_one_only = true;
    plx_status status = scope([&](plx_tasks *t) {
        std::vector<plx_future> f(N);
        for (size_t i = 0; i < N; i++) {
            plx_task task = task_of(&picky, i + 1, i + 2, &out[i], &none);
            plx_submit(t, &task, &f[i]);
        }
        for (size_t i = 0; i < N; i += 2)
            cancelled[i] = plx_cancel(t, f[i]);
        for (size_t i = 0; i < N; i++)
            again[i] = i % 2 == 0 && plx_cancel(t, f[i]);
        for (size_t i : shuffled(N, 3))
            plx_wait(t, f[i], -1, &end[i]);
        known_one_only = !plx_cancel(t, {N}) && !plx_cancel(t, f[1]);
    });
    size_t all = (size_t)std::count(cancelled.begin(), cancelled.end(), true);
    EXPECT_EQ(PLX_OK, status) << "a cancelled task is no failure";
    EXPECT_TRUE(adds_up());
    if (!team.root())
        return;
    EXPECT_TRUE(known_one_only);
    EXPECT_EQ(all, report.not_run);
    EXPECT_EQ(0u, report.failed);
    if (alone())
        EXPECT_EQ(N / 2, all) << "none had begun";
    for (size_t i = 0; i < N; i++) {
        EXPECT_FALSE(again[i]);
        EXPECT_EQ(cancelled[i] ? 77 : (i + 1) * (i + 1), out[i]) << "it ran, or it was cancelled";
        EXPECT_EQ(cancelled[i] ? PLX_STOPPED : PLX_OK, end[i].status);
        EXPECT_EQ(cancelled[i] ? 0 : 1, end[i].tries);
    }
}

struct Called {
    std::vector<std::pair<size_t, int>> by; // task, which of its callbacks
    std::thread::id thread;
    bool elsewhere = false, overlapped = false;
    int inside = 0;
};
struct Caller {
    Called *all;
    int which;
};

static void note_call(void *user, const plx_end *end)
{
    auto *mine = static_cast<Caller *>(user);
    mine->all->elsewhere |= mine->all->thread != std::this_thread::get_id();
    mine->all->overlapped |= mine->all->inside++ != 0;
    mine->all->by.push_back({end->task, mine->which});
    mine->all->inside--;
}

TEST_P(Task, CallbacksOneAtATimeOnTheBodysThread)
{
    constexpr size_t N = 40;
    std::vector<uint64_t> out(N);
    Picky some{7, 10};
    Called called;
    Caller first{&called, 1}, second{&called, 2}, late{&called, 3};
    size_t late_calls = 0;
    job.keep_going = true;
    plx_status status = scope([&](plx_tasks *t) {
        called.thread = std::this_thread::get_id();
        std::vector<plx_future> f(N);
        for (size_t i = 0; i < N; i++) {
            plx_task task = task_of(&picky, i, i + 1, &out[i], &some);
            plx_submit(t, &task, &f[i]);
            plx_then(t, f[i], note_call, &first);
            if (i % 2)
                plx_then(t, f[i], note_call, &second);
        }
        plx_wait(t, f[5], -1, nullptr);
        size_t before = called.by.size();
        plx_then(t, f[5], note_call, &late); // has ended: with the next look
        late_calls = called.by.size() - before;
    });
    EXPECT_EQ(PLX_ITEM_FAILED, status);
    EXPECT_EQ(4u, report.failed);
    if (!team.root())
        return;
    EXPECT_FALSE(called.elsewhere);
    EXPECT_FALSE(called.overlapped);
    EXPECT_EQ(0u, late_calls) << "only inside a wait";
    EXPECT_EQ(N + N / 2 + 1, called.by.size());
    for (size_t i = 0; i < N; i++) {
        auto at = std::find(called.by.begin(), called.by.end(), std::make_pair(i, 1));
        EXPECT_NE(called.by.end(), at) << i;
        if (i % 2 && at != called.by.end()) {
            auto next = at + 1;
            EXPECT_TRUE(next != called.by.end() && *next == std::make_pair(i, 2)) << i;
        }
    }
    EXPECT_EQ(1, std::count(called.by.begin(), called.by.end(), std::make_pair(size_t{5}, 3)));
}

// Each callback submits the next, as the last of them with nobody waiting but the scope's end; one
// of them waits.
struct Chain {
    plx_tasks *tasks;
    std::vector<uint64_t> *out;
    size_t calls;
    Picky none;
    int inside, most;
};

static void submit_next(void *user, const plx_end *end)
{
    auto *c = static_cast<Chain *>(user);
    c->calls++;
    size_t next = end->task + 1;
    if (next >= c->out->size())
        return;
    c->most = std::max(c->most, ++c->inside);
    plx_task task = task_of(&picky, next, next + 1, &(*c->out)[next], &c->none);
    plx_future f;
    plx_submit(c->tasks, &task, &f);
    plx_then(c->tasks, f, submit_next, user);
    if (next == 20)
        plx_wait(c->tasks, f, -1, nullptr);
    c->inside--;
}

TEST_P(Task, CallbacksSubmit)
{
    std::vector<uint64_t> out(100);
    Chain chain{nullptr, &out, 0, {0, 0}, 0, 0};
    plx_status status = scope([&](plx_tasks *t) {
        chain.tasks = t;
        plx_task task = task_of(&picky, 0, 1, out.data(), &chain.none);
        plx_future f;
        plx_submit(t, &task, &f);
        plx_then(t, f, submit_next, &chain);
    });
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(100u, report.done);
    if (!team.root())
        return;
    EXPECT_EQ(100u, chain.calls);
    EXPECT_EQ(1, chain.most) << "one at a time, though one waits for another's task";
    for (size_t i = 0; i < out.size(); i++)
        EXPECT_EQ(i * i, out[i]);
}

TEST_P(Task, DetachedOnesFailIntoTheReport)
{
    constexpr size_t N = 40;
    std::vector<uint64_t> out(N);
    Picky some{3, 10};
    plx_status next = PLX_OK;
    job.keep_going = true;
    plx_status status = scope([&](plx_tasks *t) {
        for (size_t i = 0; i < N; i++) {
            plx_task task = task_of(&picky, i, i + 1, &out[i], &some);
            plx_detach(t, &task);
        }
        next = plx_next(t, -1, nullptr);
    });
    EXPECT_EQ(PLX_ITEM_FAILED, status);
    EXPECT_EQ(N, report.n);
    EXPECT_EQ(4u, report.failed);
    EXPECT_EQ(N - 4, report.done);
    EXPECT_EQ(4u, report.failures);
    for (size_t i = 0; i < 4; i++) {
        EXPECT_EQ(3 + 10 * i, failures[i].item);
        EXPECT_EQ((int)(3 + 10 * i) + 1, failures[i].code);
        EXPECT_EQ(1, failures[i].tries);
        std::string item = std::to_string(3 + 10 * i);
        EXPECT_EQ("item " + item + ": bad " + item, failures[i].why);
    }
    if (team.root())
        EXPECT_EQ(PLX_STOPPED, next);
}

TEST_P(Task, TimedWaitsEndInTime)
{
    char out[2];
    plx_status looked = PLX_OK, looked_next = PLX_OK, in_time = PLX_OK, any = PLX_OK, next = PLX_OK,
               after = PLX_OK;
    bool one = alone();
    if (!one && !threads_alone())
        GTEST_SKIP() << "one process";
    plx_status status = scope([&](plx_tasks *t) {
        plx_future f;
        plx_task task = task_of(&gate, 0, 1, out);
        plx_submit(t, &task, &f);
        looked = plx_wait(t, f, 0, nullptr);
        looked_next = plx_next(t, 0, nullptr);
        auto late = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (!one && !gate_reached && std::chrono::steady_clock::now() < late)
            std::this_thread::yield();
        if (!one) { // nothing is queued: a worker stands at the gate
            in_time = plx_wait(t, f, 0.003, nullptr);
            any = plx_wait_any(t, &f, 1, 0.003, nullptr, nullptr);
            next = plx_next(t, 0.003, nullptr);
        }
        gate_open = 1;
        after = plx_wait(t, f, 1000, nullptr);
    });
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(PLX_TIMED_OUT, looked);
    EXPECT_EQ(PLX_TIMED_OUT, looked_next);
    EXPECT_EQ(PLX_OK, after);
    if (!one) {
        EXPECT_EQ(PLX_TIMED_OUT, in_time);
        EXPECT_EQ(PLX_TIMED_OUT, any);
        EXPECT_EQ(PLX_TIMED_OUT, next);
    }
}

TEST_P(Task, ManyTinyOnes)
{
    size_t n = plx_team_ranks(team) > 1 ? 2000 : 100000;
    std::vector<uint64_t> out(n);
    Picky none{0, 0};
    plx_status status = scope([&](plx_tasks *t) {
        for (size_t i = 0; i < n; i++) {
            plx_task task = task_of(&picky, i, i + 1, &out[i], &none);
            plx_future f;
            i % 3 ? plx_submit(t, &task, &f) : plx_detach(t, &task);
        }
    });
    size_t wrong = 0;
    for (size_t i = 0; i < n && team.root(); i++)
        wrong += out[i] != i * i;
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(n, report.done);
    EXPECT_EQ(0u, wrong);
    std::vector<size_t> ran((size_t)plx_team_ranks(team));
    for (const plx_worker &w : by_worker)
        ran.at((size_t)w.rank) += w.items;
    // Threads of rank 0 may be first at all of them; one thread has the body to run.
    for (size_t r = 1; r < ran.size() && team.root() && report.threads == 1; r++)
        EXPECT_GT(ran[r], 0u) << "rank " << r << " was handed none";
}

TEST_P(Task, AFailureInEachPosition)
{
    constexpr size_t N = 9;
    Picky none{0, 0}, some{13, 100};
    for (bool keep_going : {true, false})
        for (size_t bad = 0; bad < N; bad++) {
            std::vector<uint64_t> out(N);
            std::vector<plx_end> end(N);
            job.keep_going = keep_going;
            plx_status after = PLX_OK;
            plx_end last{};
            plx_status status = scope([&](plx_tasks *t) {
                std::vector<plx_future> f(N);
                for (size_t i = 0; i < N; i++) {
                    plx_task task = task_of(&picky, 0, 50, &out[i], i == bad ? &some : &none);
                    plx_submit(t, &task, &f[i]);
                }
                for (size_t i = 0; i < N; i++)
                    plx_wait(t, f[i], -1, &end[i]);
                uint64_t more = 5;
                plx_future f_more;
                plx_task task = task_of(&picky, 0, 50, &more, &none);
                after = plx_submit(t, &task, &f_more);
                plx_wait(t, f_more, -1, &last);
            });
            EXPECT_EQ(PLX_ITEM_FAILED, status);
            EXPECT_TRUE(adds_up());
            EXPECT_EQ(N + 1, report.n);
            EXPECT_EQ(1u, report.failed);
            EXPECT_EQ(1u, report.failures);
            EXPECT_EQ(bad, failures[0].item);
            EXPECT_EQ(14, failures[0].code);
            EXPECT_STREQ("item 13: bad 13", failures[0].why);
            if (keep_going)
                EXPECT_EQ(N, report.done);
            if (!team.root())
                continue;
            EXPECT_EQ(PLX_OK, after);
            EXPECT_EQ(keep_going ? PLX_OK : PLX_STOPPED, last.status);
            for (size_t i = 0; i < N; i++) {
                EXPECT_EQ(i, end[i].task);
                if (i == bad) {
                    EXPECT_EQ(PLX_ITEM_FAILED, end[i].status);
                    EXPECT_EQ(14, end[i].code);
                    EXPECT_STREQ("item 13: bad 13", end[i].why);
                } else if (keep_going)
                    EXPECT_EQ(PLX_OK, end[i].status);
                else
                    EXPECT_TRUE(end[i].status == PLX_OK || end[i].status == PLX_STOPPED);
                if (alone() && !keep_going && i != bad)
                    EXPECT_EQ(i < bad ? PLX_OK : PLX_STOPPED, end[i].status) << i;
            }
        }
}

TEST_P(Task, ARefusalFailsItsTask)
{
    size_t ranks = (size_t)plx_team_ranks(team), n = 4 * ranks;
    std::vector<Refusal> refusal(n, Refusal{0});
    std::vector<char> out(n * 10);
    std::vector<plx_end> end(n);
    job.keep_going = true;
    plx_status status = scope([&](plx_tasks *t) {
        for (size_t i = 0; i < n; i++) {
            plx_task task = task_of(&refuses, 0, 10, &out[10 * i], &refusal[i]);
            plx_future f;
            plx_submit(t, &task, &f);
        }
        for (plx_end e; plx_next(t, -1, &e) == PLX_OK;)
            end[e.task] = e;
    });
    EXPECT_TRUE(status == PLX_ITEM_FAILED || ranks > 1);
    EXPECT_EQ(n, report.done + report.failed);
    for (size_t i = 0; i < n && team.root(); i++) {
        bool refused = end[i].rank == 0;
        EXPECT_EQ(refused ? PLX_REFUSED : PLX_OK, end[i].status);
        if (refused)
            EXPECT_STREQ("refuses: not here", end[i].why);
        EXPECT_EQ(std::string(10, refused ? '\0' : '\7'), std::string(&out[10 * i], 10));
    }
}

TEST_P(Task, LargeDataBothWays)
{
    constexpr size_t N = 12, ITEMS = 5000; // 40 KB in, 80 KB out; and 300 KB out of nothing
    std::vector<double> in = reals(N * ITEMS);
    std::vector<Stamped> out(N * ITEMS);
    std::vector<unsigned char> bytes(N * 300000);
    plx_status status = scope([&](plx_tasks *t) {
        for (size_t i = 0; i < N; i++) {
            plx_task task = task_of(&stamp, i * ITEMS, (i + 1) * ITEMS, &out[i * ITEMS]);
            task.in = &in[i * ITEMS];
            plx_future f;
            plx_submit(t, &task, &f);
            Large seed{i};
            task = task_of(&large, i, i + 300, &bytes[i * 300000], &seed);
            plx_submit(t, &task, &f);
            seed.seed = 1000; // was copied
        }
    });
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(2 * N, report.done);
    size_t wrong = 0;
    for (size_t i = 0; i < N * ITEMS && team.root(); i++)
        wrong += out[i].item != i || out[i].value != in[i] * (double)i;
    for (size_t i = 0; i < bytes.size() && team.root(); i++) {
        size_t own = i / 300000, item = own + i % 300000 / 1000;
        wrong += bytes[i] != (unsigned char)(item + i % 1000 * 31 + own);
    }
    EXPECT_EQ(0u, wrong);
}

TEST_P(Task, WithoutAJobOrAListAllRunOnRankZero)
{
    std::vector<uint64_t> out(20);
    Picky none{0, 0};
    auto run = [&](plx_tasks *t) {
        for (size_t i = 0; i < out.size(); i++) {
            plx_task task = task_of(&picky, i, i + 1, &out[i], &none);
            plx_detach(t, &task);
        }
    };
    body = run;
    plx_status status = plx_scope(
        team, nullptr, [](plx_tasks *t, void *user) { (*static_cast<Body *>(user))(t); }, &body,
        &report);
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(20u, report.done);
    for (size_t i = 0; i < out.size() && team.root(); i++)
        EXPECT_EQ(i * i, out[i]);
    job.kernels = nullptr;
    scope(run);
    size_t elsewhere = 0;
    for (const plx_worker &w : by_worker)
        elsewhere += w.rank != 0 ? w.items : 0;
    EXPECT_EQ(0u, elsewhere);
}

// A kernel is copied: the next one may stand in the same place.
TEST_P(Task, KernelsOfTheSamePlace)
{
    uint64_t sum = 0;
    char stamped[10] = {};
    Picky none{0, 0};
    Refusal nowhere{-1};
    plx_status status = scope([&](plx_tasks *t) {
        plx_kernel here = picky;
        plx_task task = task_of(&here, 0, 10, &sum, &none);
        plx_detach(t, &task);
        here = refuses;
        task = task_of(&here, 0, 10, stamped, &nowhere);
        plx_detach(t, &task);
        here = begins;
    });
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(2u, report.done);
    if (team.root()) {
        EXPECT_EQ(285u, sum);
        EXPECT_EQ(std::string(10, '\7'), std::string(stamped, 10));
    }
}

TEST_P(Task, BadOnesAreNotSubmitted)
{
    uint64_t out = 5;
    std::vector<plx_status> got;
    Picky none{0, 0};
    plx_kernel broken = picky;
    broken.name = "Not A Name";
    plx_status busy = PLX_OK;
    plx_status status = scope([&](plx_tasks *t) {
        plx_future f{};
        for (plx_task task : {task_of(&picky, 2, 1, &out, &none), task_of(nullptr, 0, 1, &out),
                              task_of(&stamp, 0, 1, &out), task_of(&picky, 0, 1, nullptr, &none),
                              task_of(&picky, 0, 1, &out), task_of(&words, 0, 1, &out),
                              task_of(&broken, 0, 1, &out)})
            got.push_back(plx_submit(t, &task, &f));
        got.push_back(plx_then(t, f, note_call, nullptr));
        if (plx_team_ranks(team) == 1)
            busy = plx_agree(team, plx_scope(team, nullptr, nullptr, nullptr, nullptr));
    });
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(0u, report.n);
    EXPECT_EQ(5u, out);
    if (team.root())
        EXPECT_EQ((std::vector<plx_status>{PLX_BAD_JOB, PLX_BAD_JOB, PLX_BAD_JOB, PLX_BAD_JOB,
                                           PLX_BAD_JOB, PLX_BAD_JOB, PLX_BAD_KERNEL, PLX_BAD_JOB}),
                  got);
    if (plx_team_ranks(team) == 1)
        EXPECT_EQ(PLX_BUSY, busy);
}

// A detached task may be gone at any time: its number is nobody's future.
TEST_P(Task, ADetachedOneHasNoFuture)
{
    uint64_t out[2];
    Picky none{0, 0};
    std::vector<plx_status> got;
    bool cancelled = false;
    plx_status status = scope([&](plx_tasks *t) {
        plx_future own{}, made_up{0};
        plx_task first = task_of(&picky, 0, 1, &out[0], &none);
        plx_task second = task_of(&picky, 1, 2, &out[1], &none);
        plx_detach(t, &first);
        plx_submit(t, &second, &own);
        cancelled = plx_cancel(t, made_up);
        got.push_back(plx_wait(t, made_up, -1, nullptr));
        got.push_back(plx_then(t, made_up, note_call, nullptr));
        plx_wait(t, own, -1, nullptr);
    });
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(2u, report.done);
    EXPECT_FALSE(cancelled);
    if (team.root())
        EXPECT_EQ((std::vector<plx_status>{PLX_BAD_JOB, PLX_BAD_JOB}), got);
}

TEST_P(Task, WithoutAFutureOnlyNextTells)
{
    uint64_t out;
    Picky none{0, 0};
    plx_end end{};
    plx_status submitted = PLX_BUSY, told = PLX_BUSY;
    end.task = 7;
    plx_status status = scope([&](plx_tasks *t) {
        plx_task task = task_of(&picky, 0, 1, &out, &none);
        submitted = plx_submit(t, &task, nullptr);
        told = plx_next(t, -1, &end);
    });
    EXPECT_EQ(PLX_OK, status);
    if (team.root()) {
        EXPECT_EQ(PLX_OK, submitted);
        EXPECT_EQ(PLX_OK, told);
        EXPECT_EQ(0u, end.task);
    }
}

TEST_P(Task, AScopeNeedsABodyAndTheSameKernels)
{
    plx_status no_body = plx_scope(team, &job, nullptr, nullptr, &report);
    std::string why = report.why;
    const plx_kernel *const fewer[] = {&affine, nullptr};
    if (!team.root())
        job.kernels = fewer;
    plx_status differs = scope([](plx_tasks *) {});
    plx_kernel broken = picky;
    broken.out_size = PLX_VARIES;
    const plx_kernel *const bad[] = {&affine, &broken, nullptr};
    job.kernels = bad;
    plx_status bad_list = scope([](plx_tasks *) {});
    std::string which = report.why;
    job.kernels = listed;
    plx_status good = scope([](plx_tasks *) {});
    EXPECT_EQ(PLX_BAD_JOB, no_body);
    EXPECT_EQ("body is missing", why);
    EXPECT_EQ(plx_team_ranks(team) > 1 ? PLX_MISMATCH : PLX_OK, differs);
    EXPECT_EQ(PLX_BAD_KERNEL, bad_list);
    EXPECT_EQ("kernels[1]: kernel picky: out_size or acc_size is too large", which);
    EXPECT_EQ(PLX_OK, good);
    EXPECT_EQ(0u, report.n);
}

TEST_P(Task, TriedAgainUntilItSucceeds)
{
    constexpr size_t N = 24;
    for (std::atomic<uint64_t> &t : tried)
        t = 0;
    plx_policy policy{};
    policy.retries = 3;
    job.policy = &policy;
    job.keep_going = true;
    std::vector<char> out(N);
    std::vector<plx_end> end(N);
    plx_status status = scope([&](plx_tasks *t) {
        for (size_t i = 0; i < N; i++) {
            Flaky good{i % 6 + 1}; // of 5 and more none comes
            plx_task task = task_of(&flaky, i, i + 1, &out[i], &good);
            plx_future f;
            plx_submit(t, &task, &f);
        }
        for (plx_end e; plx_next(t, -1, &e) == PLX_OK;)
            end[e.task] = e;
    });
    EXPECT_EQ(PLX_ITEM_FAILED, status);
    EXPECT_EQ(8u, report.failed);
    EXPECT_EQ(16u, report.done);
    for (size_t i = 0; i < 8; i++) {
        EXPECT_EQ(i / 2 * 6 + 4 + i % 2, failures[i].item);
        EXPECT_EQ(4, failures[i].tries);
    }
    for (size_t i = 0; i < N && team.root(); i++) {
        bool came = i % 6 + 1 <= 4;
        EXPECT_EQ(came ? PLX_OK : PLX_ITEM_FAILED, end[i].status) << i;
        EXPECT_EQ(came ? (int)(i % 6) + 1 : 4, end[i].tries) << i;
        EXPECT_EQ(came ? 9 : 0, out[i]);
        EXPECT_EQ(came ? 0 : 3, end[i].code);
    }
}

TEST_P(Task, ATimeOutFailsOrFallsBack)
{
    const char instead = 5;
    for (bool falls : {false, true}) {
        plx_policy policy{};
        policy.timeout_s = 0.002;
        policy.fallback = falls ? &instead : nullptr;
        job.policy = &policy;
        job.keep_going = true;
        std::vector<char> out(4);
        std::vector<plx_end> end(4);
        plx_status status = scope([&](plx_tasks *t) {
            for (size_t i = 0; i < 4; i++) {
                plx_task task = task_of(&endless, i, i + 1, &out[i]);
                plx_future f;
                plx_submit(t, &task, &f);
            }
            for (plx_end e; plx_next(t, -1, &e) == PLX_OK;)
                end[e.task] = e;
        });
        EXPECT_EQ(falls ? PLX_OK : PLX_ITEM_FAILED, status);
        EXPECT_EQ(falls ? 4u : 0u, report.done);
        EXPECT_EQ(falls ? 0u : 4u, report.failed);
        for (size_t i = 0; i < 4 && team.root(); i++) {
            EXPECT_EQ(falls ? PLX_OK : PLX_ITEM_FAILED, end[i].status);
            EXPECT_EQ(falls ? 0 : PLX_CODE_TIMED_OUT, end[i].code);
            if (falls)
                EXPECT_EQ(5, out[i]);
        }
    }
}

TEST_P(Task, StoppedHalfWay)
{
    constexpr size_t N = 100;
    bool one = plx_team_ranks(team) == 1; // one rank's kernels do not see another's stop
    for (plx_stop_level level : {PLX_DRAIN, PLX_QUIT}) {
        plx_stop stop{};
        plx_policy policy{};
        policy.stop = &stop;
        job.policy = &policy;
        bool quits = one && level == PLX_QUIT;
        std::vector<uint64_t> out(2 * N);
        std::vector<plx_end> end(2 * N);
        char never = 0;
        Picky none{0, 0};
        size_t given = 0;
        plx_status status = scope([&](plx_tasks *t) {
            plx_future f;
            plx_end e;
            for (size_t i = 0; i < 2 * N; i++) {
                plx_task task = task_of(&picky, i, i + 1, &out[i], &none);
                plx_submit(t, &task, &f);
                if (i == N && plx_next(t, -1, &e) == PLX_OK)
                    end[e.task] = e;
                if (i == N)
                    plx_stop_ask(&stop, level);
            }
            plx_task task = task_of(&endless, 0, 1, &never);
            if (quits)
                plx_detach(t, &task);
            for (given = 1; plx_next(t, -1, &e) == PLX_OK; given++)
                end[e.task] = e;
        });
        EXPECT_EQ(PLX_STOPPED, status);
        EXPECT_TRUE(adds_up());
        EXPECT_EQ(2 * N + quits, report.n);
        EXPECT_GE(report.done, 1u);
        EXPECT_GE(report.not_run, N - 1);
        EXPECT_EQ(0u, report.failed);
        EXPECT_STREQ("stopped on request", report.why);
        if (!team.root())
            continue;
        EXPECT_EQ(2 * N, given);
        size_t done = 0;
        for (size_t i = 0; i < 2 * N; i++) {
            bool ran = end[i].status == PLX_OK;
            done += ran;
            EXPECT_TRUE(ran || end[i].status == PLX_STOPPED);
            EXPECT_EQ(ran ? i * i : 0, out[i]) << i;
            EXPECT_TRUE(i <= N || !ran) << "submitted after the stop";
        }
        EXPECT_EQ(done, report.done);
    }
}

// Nothing is left that it could keep from being run.
TEST_P(Task, AStopAfterTheLastTaskIsNotTold)
{
    plx_stop stop{};
    plx_policy policy{};
    policy.stop = &stop;
    job.policy = &policy;
    std::vector<uint64_t> out(20);
    Picky none{0, 0};
    plx_status status = scope([&](plx_tasks *t) {
        plx_future f;
        plx_end e;
        for (size_t i = 0; i < out.size(); i++) {
            plx_task task = task_of(&picky, i, i + 1, &out[i], &none);
            plx_submit(t, &task, &f);
        }
        while (plx_next(t, -1, &e) == PLX_OK) {
        }
        plx_stop_ask(&stop, PLX_DRAIN);
    });
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(20u, report.done);
}

// What runs when the stop comes is told of it; what would begin does not.
TEST_P(Task, AKernelIsToldToStop)
{
    if (plx_team_ranks(team) > 1)
        GTEST_SKIP() << "one rank";
    plx_policy policy{};
    policy.deadline_s = 0.02;
    job.policy = &policy;
    std::vector<char> out(40);
    plx_status status = scope([&](plx_tasks *t) {
        for (size_t i = 0; i < out.size(); i++) {
            plx_task task = task_of(&endless, i, i + 1, &out[i]);
            plx_detach(t, &task);
        }
    });
    EXPECT_EQ(PLX_STOPPED, status);
    EXPECT_EQ(40u, report.not_run);
    EXPECT_STREQ("stopped by the deadline of 0.02 s", report.why);
}

TEST_P(Task, IsOfferedAsPriorityToo)
{
    const char *why;
    EXPECT_TRUE(plx_offers(GetParam().model.c_str(), PLX_TASK, &why)) << why;
    EXPECT_TRUE(plx_offers(GetParam().model.c_str(), PLX_PRIORITY, &why)) << why;
}
