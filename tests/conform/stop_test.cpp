// SPDX-License-Identifier: MIT
// Calls that are stopped, under every model: at random items, by a token or a deadline. What was
// done is right and counted, what was not is counted too, and nobody waits for it.
#include "suite.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <random>
#include <thread>

static plx_stop *token;
static plx_stop_level level;
static std::atomic<size_t> asks_at; // this item asks to stop
static std::atomic<bool> polls;
static std::atomic<size_t> began;

// out = i * 3 + 1; items of 1 mod 5 fail. A block that is told to stop is left as it is.
static void stopping_map(const plx_block *b)
{
    auto *out = static_cast<uint64_t *>(b->out);
    for (size_t i = b->lo; i < b->hi; i++) {
        began++;
        if (i == asks_at && token)
            plx_stop_ask(token, level);
        if (polls && plx_stopped(b))
            return;
        out[i - b->lo] = i * 3 + 1;
        if (i % 5 == 1)
            plx_fail(b, i, 4, "one of five");
    }
}

static void stopping_fold(const plx_block *b, void *acc)
{
    for (size_t i = b->lo; i < b->hi; i++) {
        if (i == asks_at && token)
            plx_stop_ask(token, level);
        if (polls && plx_stopped(b))
            return;
        *static_cast<uint64_t *>(acc) += i;
    }
}

static plx_kernel make(bool fold)
{
    plx_kernel k{};
    k.size = sizeof k;
    k.name = fold ? "stops_sum" : "stops";
    k.about = "asks to stop at an item";
    k.out_size = fold ? 0 : sizeof(uint64_t);
    k.acc_size = fold ? sizeof(uint64_t) : 0;
    if (!fold) {
        k.map = stopping_map;
        return k;
    }
    k.fold = stopping_fold;
    k.combine = [](void *left, const void *right, const void *) {
        *static_cast<uint64_t *>(left) += *static_cast<const uint64_t *>(right);
    };
    return k;
}
static const plx_kernel stops = make(false), stops_sum = make(true);

class Stopped : public Law
{
  protected:
    static constexpr size_t n = 400;
    void SetUp() override
    {
        policy.stop = &stop;
        job.n = n;
        job.kernel = &stops;
        job.keep_going = true;
        job.policy = &policy;
        job.out = out.data();
        job.failures = failures.data();
        job.failures_cap = n;
        set(SIZE_MAX, PLX_DRAIN, false);
    }
    void TearDown() override
    {
        token = nullptr;
    }
    void set(size_t item, plx_stop_level asked, bool poll)
    {
        stop = plx_stop{};
        token = &stop;
        asks_at = item;
        level = asked;
        polls = poll;
        began = 0;
        out.assign(n, 77);
    }
    void at_random_items(int rounds, const std::function<plx_status()> &body);
    size_t right() const
    {
        size_t right = 0;
        for (size_t i = 0; i < out.size(); i++)
            right += out[i] == i * 3 + 1;
        return right;
    }
    void check_failures(size_t most) const;
    void check_tasks(size_t ended, size_t joined, plx_status status) const;
    bool alone() const
    {
        return plx_team_ranks(team) == 1;
    }
    plx_stop stop{};
    plx_policy policy{};
    plx_job job{};
    plx_report report{};
    std::vector<uint64_t> out = std::vector<uint64_t>(n);
    std::vector<plx_failure> failures = std::vector<plx_failure>(n);
};
EVERY_MODEL(Stopped);

// Over a random plan; the body says what the call was.
void Stopped::at_random_items(int rounds, const std::function<plx_status()> &body)
{
    std::mt19937 random(42);
    for (int round = 0; round < rounds; round++) {
        const size_t grains[] = {1, 3, 50};
        job.grain = grains[random() % 3];
        job.schedule = plx_schedule(random() % 3);
        set(random() % n, random() % 2 ? PLX_DRAIN : PLX_QUIT, random() % 2);
        plx_status status = body();
        EXPECT_EQ(report.n, report.done + report.failed + report.not_run);
        EXPECT_EQ(report.not_run ? PLX_STOPPED : status, status) << round;
        EXPECT_STREQ(status == PLX_STOPPED ? "stopped on request" : "", report.why);
    }
}

