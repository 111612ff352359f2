// SPDX-License-Identifier: MIT
// plx_fan: every task once, results where they belong, arrived once each, join in task order.
#include "suite.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

#include <unistd.h>

struct Seen {
    std::vector<size_t> joined, arrived;
    std::vector<plx_status> status;
    std::atomic<int> inside{0};
    bool overlapped = false;
    uint64_t sum = 0;
};

static void note_join(void *total, size_t task, const plx_task *t, void *user)
{
    auto *seen = static_cast<Seen *>(user);
    seen->joined.push_back(task);
    *static_cast<uint64_t *>(total) = *static_cast<uint64_t *>(total) * 31 + (t->hi - t->lo);
}

static void note_arrival(size_t task, const plx_task *, plx_status status, void *user)
{
    auto *seen = static_cast<Seen *>(user);
    if (seen->inside++ != 0)
        seen->overlapped = true;
    seen->arrived.push_back(task);
    seen->status.push_back(status);
    seen->inside--;
}

class Fan : public Law
{
  protected:
    void add(const plx_kernel *kernel, size_t lo, size_t hi, const void *ctx = nullptr,
             const void *in = nullptr, const size_t *at = nullptr)
    {
        size_t size = kernel->fold ? kernel->acc_size : (hi - lo) * kernel->out_size;
        rooms.push_back(std::vector<unsigned char>(size + 1, 0xa5));
        plx_task task{};
        task.kernel = kernel;
        task.lo = lo;
        task.hi = hi;
        task.ctx = ctx;
        task.in = in;
        task.at = at;
        tasks.push_back(task);
    }
    plx_status run(bool keep_going = false)
    {
        for (size_t t = 0; t < tasks.size(); t++)
            tasks[t].out = team.root() ? rooms[t].data() : nullptr;
        failures.assign(16, plx_failure{});
        plx_job job{};
        job.n = tasks.size();
        job.keep_going = keep_going;
        job.failures = failures.data();
        job.failures_cap = failures.size();
        plx_join join{};
        join.size = sizeof total;
        join.total = &total;
        join.join = note_join;
        join.arrived = note_arrival;
        join.user = &seen;
        return plx_fan(team, &job, tasks.data(), &join, &report);
    }
    std::vector<std::vector<unsigned char>> rooms;
    std::vector<plx_task> tasks;
    std::vector<plx_failure> failures;
    Seen seen;
    uint64_t total = 0;
    plx_report report;
};
EVERY_MODEL(Fan);

static std::vector<unsigned char> bytes(std::vector<unsigned char> room)
{
    room.pop_back();
    return room;
}

TEST_P(Fan, TasksOfDifferentKernels)
{
    std::vector<double> in = reals(400);
    std::vector<size_t> at;
    std::string text = strings(50, at);
    Picky none{0, 0};
    for (size_t i = 0; i < 4; i++) {
        add(&affine, 10 * i, 10 * i + 300);
        add(&stamp, 100 * i, 100 * i + 100, nullptr, in.data() + 100 * i);
        add(&words, 7, 57, nullptr, text.data(), at.data());
        add(&picky, 5, 5 + i, &none);
    }
    plx_status status = run();
    EXPECT_EQ(PLX_OK, status) << report.why;
    EXPECT_EQ(16u, report.n);
    EXPECT_EQ(16u, report.done);
    uint64_t expected_total = 0;
    for (const plx_task &t : tasks)
        expected_total = expected_total * 31 + (t.hi - t.lo);
    EXPECT_EQ(expected_total, total) << "total is the same on every rank";
    if (!team.root()) {
        EXPECT_TRUE(seen.joined.empty() && seen.arrived.empty());
        return;
    }
    for (size_t i = 0; i < 4; i++) {
        EXPECT_EQ(tree_fold(affine, 10 * i, 300, 64, nullptr, nullptr, nullptr),
                  bytes(rooms[4 * i]))
            << i;
        EXPECT_EQ(whole_map(stamp, 100 * i, 100 * i + 100, in.data() + 100 * i, nullptr, nullptr),
                  bytes(rooms[4 * i + 1]));
        EXPECT_EQ(tree_fold(words, 7, 50, 1, text.data(), at.data(), nullptr),
                  bytes(rooms[4 * i + 2]));
        uint64_t sum = 0;
        for (size_t j = 5; j < 5 + i; j++)
            sum += j * j;
        EXPECT_EQ(0, std::memcmp(&sum, rooms[4 * i + 3].data(), 8)) << i;
    }
    EXPECT_FALSE(seen.overlapped);
    ASSERT_EQ(16u, seen.joined.size());
    for (size_t t = 0; t < 16; t++)
        EXPECT_EQ(t, seen.joined[t]);
    std::vector<size_t> arrived = seen.arrived;
    std::sort(arrived.begin(), arrived.end());
    EXPECT_EQ(seen.joined, arrived);
}

