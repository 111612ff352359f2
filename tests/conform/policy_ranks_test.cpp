// SPDX-License-Identifier: MIT
// Policies where they meet ranks: whose numbers and pointers count, how far a stop reaches, counts
// and progress over all ranks. What a policy does to one item is policy_test.cpp's.
#include "suite.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

// What the kernels of this process did; one call at a time.
static std::atomic<size_t> ran, in_use, most_in_use;
static std::atomic<int> tries[4096];
static std::atomic<int> sleep_us;

static void reset(int us = 0)
{
    ran = in_use = most_in_use = 0;
    for (std::atomic<int> &t : tries)
        t = 0;
    sleep_us = us;
}

struct Flaws {
    uint64_t every, for_tries, code; // items of 3 mod every fail so often; every 0: none
};

// Fails by its number of tries; without flaws it is quick, or sleeps and then looks at the clock.
static bool fails_now(const plx_block *b, size_t i)
{
    auto *flaws = static_cast<const Flaws *>(b->ctx);
    int tried = ++tries[i % 4096];
    ran++;
    if (int us = sleep_us)
        std::this_thread::sleep_for(std::chrono::microseconds(us));
    if (!flaws->every || i % flaws->every != 3 || (uint64_t)tried > flaws->for_tries)
        return false;
    plx_fail(b, i, (int)flaws->code, "not yet");
    return true;
}

static plx_kernel make_flaky()
{
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "flaky";
    k.out_size = k.acc_size = sizeof(uint64_t);
    k.ctx_size = sizeof(Flaws);
    k.map = [](const plx_block *b) {
        for (size_t i = b->lo; i < b->hi && !plx_stopped(b); i++)
            if (!fails_now(b, i))
                static_cast<uint64_t *>(b->out)[i - b->lo] = i * 3 + 1;
    };
    k.fold = [](const plx_block *b, void *acc) {
        for (size_t i = b->lo; i < b->hi && !plx_stopped(b); i++)
            if (!fails_now(b, i))
                *static_cast<uint64_t *>(acc) += i;
    };
    k.combine = [](void *left, const void *right, const void *) {
        *static_cast<uint64_t *>(left) += *static_cast<const uint64_t *>(right);
    };
    return k;
}
static const plx_kernel flaky = make_flaky();
static const plx_kernel flaky_map = [] {
    plx_kernel k = flaky;
    k.fold = nullptr;
    k.acc_size = 0;
    return k;
}();

static const plx_pattern patterns[] = {PLX_MAP, PLX_REDUCE, PLX_SCAN, PLX_FAN, PLX_BATCH};
static const plx_schedule schedules[] = {PLX_GUIDED, PLX_STATIC, PLX_DYNAMIC};

// A task of one item for each of a map's, whose out is rank 0's.
static plx_status run_fan(plx_team *team, plx_job job, uint64_t *out, plx_report *report)
{
    std::vector<plx_task> tasks(job.n);
    for (size_t i = 0; i < job.n; i++) {
        tasks[i].kernel = &flaky_map;
        tasks[i].lo = i;
        tasks[i].hi = i + 1;
        tasks[i].ctx = job.ctx;
        tasks[i].out = out ? out + i : nullptr;
    }
    job.kernel = nullptr;
    return plx_fan(team, &job, tasks.data(), nullptr, report);
}

// As many items, in batches; what comes out is not looked at.
static plx_status run_batch(plx_team *team, plx_job job, plx_report *report)
{
    size_t left = job.n;
    plx_stream stream{};
    stream.source = [](void *user, size_t want, void *, size_t *, size_t *got) {
        auto *rest = static_cast<size_t *>(user);
        *got = std::min(*rest, want);
        *rest -= *got;
        return PLX_OK;
    };
    stream.user = &left;
    job.batch = 20;
    job.kernel = &flaky_map;
    return plx_batch(team, &job, &stream, report);
}

// By the library's own reduce, of one item of each rank's own.
static uint64_t sum_over(plx_team *team, int ranks, uint64_t mine)
{
    static const plx_kernel adds = [] {
        plx_kernel k{};
        k.size = sizeof k;
        k.name = "adds";
        k.in_size = k.acc_size = sizeof(uint64_t);
        k.fold = [](const plx_block *b, void *acc) {
            for (size_t i = 0; i < b->hi - b->lo; i++)
                *static_cast<uint64_t *>(acc) += static_cast<const uint64_t *>(b->in)[i];
        };
        k.combine = [](void *left, const void *right, const void *) {
            *static_cast<uint64_t *>(left) += *static_cast<const uint64_t *>(right);
        };
        return k;
    }();
    uint64_t all = 0;
    plx_job job{};
    job.kernel = &adds;
    job.n = (size_t)ranks;
    job.grain = 1;
    job.where = PLX_LOCAL;
    job.in = &mine;
    job.out = &all;
    EXPECT_EQ(PLX_OK, plx_reduce(team, &job, nullptr));
    return all;
}