void Stopped::check_failures(size_t most) const
{
    EXPECT_EQ(report.failed, report.failures);
    EXPECT_LE(report.failed, most);
    for (size_t f = 0; f < report.failures; f++) {
        EXPECT_EQ(1u, failures[f].item % 5);
        if (f)
            EXPECT_LT(failures[f - 1].item, failures[f].item);
    }
}

// A task's ten items are written whole, a fold's sum in the first of them.
void Stopped::check_tasks(size_t ended, size_t joined, plx_status status) const
{
    size_t whole = 0;
    for (size_t t = 0; t < n / 10; t++) {
        size_t sum = 0, good = 0;
        for (size_t i = 10 * t; i < 10 * t + 10; i++) {
            sum += i;
            good += out[i] == i * 3 + 1;
        }
        whole += t % 2 ? good == 10 : out[10 * t] == sum;
    }
    if (team.root() && alone()) {
        EXPECT_EQ(report.done, whole);
        EXPECT_EQ(report.done, ended);
        EXPECT_EQ(status == PLX_STOPPED ? 0 : report.done, joined);
    }
}

TEST_P(Stopped, AMapAtRandomItems)
{
    at_random_items(60, [&] {
        plx_status status = plx_map(team, &job, &report);
        check_failures(n / 5);
        bool partial =
            level == PLX_QUIT && polls && job.grain > 1; // blocks with some items written
        if (team.root() && (alone() || status == PLX_OK || status == PLX_ITEM_FAILED)) {
            EXPECT_LE(report.done, right());
            if (!partial)
                EXPECT_EQ(report.done, right());
        }
        return status;
    });
}

// One worker: all before it in its block and nothing behind that.
TEST_P(Stopped, WithOneWorkerTheBlockIsTheLast)
{
    if (plx_team_threads(team) * plx_team_ranks(team) > 1)
        GTEST_SKIP() << "needs one worker";
    job.grain = 10;
    for (bool poll : {false, true})
        for (plx_stop_level asked : {PLX_DRAIN, PLX_QUIT}) {
            set(123, asked, poll);
            bool cut = poll && asked == PLX_QUIT;
            EXPECT_EQ(PLX_STOPPED, plx_map(team, &job, &report));
            EXPECT_EQ(cut ? 96u : 104u, report.done);
            EXPECT_EQ(cut ? 25u : 26u, report.failed); // 121 failed before its block was told
            EXPECT_EQ(n - (cut ? 121 : 130), report.not_run);
        }
}

TEST_P(Stopped, TooLateIsNotTold)
{
    job.kernel = &stops_sum;
    job.grain = 1;
    job.keep_going = false;
    set(SIZE_MAX, PLX_DRAIN, false);
    EXPECT_EQ(PLX_OK, plx_reduce(team, &job, &report));
    plx_stop_ask(&stop, PLX_QUIT);
    job.n = 0;
    EXPECT_EQ(PLX_OK, plx_reduce(team, &job, &report)) << "nothing was left to be done";
    EXPECT_STREQ("", report.why);
}

TEST_P(Stopped, BeforeTheCallNothingBegins)
{
    for (plx_stop_level asked : {PLX_DRAIN, PLX_QUIT}) {
        set(SIZE_MAX, asked, false);
        plx_stop_ask(&stop, asked);
        EXPECT_EQ(PLX_STOPPED, plx_map(team, &job, &report));
        EXPECT_EQ(n, report.not_run);
        EXPECT_EQ(0u, began);
    }
}

TEST_P(Stopped, AReduceLeavesOutUntouched)
{
    job.kernel = &stops_sum;
    at_random_items(30, [&] {
        plx_status status = plx_reduce(team, &job, &report);
        EXPECT_EQ(status == PLX_OK ? n * (n - 1) / 2 : 77, out[0]);
        EXPECT_EQ(0u, report.failed);
        return status;
    });
}

TEST_P(Stopped, AFanAtRandomTasks)
{
    std::vector<plx_task> tasks(n / 10);
    std::atomic<size_t> ended{0}, joined{0};
    plx_join join{};
    join.join = [](void *, size_t, const plx_task *, void *user) {
        ++*static_cast<std::atomic<size_t> **>(user)[1];
    };
    join.arrived = [](size_t, const plx_task *, plx_status status, void *user) {
        *static_cast<std::atomic<size_t> **>(user)[0] += status == PLX_OK;
    };
    std::atomic<size_t> *counters[] = {&ended, &joined};
    join.user = counters;
    for (size_t t = 0; t < tasks.size(); t++) {
        tasks[t].kernel = t % 2 ? &stops : &stops_sum;
        tasks[t].lo = 10 * t;
        tasks[t].hi = 10 * t + 10;
        tasks[t].out = &out[10 * t];
    }
    job.kernel = nullptr;
    job.n = tasks.size();
    at_random_items(30, [&] {
        ended = joined = 0;
        plx_status status = plx_fan(team, &job, tasks.data(), &join, &report);
        check_tasks(ended, joined, status);
        return status;
    });
}