TEST_P(Fan, NoTasksAndFewerTasksThanWorkers)
{
    plx_status none = run();
    plx_report empty = report;
    add(&affine, 0, 100);
    plx_status one = run();
    EXPECT_EQ(PLX_OK, none);
    EXPECT_EQ(0u, empty.n);
    EXPECT_EQ(PLX_OK, one);
    if (team.root())
        EXPECT_EQ(tree_fold(affine, 0, 100, 64, nullptr, nullptr, nullptr), bytes(rooms[0]));
}

TEST_P(Fan, AFailedItemFailsItsTaskAlone)
{
    Picky none{0, 0}, some{13, 100};
    for (size_t i = 0; i < 9; i++)
        add(&picky, 0, 50, i % 4 == 2 ? &some : &none);
    plx_status status = run(true);
    EXPECT_EQ(PLX_ITEM_FAILED, status);
    EXPECT_EQ(2u, report.failed);
    EXPECT_EQ(7u, report.done);
    EXPECT_EQ(2u, report.failures);
    EXPECT_EQ(2u, failures[0].item);
    EXPECT_EQ(6u, failures[1].item);
    EXPECT_EQ(14, failures[0].code);
    EXPECT_STREQ("item 13: bad 13", failures[0].why);
    if (team.root()) {
        EXPECT_EQ((std::vector<size_t>{0, 1, 3, 4, 5, 7, 8}), seen.joined);
        EXPECT_EQ(9u, seen.arrived.size());
    }
}

TEST_P(Fan, StopModeReportsTheLowestTask)
{
    Picky none{0, 0}, some{13, 100};
    for (size_t i = 0; i < 20; i++)
        add(&picky, 0, 50, i % 4 == 2 ? &some : &none);
    plx_status status = run(false);
    EXPECT_EQ(PLX_ITEM_FAILED, status);
    EXPECT_EQ(2u, report.done);
    EXPECT_EQ(1u, report.failed);
    EXPECT_EQ(17u, report.not_run);
    EXPECT_EQ(2u, failures[0].item);
    EXPECT_TRUE(seen.joined.empty());
}

TEST_P(Fan, ARefusalFailsItsTask)
{
    // The context must be equal on all ranks, so one task for each rank, which refuses if it runs
    // there.
    Refusal nowhere{-1};
    std::vector<Refusal> ranks;
    for (int64_t r = 0; r < plx_team_ranks(team); r++)
        ranks.push_back({r});
    for (size_t i = 0; i < 6; i++)
        add(&refuses, 0, 10, &nowhere);
    for (const Refusal &r : ranks)
        add(&refuses, 0, 10, &r);
    plx_status status = run(true);
    EXPECT_TRUE(status == PLX_ITEM_FAILED || status == PLX_OK);
    EXPECT_EQ(tasks.size(), report.done + report.failed);
    for (size_t f = 0; f < report.failures; f++)
        EXPECT_STREQ("refuses: not here", failures[f].why);
    if (plx_team_ranks(team) == 1)
        EXPECT_EQ(1u, report.failed);
}

TEST_P(Fan, ShortTasksArriveBeforeTheLongOneEnds)
{
    if (GetParam().model == "serial" || plx_team_ranks(team) * plx_team_threads(team) < 2)
        GTEST_SKIP() << "one worker";
    const plx_kernel *wait = plx_kernel_find("wait");
    std::vector<unsigned char> ctx(wait->ctx_size);
    plx_field_set(wait->params, ctx.data(), "4"); // milliseconds
    add(wait, 0, 50, ctx.data());
    for (int i = 0; i < 11; i++)
        add(wait, 0, 1, ctx.data());
    plx_status status = run();
    EXPECT_EQ(PLX_OK, status);
    if (team.root()) {
        ASSERT_EQ(12u, seen.arrived.size());
        EXPECT_EQ(0u, seen.arrived.back()) << "the long task began first and ended last";
    }
}

