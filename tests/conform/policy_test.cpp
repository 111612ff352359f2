// SPDX-License-Identifier: MIT
// How one item runs, under every model and any number of workers. Each thread has a clock of its
// own that only its kernel and its waits move, so no time-out here depends on the machine.
#include "suite.hpp"

#include <atomic>
#include <cmath>
#include <limits>
#include <thread>

static thread_local double now_s; // never backwards, for each worker its own
static std::atomic<int> tried[2048];
static std::atomic<int> in_use[3], in_use_now, most_in_use;

static const plx_clock own_clock = {
    [](void *) { return now_s; },
    [](void *, double until) {
        now_s = until > now_s ? until : now_s;
        std::this_thread::yield(); // who has the resource may want the core
    },
    nullptr,
};

// Item i by i % 6: 0 ends at once; 1 fails twice; 2 always fails; 3 waits until it is told to stop
// once, then ends; 4 never asks and takes 5 s; 5 fails with a code of its own and then takes 5 s.
static void odd_item(const plx_block *b)
{
    size_t i = b->lo;
    int t = ++tried[i % 2048];
    EXPECT_EQ(b->hi, i + 1);
    switch (i % 6) {
    case 1:
        if (t <= 2)
            plx_fail(b, i, 11, "one of two");
        break;
    case 2:
        plx_fail(b, i, 12, "always");
        return;
    case 3:
        while (t == 1 && !plx_stopped(b))
            now_s += 0.25;
        break;
    case 4:
        now_s += 5;
        break;
    case 5:
        plx_fail(b, i, 15, "slowly");
        now_s += 5;
        return;
    }
    if (i % 6 != 1 || t > 2)
        *static_cast<uint64_t *>(b->out) = i * 3 + 1;
}

static plx_kernel make(const char *name, void (*map)(const plx_block *))
{
    plx_kernel k{};
    k.size = sizeof k;
    k.name = name;
    k.about = "a kernel of the policy tests";
    k.out_size = sizeof(uint64_t);
    k.map = map;
    return k;
}
static const plx_kernel odd = make("odd", odd_item);

class Policy : public Law
{
  protected:
    static constexpr size_t n = 300;
    void SetUp() override
    {
        now_s = 0;
        for (auto &t : tried)
            t = 0;
        policy.clock = &own_clock;
        job.kernel = &odd;
        job.n = n;
        job.keep_going = true;
        job.policy = &policy;
        job.out = out.data();
        job.failures = failures.data();
        job.failures_cap = failures.size();
    }
    plx_status map()
    {
        for (auto &t : tried)
            t = 0;
        out.assign(n, 77);
        return plx_map(team, &job, &report);
    }
    plx_status refused(const char *why)
    {
        plx_status status = map();
        EXPECT_STREQ(why, report.why);
        EXPECT_EQ(report.n, report.not_run);
        return status;
    }
    plx_policy policy{};
    plx_job job{};
    plx_report report{};
    std::vector<uint64_t> out = std::vector<uint64_t>(n);
    std::vector<plx_failure> failures = std::vector<plx_failure>(n);
};
EVERY_MODEL(Policy);

// After three tries with a time-out of 2 s items 2, 4 and 5 have failed, each for its own reason.
TEST_P(Policy, EveryItemEndsAsItsTriesDo)
{
    policy.timeout_s = 2;
    policy.retries = 2;
    policy.backoff_s = 0.01;
    policy.jitter = 0.5;
    for (plx_schedule schedule : {PLX_GUIDED, PLX_STATIC, PLX_DYNAMIC})
        for (size_t grain : {size_t{0}, size_t{1}, size_t{7}}) {
            job.schedule = schedule;
            job.grain = grain;
            EXPECT_EQ(PLX_ITEM_FAILED, map());
            EXPECT_EQ(n / 2, report.failed);
            EXPECT_EQ(n / 2, report.done);
            EXPECT_EQ(n / 2, report.failures);
            for (size_t f = 0, i = 0; i < n && report.failures == n / 2; i++) {
                bool fails = i % 6 == 2 || i % 6 >= 4;
                if (team.root())
                    EXPECT_EQ(fails ? 0 : i * 3 + 1, out[i]) << i;
                if (!fails)
                    continue;
                EXPECT_EQ(i, failures[f].item);
                EXPECT_EQ(3, failures[f].tries);
                EXPECT_EQ(i % 6 == 2 ? 12 : PLX_CODE_TIMED_OUT, failures[f].code);
                EXPECT_STREQ(i % 6 == 2 ? "always" : "took 5 s, the time-out is 2 s",
                             failures[f].why);
                f++;
            }
        }
}