class PolicyRanks : public Law
{
  protected:
    static constexpr size_t n = 1400;
    void SetUp() override
    {
        rank = plx_team_rank(team);
        ranks = plx_team_ranks(team);
        job = plx_job{};
        job.kernel = &flaky;
        job.n = n;
        job.ctx = &flaws;
        job.grain = 5;
        job.policy = &policy;
        job.out = out.data();
        job.failures = failures;
        job.failures_cap = 8;
    }
    void call(plx_pattern pattern)
    {
        out.assign(n, 77);
        switch (pattern) {
        case PLX_MAP:
            status = plx_map(team, &job, &report);
            break;
        case PLX_REDUCE:
            status = plx_reduce(team, &job, &report);
            break;
        case PLX_SCAN:
            status = plx_scan(team, &job, &report);
            break;
        case PLX_FAN:
            status = run_fan(team, job, team.root() ? out.data() : nullptr, &report);
            break;
        default:
            status = run_batch(team, job, &report);
            break;
        }
        if (pattern != PLX_BATCH)
            EXPECT_EQ(n, report.n);
        EXPECT_EQ(report.n, report.done + report.failed + report.not_run);
    }
    uint64_t sum(uint64_t mine)
    {
        return sum_over(team, ranks, mine);
    }
    int rank, ranks;
    Flaws flaws{0, 0, 0};
    std::vector<uint64_t> out = std::vector<uint64_t>(n);
    plx_failure failures[8];
    plx_policy policy{};
    plx_job job;
    plx_status status;
    plx_report report;
};

// Every model, with the numbers of threads that tell it from the others.
static std::vector<Setting> few()
{
    std::vector<Setting> all;
    for (const Setting &s : settings())
        if (s.threads == (s.model == "serial" || s.model == "mpi" ? 1 : 2))
            all.push_back(s);
    return all;
}
INSTANTIATE_TEST_SUITE_P(Models, PolicyRanks, ::testing::ValuesIn(few()), setting_name);

// Who runs what hangs on the schedule in map and reduce alone.
static bool is_new(plx_pattern pattern, plx_schedule schedule)
{
    return schedule == PLX_GUIDED || pattern == PLX_MAP || pattern == PLX_REDUCE;
}

// A token that only one rank knows, or all: whoever has it begins nothing, the others may.
TEST_P(PolicyRanks, AStopOnAnyRankIsEverybodys)
{
    for (plx_pattern pattern : patterns)
        for (plx_schedule schedule : schedules)
            for (int who : {0, ranks - 1, -1}) {
                if (!is_new(pattern, schedule))
                    continue;
                plx_stop stop{};
                plx_stop_ask(&stop, who % 2 ? PLX_DRAIN : PLX_QUIT);
                policy.stop = who == rank || who < 0 ? &stop : nullptr;
                job.policy = policy.stop ? &policy : nullptr;
                job.schedule = schedule;
                reset();
                call(pattern);
                std::string what = std::string(plx_pattern_name(pattern)) + " schedule " +
                                   std::to_string(schedule) + " on " + std::to_string(who);
                uint64_t all = sum(ran), its = sum(rank == who ? ran.load() : 0);
                EXPECT_EQ(0u, report.failed) << what;
                if (pattern == PLX_BATCH && who > 0 && status == PLX_OK) {
                    EXPECT_EQ(n, all) << what;
                    EXPECT_EQ(0u, its) << "it had a batch, and told nobody: " << what;
                    continue;
                }
                EXPECT_EQ(PLX_STOPPED, status) << what;
                EXPECT_STREQ("stopped on request", report.why) << what;
                if (pattern == PLX_MAP || pattern == PLX_REDUCE || pattern == PLX_FAN)
                    EXPECT_EQ(all, report.done) << what;
                if (pattern != PLX_BATCH)
                    EXPECT_GT(n, report.done) << what;
                if (who < 0)
                    EXPECT_EQ(0u, report.done) << what;
                if (pattern == PLX_REDUCE)
                    EXPECT_EQ(77u, out[0]) << what;
            }
}

