// SPDX-License-Identifier: MIT
// plx_scope: every task once, its bytes those of a fan, in the order of the priorities; tiny, large
// and bad ones.
#include "tasks.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <random>
#include <thread>

class Task : public TaskLaw
{
};
EVERY_MODEL(Task);

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
            Seeded seed{i};
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
        got.push_back(plx_then(t, f, [](void *, const plx_end *) {}, nullptr));
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

TEST_P(Task, IsOfferedAsPriorityToo)
{
    const char *why;
    EXPECT_TRUE(plx_offers(GetParam().model.c_str(), PLX_TASK, &why)) << why;
    EXPECT_TRUE(plx_offers(GetParam().model.c_str(), PLX_PRIORITY, &why)) << why;
}