TEST_P(Policy, TheLowestItemThatFailsItsLastTryIsTheAnswer)
{
    policy.timeout_s = 2;
    policy.retries = 2;
    job.keep_going = false;
    EXPECT_EQ(PLX_ITEM_FAILED, map());
    EXPECT_EQ(2u, report.done);
    EXPECT_EQ(1u, report.failed);
    EXPECT_EQ(n - 3, report.not_run);
    EXPECT_EQ(2u, failures[0].item);
    EXPECT_EQ(3, failures[0].tries);
    policy.retries = 0;
    EXPECT_EQ(PLX_ITEM_FAILED, map());
    EXPECT_EQ(1u, failures[0].item);
    EXPECT_EQ(1, failures[0].tries);
    EXPECT_STREQ("one of two", failures[0].why);
}

TEST_P(Policy, OnlyListedCodesAreTriedAgain)
{
    const int codes[] = {15, 11};
    policy.retries = 4;
    policy.retry_codes = codes;
    policy.retry_codes_n = 2;
    job.kernel = &odd;
    job.n = 3;
    EXPECT_EQ(PLX_ITEM_FAILED, map());
    EXPECT_EQ(2u, report.done);
    EXPECT_EQ(2u, failures[0].item);
    EXPECT_EQ(1, failures[0].tries);
}

TEST_P(Policy, WhatFailedItsLastTryGetsTheFallback)
{
    const uint64_t instead = 0xABCDEF;
    policy.timeout_s = 2;
    policy.retries = 1;
    policy.fallback = &instead;
    EXPECT_EQ(PLX_OK, map());
    EXPECT_EQ(n, report.done);
    EXPECT_EQ(0u, report.failures);
    for (size_t i = 0; i < n && team.root(); i++)
        EXPECT_EQ(i % 6 == 0 || i % 6 == 3 ? i * 3 + 1 : instead, out[i]) << i;
}

// A fan's item is the whole task: it is told, tried again and falls back as one.
TEST_P(Policy, ATaskIsOneItem)
{
    static const plx_kernel slow = make("slow_task", [](const plx_block *b) {
        int t = ++tried[b->lo / 10];
        for (size_t i = b->lo; i < b->hi; i++) {
            if (b->lo / 10 % 3 == 1 && t == 1)
                while (!plx_stopped(b))
                    now_s += 0.25;
            static_cast<uint64_t *>(b->out)[i - b->lo] = i + 5;
            if (b->lo / 10 % 3 == 2 && i % 10 == 7)
                plx_fail(b, i, 9, "seven");
        }
    });
    const uint64_t instead = 99;
    const size_t tasks_n = n / 10;
    std::vector<plx_task> tasks(tasks_n);
    for (size_t t = 0; t < tasks_n; t++) {
        tasks[t].kernel = &slow;
        tasks[t].lo = 10 * t;
        tasks[t].hi = 10 * t + 10;
        tasks[t].out = &out[10 * t];
    }
    policy.timeout_s = 2;
    policy.retries = 1;
    job.kernel = nullptr;
    job.n = tasks_n;
    for (bool falls : {false, true}) {
        SetUp();
        out.assign(n, 77);
        job.kernel = nullptr;
        job.n = tasks_n;
        policy.fallback = falls ? &instead : nullptr;
        plx_status status = plx_fan(team, &job, tasks.data(), nullptr, &report);
        EXPECT_EQ(falls ? PLX_OK : PLX_ITEM_FAILED, status);
        EXPECT_EQ(falls ? 0 : tasks_n / 3, report.failed);
        EXPECT_EQ(tasks_n, report.done + report.failed);
        for (size_t f = 0; f < report.failures; f++) {
            EXPECT_EQ(3 * f + 2, failures[f].item);
            EXPECT_EQ(2, failures[f].tries);
            EXPECT_EQ(9, failures[f].code);
        }
        for (size_t i = 0; i < n && team.root(); i++)
            if (i / 10 % 3 != 2 || falls)
                EXPECT_EQ(i / 10 % 3 == 2 ? instead : i + 5, out[i]) << i;
    }
}

