// SPDX-License-Identifier: MIT
// Tasks that do not just end well: failures in every position, more tries, time-outs, cancelling,
// stops.
#include "tasks.hpp"

#include <atomic>

class TaskEnd : public TaskLaw
{
};
EVERY_MODEL(TaskEnd);

TEST_P(TaskEnd, AFailureInEachPosition)
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

TEST_P(TaskEnd, ARefusalFailsItsTask)
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

TEST_P(TaskEnd, DetachedOnesFailIntoTheReport)
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

TEST_P(TaskEnd, TriedAgainUntilItSucceeds)
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

TEST_P(TaskEnd, ATimeOutFailsOrFallsBack)
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

TEST_P(TaskEnd, CancelledBeforeTheyBegan)
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

TEST_P(TaskEnd, StoppedHalfWay)
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
TEST_P(TaskEnd, AStopAfterTheLastTaskIsNotTold)
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
TEST_P(TaskEnd, AKernelIsToldToStop)
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