// With shares, those of the others are all run: what the last rank has is what is left.
TEST_P(PolicyRanks, WithSharesTheOthersEndTheirs)
{
    plx_stop stop{};
    plx_stop_ask(&stop, PLX_DRAIN);
    policy.stop = rank == ranks - 1 ? &stop : nullptr;
    job.schedule = PLX_STATIC;
    for (plx_where where : {PLX_ROOT, PLX_LOCAL}) {
        job.where = where;
        size_t lo, hi;
        EXPECT_EQ(PLX_OK, plx_share(team, &job, &lo, &hi));
        call(PLX_MAP);
        EXPECT_EQ(PLX_STOPPED, status);
        EXPECT_EQ(sum(rank == ranks - 1 ? 0 : hi - lo), report.done);
    }
}

// The number is rank 0's alone; 1,400 items of 2 ms take longer, on however many workers here.
TEST_P(PolicyRanks, TheDeadlineIsRankZeros)
{
    for (plx_pattern pattern : patterns)
        for (plx_schedule schedule : {PLX_GUIDED, PLX_STATIC}) {
            if (!is_new(pattern, schedule))
                continue;
            policy.deadline_s = team.root() ? 0.02 : 0;
            job.schedule = schedule;
            reset(2000);
            call(pattern);
            EXPECT_EQ(PLX_STOPPED, status) << plx_pattern_name(pattern);
            EXPECT_STREQ("stopped by the deadline of 0.02 s", report.why);
            if (pattern != PLX_BATCH)
                EXPECT_LT(0u, report.not_run);
        }
}

// Numbers and codes are rank 0's, bytes each rank's own; every item ends as with one worker.
TEST_P(PolicyRanks, TriesAndFallbackAsInOneProcess)
{
    const uint64_t instead = 4242;
    const int codes[] = {5, 7};
    for (plx_pattern pattern : {PLX_MAP, PLX_FAN, PLX_BATCH})
        for (plx_schedule schedule : schedules)
            for (bool again : {false, true})
                for (bool falls : {false, true}) {
                    if (!is_new(pattern, schedule))
                        continue;
                    flaws = {10, falls ? 9u : 2u, again ? 7u : 6u};
                    policy = plx_policy{};
                    policy.fallback = falls ? &instead : nullptr;
                    if (team.root()) {
                        policy.retries = 2;
                        policy.retry_codes = codes;
                        policy.retry_codes_n = 2;
                    }
                    job.schedule = schedule;
                    job.keep_going = true;
                    reset();
                    call(pattern);
                    size_t flawed = n / 10, failed = !falls && !again ? flawed : 0, wrong = 0;
                    EXPECT_EQ(failed ? PLX_ITEM_FAILED : PLX_OK, status) << report.why;
                    EXPECT_EQ(failed, report.failed);
                    EXPECT_EQ(sum(ran), n + (again ? 2 * flawed : 0));
                    for (size_t i = 0; i < report.failures; i++) {
                        EXPECT_EQ(3 + 10 * i, failures[i].item);
                        EXPECT_EQ(1, failures[i].tries);
                    }
                    for (size_t i = 0; i < n && team.root() && pattern != PLX_BATCH; i++)
                        if (i % 10 != 3 || falls || again)
                            wrong += out[i] != (i % 10 == 3 && falls ? instead : i * 3 + 1);
                    EXPECT_EQ(0u, wrong) << plx_pattern_name(pattern) << again << falls;
                }
}

TEST_P(PolicyRanks, AnItemIsTimedOutWhereverItRuns)
{
    policy.timeout_s = team.root() ? 0.001 : 0;
    job.n = 14;
    job.keep_going = true;
    job.failures_cap = 8;
    reset(2000);
    status = plx_map(team, &job, &report);
    EXPECT_EQ(PLX_ITEM_FAILED, status);
    EXPECT_EQ(14u, report.failed);
    for (size_t i = 0; i < report.failures; i++)
        EXPECT_EQ(PLX_CODE_TIMED_OUT, failures[i].code);
}

// What rank 0 has and one rank lacks: nobody runs anything, all hear who it is.
TEST_P(PolicyRanks, WhatARankLacksIsSaid)
{
    const uint64_t instead = 1;
    void *handles[] = {&flaws};
    plx_resources *resources = nullptr;
    ASSERT_EQ(PLX_OK, plx_resources_open(handles, 1, &resources));
    for (bool handle : {false, true}) {
        bool lacks = rank > 0 && rank == ranks - 1;
        policy = plx_policy{};
        policy.fallback = handle || lacks ? nullptr : &instead;
        policy.resources = !handle || lacks ? nullptr : resources;
        reset();
        call(PLX_MAP);
        EXPECT_EQ(ranks > 1 ? PLX_BAD_JOB : PLX_OK, status);
        if (ranks == 1)
            continue;
        EXPECT_EQ("rank " + std::to_string(ranks - 1) + ": policy's " +
                      (handle ? "resources" : "fallback") + " is missing, which rank 0 has",
                  report.why);
        EXPECT_EQ(0u, sum(ran));
    }
    plx_resources_close(resources);
}