// Source and sink of a stream of n items, or without end.
struct Flow {
    size_t given = 0, sunk = 0, n = 0;
    bool in_order = true;
    static plx_status give(void *user, size_t want, void *, size_t *, size_t *got)
    {
        auto *f = static_cast<Flow *>(user);
        *got = std::min(want, f->n - f->given);
        f->given += *got;
        return PLX_OK;
    }
    static plx_status take(void *user, size_t first, size_t n, const void *, const plx_failure *,
                           size_t)
    {
        auto *f = static_cast<Flow *>(user);
        f->in_order = f->in_order && first == f->sunk;
        f->sunk += n;
        return PLX_OK;
    }
};

TEST_P(Stopped, AStreamDrainsOrEnds)
{
    job.batch = 4;
    job.n = 0;
    at_random_items(30, [&] {
        Flow flow;
        flow.n = SIZE_MAX; // only the stop ends it
        plx_stream stream{};
        stream.source = Flow::give;
        stream.sink = Flow::take;
        stream.user = &flow;
        plx_status status = plx_batch(team, &job, &stream, &report);
        EXPECT_EQ(PLX_STOPPED, status);
        if (team.root()) {
            EXPECT_TRUE(flow.in_order);
            EXPECT_EQ(flow.sunk, report.done + report.failed);
            EXPECT_GE(flow.given, flow.sunk);
            if (level == PLX_DRAIN && alone())
                EXPECT_EQ(flow.given, flow.sunk) << "what the source gave is ended";
        }
        return status;
    });
}

// A kernel that never ends on its own, under a deadline of the machine's clock.
TEST_P(Stopped, ADeadlineIsToldToWhoeverAsks)
{
    static const plx_kernel endless = [] {
        plx_kernel k = make(false);
        k.name = "endless";
        k.map = [](const plx_block *b) {
            began++;
            while (!plx_stopped(b))
                std::this_thread::yield();
        };
        return k;
    }();
    policy.stop = nullptr;
    policy.deadline_s = 0.02;
    job.kernel = &endless;
    EXPECT_EQ(PLX_STOPPED, plx_map(team, &job, &report));
    EXPECT_STREQ("stopped by the deadline of 0.02 s", report.why);
    EXPECT_EQ(0u, report.done);
    EXPECT_EQ(n, report.not_run);
    EXPECT_LE(began, (size_t)plx_team_threads(team));
}

// Told on the calling thread, in rising order, and once more with what the report says.
TEST_P(Stopped, ProgressEndsWithTheCountsOfTheReport)
{
    struct Seen {
        std::thread::id thread;
        plx_progress last{};
        size_t calls = 0, wrong = 0;
    } seen;
    seen.thread = std::this_thread::get_id();
    policy.progress = [](void *user, const plx_progress *p) {
        auto *s = static_cast<Seen *>(user);
        s->calls++;
        s->wrong += s->thread != std::this_thread::get_id() || p->n != n ||
                    p->done + p->failed < s->last.done + s->last.failed;
        s->last = *p;
    };
    policy.progress_user = &seen;
    policy.every_s = 1e-9;
    job.grain = 2;
    for (size_t item : {size_t{77}, size_t{SIZE_MAX}}) {
        seen.calls = 0;
        seen.last = plx_progress{};
        set(item, PLX_DRAIN, false);
        plx_status status = plx_map(team, &job, &report);
        EXPECT_EQ(report.not_run ? PLX_STOPPED : PLX_ITEM_FAILED, status);
        if (!team.root())
            continue;
        EXPECT_GE(seen.calls, 1u);
        EXPECT_EQ(0u, seen.wrong);
        EXPECT_EQ(report.done, seen.last.done);
        EXPECT_EQ(report.failed, seen.last.failed);
    }
}