TEST_P(Fan, OneWorkerTakesTheDearestFirst)
{
    if (plx_team_ranks(team) * plx_team_threads(team) > 1)
        GTEST_SKIP() << "more than one worker";
    for (size_t items : {3, 50, 1, 50, 7, 0})
        add(&affine, 0, items);
    plx_status status = run();
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ((std::vector<size_t>{1, 3, 4, 0, 2, 5}), seen.arrived);
}

// Whoever tells may be about to leave as the next task ends: none may be lost between the two.
TEST_P(Fan, EveryArrivalIsToldHoweverClose)
{
    for (size_t i = 0; i < 8; i++)
        add(&affine, i, i + 1);
    size_t rounds = plx_team_ranks(team) > 2 ? 50 : 1000, lost = 0;
    for (size_t round = 0; round < rounds; round++) {
        seen.arrived.clear();
        run();
        lost += team.root() && seen.arrived.size() != 8;
    }
    EXPECT_EQ(0u, lost);
}

TEST_P(Fan, BadTasksAreRefused)
{
    add(&affine, 5, 4);
    plx_status reversed = run();
    std::string why = report.why;
    tasks.clear();
    rooms.clear();
    add(&stamp, 0, 10);
    plx_status no_input = run();
    EXPECT_EQ(PLX_BAD_JOB, reversed);
    EXPECT_EQ("task 0: lo is above hi", why);
    EXPECT_EQ(PLX_BAD_JOB, no_input);
    EXPECT_TRUE(seen.arrived.empty());
}

TEST_P(Fan, RanksMustPassTheSameTasks)
{
    if (plx_team_ranks(team) == 1)
        GTEST_SKIP() << "one rank";
    add(&affine, 0, team.root() ? 100 : 101);
    EXPECT_EQ(PLX_MISMATCH, run());
}

// Rank 0 hears of a result whose sender then stands in a block until rank 0 has run its last task:
// for that rank 0 must not wait for the result, which no rank moves on while it computes.
struct Gate {
    uint64_t waits, opens;
    char path[64];
};

static void pass_gate(const plx_block *b)
{
    using namespace std::chrono;
    const auto *gate = static_cast<const Gate *>(b->ctx);
    memset(b->out, 1, 1 << 21);
    std::this_thread::sleep_for(milliseconds(10));
    if (b->lo == gate->opens)
        std::ofstream(gate->path) << "open";
    auto late = steady_clock::now() + seconds(30);
    while (b->lo == gate->waits && !std::ifstream(gate->path) && steady_clock::now() < late)
        std::this_thread::sleep_for(milliseconds(1));
    if (b->lo == gate->waits && !std::ifstream(gate->path))
        plx_fail(b, b->lo, 1, "rank 0 stood still");
}

TEST_P(Fan, RankZeroRunsOnWhileResultsAreUnderWay)
{
    size_t ranks = (size_t)plx_team_ranks(team);
    if (ranks == 1 || GetParam().model != "mpi")
        GTEST_SKIP() << "needs several ranks of one thread";
    static const plx_kernel gated = [] {
        plx_kernel k{};
        k.size = sizeof k;
        k.name = "gated";
        k.out_size = 1 << 21;
        k.ctx_size = sizeof(Gate);
        k.map = pass_gate;
        return k;
    }();
    Gate gate{}; // tasks as dear as each other go round the ranks, from the last one on
    gate.waits = ranks;
    gate.opens = 4 * ranks - 1;
    snprintf(gate.path, sizeof gate.path, "/tmp/plx-gate-%d", (int)getppid());
    for (size_t t = 0; t < 4 * ranks; t++)
        add(&gated, t, t + 1, &gate);
    EXPECT_EQ(PLX_OK, run());
    if (team.root()) {
        EXPECT_EQ(4 * ranks, seen.arrived.size());
        for (const std::vector<unsigned char> &room : rooms)
            EXPECT_EQ(std::vector<unsigned char>(1 << 21, 1), bytes(room));
        remove(gate.path);
    }
}