// Two handles in each process, and never a third item there.
TEST_P(PolicyRanks, ResourcesAreEachRanksOwn)
{
    static const plx_kernel holds = [] {
        plx_kernel k{};
        k.size = sizeof k;
        k.name = "holds";
        k.out_size = sizeof(void *);
        k.map = [](const plx_block *b) {
            size_t used = ++in_use, most = most_in_use;
            while (used > most && !most_in_use.compare_exchange_weak(most, used)) {
            }
            *static_cast<void **>(b->out) = plx_resource(b);
            std::this_thread::sleep_for(std::chrono::microseconds(100));
            in_use--;
        };
        return k;
    }();
    void *handles[] = {&handles[0], &handles[1]};
    plx_resources *resources = nullptr;
    ASSERT_EQ(PLX_OK, plx_resources_open(handles, 2, &resources));
    policy.resources = resources;
    job.kernel = &holds;
    job.n = 60;
    reset();
    status = plx_map(team, &job, &report);
    EXPECT_EQ(PLX_OK, status);
    EXPECT_GE(2u, most_in_use.load());
    void *handle;
    EXPECT_EQ(PLX_OK, plx_resources_take(resources, 0, &handle));
    EXPECT_TRUE(handle == handles[0] || handle == handles[1]);
    plx_resources_give(resources, handle);
    plx_resources_close(resources);
}

// A clock that only sleeping moves: so many seconds must have passed for what ran here.
TEST_P(PolicyRanks, EachRankHasItsPartOfTheRate)
{
    static std::atomic<double> clock_s;
    clock_s = 0;
    plx_clock clock{};
    clock.now = [](void *) { return clock_s.load(); };
    clock.sleep = [](void *, double until) {
        double now = clock_s;
        while (now < until && !clock_s.compare_exchange_weak(now, until)) {
        }
    };
    policy.clock = &clock;
    policy.rate = team.root() ? 100 : 0;
    job.n = 140;
    for (plx_schedule schedule : schedules) {
        job.schedule = schedule;
        reset();
        double begun = clock_s;
        status = plx_map(team, &job, &report);
        EXPECT_EQ(PLX_OK, status);
        int computing = ranks - report.serving;
        if (ran > 1)
            EXPECT_LE(((double)ran - 1) * computing / 100, clock_s - begun + 1e-9);
        EXPECT_EQ(140u, sum(ran));
    }
}

struct Told {
    size_t calls = 0, falls = 0, most = 0, before_last = 0, last = 0, failed = 0;
    static void tell(void *user, const plx_progress *p)
    {
        Told *told = static_cast<Told *>(user);
        size_t ended = p->done + p->failed;
        told->calls++;
        told->falls += ended < told->last || p->n != 1400;
        told->before_last = told->last;
        told->last = ended;
        told->failed = p->failed;
    }
};

// The other ranks' items are in it before the call has ended, and all of them at its end.
TEST_P(PolicyRanks, ProgressIsOfAllRanksAndToldOnRankZero)
{
    for (plx_pattern pattern : patterns)
        for (plx_schedule schedule : schedules) {
            if (!is_new(pattern, schedule))
                continue;
            Told told;
            policy = plx_policy{};
            policy.progress = Told::tell;
            policy.progress_user = &told;
            policy.every_s = team.root() ? 1e-9 : 3600;
            flaws = {100, 1, 7};
            job.schedule = schedule;
            job.keep_going = true;
            reset();
            call(pattern);
            std::string what = plx_pattern_name(pattern);
            EXPECT_EQ(PLX_ITEM_FAILED, status) << what;
            if (!team.root()) {
                EXPECT_EQ(0u, told.calls) << what;
                continue;
            }
            EXPECT_EQ(0u, told.falls) << what;
            EXPECT_EQ(n, told.last) << what;
            EXPECT_EQ(report.failed, told.failed) << what;
            if (ranks > 1)
                EXPECT_EQ(n, told.before_last) << what << " schedule " << schedule;
        }
}