// Two handles: each is held by one try at a time, and at hand again whatever became of the tries.
TEST_P(Policy, ResourcesAreSharedAndAlwaysGivenBack)
{
    static const plx_kernel user = make("uses", [](const plx_block *b) {
        auto *mine = static_cast<std::atomic<int> *>(plx_resource(b));
        int now = ++in_use_now, most = most_in_use;
        while (now > most && !most_in_use.compare_exchange_weak(most, now)) {
        }
        EXPECT_EQ(1, ++*mine);
        if (b->lo % 4 == 3)
            plx_fail(b, b->lo, 3, "three");
        while (b->lo % 5 == 4 && !plx_stopped(b))
            now_s += 0.5;
        if (b->lo % 8 == 0)
            std::this_thread::yield();
        --*mine;
        --in_use_now;
        *static_cast<uint64_t *>(b->out) = b->lo;
    });
    void *handles[] = {&in_use[0], &in_use[1]}, *got[2];
    plx_resources *two;
    ASSERT_EQ(PLX_OK, plx_resources_open(handles, 2, &two));
    policy.resources = two;
    policy.retries = 1;
    plx_stop stop{};
    for (bool stops : {false, true}) {
        most_in_use = 0;
        policy.timeout_s = 1;
        policy.stop = &stop;
        if (stops)
            plx_stop_ask(&stop, PLX_QUIT);
        job.kernel = &user;
        EXPECT_EQ(stops ? PLX_STOPPED : PLX_ITEM_FAILED, map());
        EXPECT_EQ(n, report.done + report.failed + report.not_run);
        EXPECT_LE(most_in_use, 2);
        EXPECT_EQ(PLX_OK, plx_resources_take(two, 0, &got[0]));
        EXPECT_EQ(PLX_OK, plx_resources_take(two, 0, &got[1]));
        EXPECT_NE(got[0], got[1]);
        plx_resources_give(two, got[0]);
        plx_resources_give(two, got[1]);
    }
    plx_resources_close(two);
}

// By the machine's clock, which bounds it from below only.
TEST_P(Policy, TheRateIsNotExceeded)
{
    static const plx_kernel quick = make("quick", [](const plx_block *b) {
        if (++tried[b->lo] == 1 && b->lo % 3 == 0)
            plx_fail(b, b->lo, 1, "at first");
    });
    policy.clock = nullptr;
    policy.rate = 1000;
    policy.burst = 10;
    policy.retries = 1;
    job.n = 60;
    job.kernel = &quick;
    EXPECT_EQ(PLX_OK, map());
    double tries = 0;
    for (auto &t : tried)
        tries += t;
    if (plx_team_ranks(team) > 1) // each has its part of them
        return;
    EXPECT_EQ(80, tries);
    EXPECT_GE(report.elapsed_s, (tries - 10) / 1000);
}

TEST_P(Policy, TheGrainIsOneItemUntilTheyAreMany)
{
    policy.retries = 1;
    for (size_t items : {size_t{1}, size_t{65536}, size_t{65537}, size_t{1000000}}) {
        job.n = items;
        EXPECT_EQ((items + 65535) / 65536, plx_grain(&job));
    }
    job.grain = 17;
    EXPECT_EQ(17u, plx_grain(&job));
}

TEST_P(Policy, BadOnesAreRefusedInWords)
{
    const double nan = std::numeric_limits<double>::quiet_NaN();
    auto with = [&](double plx_policy::*field, double value) {
        policy = plx_policy{};
        policy.*field = value;
    };
    with(&plx_policy::timeout_s, -1);
    EXPECT_EQ(PLX_BAD_JOB, refused("policy's timeout_s is -1: from 0 on"));
    with(&plx_policy::backoff_s, nan);
    EXPECT_EQ(PLX_BAD_JOB, refused("policy's backoff_s is nan: from 0 on"));
    with(&plx_policy::jitter, 1.5);
    EXPECT_EQ(PLX_BAD_JOB, refused("policy's jitter is 1.5: from 0 to 1"));
    with(&plx_policy::burst, 0.5);
    EXPECT_EQ(PLX_BAD_JOB, refused("policy's burst is below 1: no item could ever begin"));
    policy = plx_policy{};
    policy.retries = -2;
    EXPECT_EQ(PLX_BAD_JOB, refused("policy's retries is -2: from 0 on"));
    policy = plx_policy{};
    policy.retry_codes_n = 1;
    EXPECT_EQ(PLX_BAD_JOB, refused("policy's retry_codes and retry_codes_n do not go together"));
    policy = plx_policy{};
    plx_clock none{};
    policy.clock = &none;
    EXPECT_EQ(PLX_BAD_JOB, refused("policy's clock has no now or no sleep"));
    policy = plx_policy{};
    policy.rate = 5;
    job.kernel = &affine;
    EXPECT_EQ(PLX_BAD_JOB, plx_reduce(team, &job, &report));
    EXPECT_STREQ("policy's rate: a reduce knows deadline, stop and progress only", report.why);
    EXPECT_EQ(PLX_BAD_JOB, plx_scan(team, &job, &report));
    policy = plx_policy{};
    policy.fallback = &none;
    plx_task task{};
    task.kernel = &affine;
    task.hi = 5;
    task.out = out.data();
    job.n = 1;
    EXPECT_EQ(PLX_BAD_JOB, plx_fan(team, &job, &task, nullptr, &report));
    EXPECT_STREQ("policy's fallback: the kernel folds", report.why);
}
