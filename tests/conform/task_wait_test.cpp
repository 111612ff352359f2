// SPDX-License-Identifier: MIT
// What tells that a task has ended: futures in any order and in time, callbacks, and nobody at all.
#include "tasks.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

class TaskWait : public TaskLaw
{
};
EVERY_MODEL(TaskWait);

TEST_P(TaskWait, WaitsInAnyOrder)
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

TEST_P(TaskWait, WaitAnyGivesEachOfThem)
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

TEST_P(TaskWait, NextGivesEachOnceAndNoDetachedOne)
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

TEST_P(TaskWait, WithoutAFutureOnlyNextTells)
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

TEST_P(TaskWait, TimedWaitsEndInTime)
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

TEST_P(TaskWait, CallbacksOneAtATimeOnTheBodysThread)
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

TEST_P(TaskWait, CallbacksSubmit)
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

// A detached task may be gone at any time: its number is nobody's future.
TEST_P(TaskWait, ADetachedOneHasNoFuture)
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
