// SPDX-License-Identifier: MIT
// How one item runs, on a virtual clock: random policies against a plain walk through the same
// tries, whose formula, bucket and random numbers are written here a second time.
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "plx/plx.h"

namespace
{

// Philox4x32-10 as the paper's tables have it: 32-bit words, high and low halves of products.
struct Words {
    uint32_t w[4];
};

Words philox(Words c, uint32_t k0, uint32_t k1)
{
    for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
        uint64_t a = uint64_t{c.w[0]} * 0xD2511F53u, b = uint64_t{c.w[2]} * 0xCD9E8D57u;
        c = {{uint32_t(b >> 32) ^ c.w[1] ^ k0, uint32_t(b), uint32_t(a >> 32) ^ c.w[3] ^ k1,
              uint32_t(a)}};
    }
    return c;
}

double chance(uint64_t seed, uint64_t item, int t)
{
    Words got = philox({{uint32_t(item), uint32_t(item >> 32), uint32_t(t), 0}}, uint32_t(seed),
                       uint32_t(seed >> 32));
    return std::ldexp(double((uint64_t{got.w[0]} << 21) | (got.w[1] >> 11)), -53);
}

enum How { ENDS, FAILS, POLLS };

struct Plan {
    How how;
    double takes;
    int code;
};

// The world of one call: its time, what each try is to do, and what was seen.
struct World {
    double now = 0;
    std::vector<Plan> plans; // by try, over all items
    size_t tries = 0;
    std::vector<double> begun;
    plx_resources *resources = nullptr;
    bool held_one = true, held_while_waiting = false;
    size_t sleeps = 0;
};

double now_of(void *user)
{
    return static_cast<World *>(user)->now;
}

void sleep_until(void *user, double until)
{
    auto *w = static_cast<World *>(user);
    w->sleeps++;
    if (until > w->now)
        w->now = until;
    void *handle; // whoever waits holds nothing
    if (w->resources && plx_resources_take(w->resources, 0, &handle) != PLX_OK)
        w->held_while_waiting = true;
    else if (w->resources)
        plx_resources_give(w->resources, handle);
}

World *world; // a kernel has no user's pointer

void run_plan(const plx_block *b)
{
    World &w = *world;
    const Plan &plan = w.plans[w.tries++];
    w.begun.push_back(w.now);
    EXPECT_EQ(b->lo + 1, b->hi);
    w.held_one = w.held_one && (plx_resource(b) != nullptr) == (w.resources != nullptr);
    double end = w.now + plan.takes;
    while (plan.how == POLLS && w.now < end && !plx_stopped(b))
        w.now += 0.001;
    if (plan.how != POLLS)
        w.now = end;
    *static_cast<uint64_t *>(b->out) = b->lo + 1000;
    if (plan.how == FAILS)
        plx_fail(b, b->lo, plan.code, "planned");
}

plx_kernel kernel_of()
{
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "planned";
    k.about = "does what the test has planned";
    k.out_size = sizeof(uint64_t);
    k.map = run_plan;
    return k;
}

class Tries : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(PLX_OK, plx_open("serial", 1, &team));
        clock.user = world = &w;
        policy.clock = &clock;
        job.kernel = &kernel;
        job.policy = &policy;
        job.keep_going = true;
        job.failures = failures;
        job.failures_cap = 8;
        job.out = out;
    }
    void TearDown() override
    {
        plx_close(team);
    }
    plx_status run(size_t n)
    {
        job.n = n;
        return plx_map(team, &job, &report);
    }
    void refresh()
    {
        w = World{};
        policy = plx_policy{};
        policy.clock = &clock;
    }
    plx_team *team = nullptr;
    World w;
    plx_clock clock{now_of, sleep_until, nullptr};
    plx_policy policy{};
    plx_kernel kernel = kernel_of();
    plx_job job{};
    plx_report report{};
    plx_failure failures[8];
    uint64_t out[2000];
};

} // namespace

TEST(Philox, KnownAnswerOfThePaper)
{
    Words zero = philox({{0, 0, 0, 0}}, 0, 0);
    EXPECT_EQ(0x6627e8d5u, zero.w[0]);
    EXPECT_EQ(0x9b00dbd8u, zero.w[3]);
}

// One item through all its tries, by the words of plx/policy.h; its code, 0: it has a result.
static int walk(const plx_policy &p, const std::vector<Plan> &plans, size_t item, size_t &next,
                double &now, std::vector<double> &begun, int &tries)
{
    for (tries = 1;; tries++) {
        const Plan &plan = plans[next++];
        begun.push_back(now);
        double end = now + plan.takes, limit = now + p.timeout_s;
        int code = plan.how == FAILS ? plan.code : 0;
        if (plan.how == POLLS)
            while (now < end && !(p.timeout_s > 0 && now > limit))
                now += 0.001;
        else
            now = end;
        if (p.timeout_s > 0 && now > limit)
            code = PLX_CODE_TIMED_OUT;
        bool listed = p.retry_codes == nullptr;
        for (size_t i = 0; i < p.retry_codes_n; i++)
            listed = listed || p.retry_codes[i] == code;
        if (code == 0 || !listed || tries > p.retries)
            return code;
        double wait = p.backoff_s;
        for (int i = 1; i < tries; i++)
            wait *= p.backoff_factor > 0 ? p.backoff_factor : 2;
        if (p.backoff_max_s > 0)
            wait = std::min(wait, p.backoff_max_s);
        now += wait * (1 - p.jitter * chance(p.seed, item, tries));
    }
}

static double pick(std::mt19937_64 &random, std::initializer_list<double> of)
{
    return *(of.begin() + random() % of.size());
}

TEST_F(Tries, TimesOfRandomPoliciesMatchTheFormula)
{
    std::mt19937_64 random(20260);
    const int codes[] = {3, PLX_CODE_TIMED_OUT};
    const uint64_t bytes = 4711;
    size_t retried = 0, timed_out = 0, fell_back = 0;
    for (int round = 0; round < 100000; round++) {
        refresh();
        policy.retries = int(random() % 5);
        policy.backoff_s = pick(random, {0, 0.001, 0.01, 0.3 / 7});
        policy.backoff_factor = pick(random, {0, 1, 1.5, 3});
        policy.backoff_max_s = pick(random, {0, 0.02});
        policy.jitter = pick(random, {0, 0.25, 1});
        policy.seed = random();
        policy.timeout_s = pick(random, {0, 0.0023, 0.0107}); // no time meets it to the bit
        policy.fallback = random() % 4 == 0 ? &bytes : nullptr;
        policy.retry_codes = random() % 2 ? codes : nullptr;
        policy.retry_codes_n = policy.retry_codes ? 1 + random() % 2 : 0;
        for (int i = 0; i < 10; i++)
            w.plans.push_back(
                {How(random() % 3), double(random() % 16) * 0.001 + 0.0005, int(3 + random() % 2)});
        std::vector<double> begun;
        double now = 0;
        size_t next = 0, lists = 0;
        plx_status status = run(2);
        bool watched = policy.retries || policy.timeout_s > 0 || policy.fallback;
        for (size_t item = 0; item < 2; item++) {
            int tries, code = walk(policy, w.plans, item, next, now, begun, tries);
            retried += tries > 1;
            timed_out += code == PLX_CODE_TIMED_OUT;
            fell_back += code && policy.fallback;
            ASSERT_EQ(code ? policy.fallback ? bytes : 0 : item + 1000, out[item]) << round;
            if (code && !policy.fallback) {
                ASSERT_LT(lists, report.failures) << round;
                ASSERT_EQ(item, failures[lists].item);
                ASSERT_EQ(code, failures[lists].code);
                ASSERT_EQ(tries, failures[lists++].tries);
            }
        }
        ASSERT_EQ(lists ? PLX_ITEM_FAILED : PLX_OK, status) << round;
        ASSERT_EQ(lists, report.failed);
        ASSERT_EQ(2 - lists, report.done);
        ASSERT_EQ(begun.size(), w.begun.size()) << round;
        for (size_t i = 0; i < begun.size() && watched; i++)
            ASSERT_NEAR(begun[i], w.begun[i], 1e-12) << "round " << round << " try " << i;
    }
    EXPECT_GT(retried, 10000u);
    EXPECT_GT(timed_out, 10000u);
    EXPECT_GT(fell_back, 10000u);
}

TEST_F(Tries, NoWindowHasMoreThanTheBucketHolds)
{
    std::mt19937_64 random(7);
    for (int round = 0; round < 200; round++) {
        refresh();
        policy.rate = pick(random, {3, 100, 1000, 12345});
        policy.burst = pick(random, {0, 1, 2.5, 10});
        const size_t n = 60;
        for (size_t i = 0; i < n; i++)
            w.plans.push_back({ENDS, double(random() % 3) * 0.4 / policy.rate, 0});
        ASSERT_EQ(PLX_OK, run(n));
        double burst = std::max(policy.burst, 1.0), busy = 0;
        for (size_t i = 0; i < n; i++) {
            for (size_t j = i; j < n; j++)
                ASSERT_LE(double(j - i + 1),
                          burst + policy.rate * (w.begun[j] - w.begun[i]) + 1e-6);
            // and nobody waits longer than that: for work before it, or for its token
            ASSERT_LE(w.begun[i],
                      busy + std::max(0.0, double(i + 1) - std::floor(burst)) / policy.rate + 1e-9);
            busy += w.plans[i].takes;
        }
    }
}

TEST_F(Tries, ResourcesAreHeldDuringATryAndGivenBack)
{
    int handles[1];
    void *list[] = {&handles[0]}, *got;
    plx_resources *one;
    ASSERT_EQ(PLX_OK, plx_resources_open(list, 1, &one));
    w.resources = policy.resources = one;
    policy.retries = 2;
    policy.backoff_s = 0.01;
    policy.timeout_s = 0.004;
    w.plans = {{FAILS, 0.001, 5}, {POLLS, 1, 0},     {ENDS, 0.001, 0}, {ENDS, 0.1, 0},
               {FAILS, 0.001, 5}, {FAILS, 0.001, 6}, {ENDS, 0, 0}};
    EXPECT_EQ(PLX_ITEM_FAILED, run(3));
    EXPECT_EQ(7u, w.tries);
    EXPECT_EQ(1u, report.failed);
    EXPECT_EQ(6, failures[0].code);
    EXPECT_EQ(3, failures[0].tries);
    EXPECT_TRUE(w.held_one);
    EXPECT_GT(w.sleeps, 0u);
    EXPECT_FALSE(w.held_while_waiting);
    ASSERT_EQ(PLX_OK, plx_resources_take(one, 0, &got)) << "it was given back";
    EXPECT_EQ(&handles[0], got);
    EXPECT_EQ(PLX_TIMED_OUT, plx_resources_take(one, 0, &got));
    EXPECT_EQ(PLX_TIMED_OUT, plx_resources_take(one, 0.002, &got));
    w = World{}; // nobody gives it back: an item fails after acquire_s, each try anew
    world->resources = nullptr;
    policy.acquire_s = 0.25;
    policy.retries = 1;
    EXPECT_EQ(PLX_ITEM_FAILED, run(1));
    EXPECT_EQ(PLX_CODE_NO_RESOURCE, failures[0].code);
    EXPECT_EQ(2, failures[0].tries);
    EXPECT_STREQ("no resource came free within 0.25 s", failures[0].why);
    EXPECT_NEAR(0.51, w.now, 1e-9);
    plx_resources_give(one, &handles[0]);
    plx_resources_close(one);
}

TEST_F(Tries, DeadlineEndsAWait)
{
    policy.retries = 1;
    policy.backoff_s = 100;
    policy.deadline_s = 3;
    w.plans = {{ENDS, 1, 0}, {FAILS, 0.5, 5}};
    EXPECT_EQ(PLX_STOPPED, run(4));
    EXPECT_EQ(1u, report.done);
    EXPECT_EQ(0u, report.failed) << "it was to be tried again";
    EXPECT_EQ(3u, report.not_run);
    EXPECT_STREQ("stopped by the deadline of 3 s", report.why);
    EXPECT_NEAR(3, w.now, 0.01) << "seen within a slice";
}

// There is no wait between them, but a look all the same.
TEST_F(Tries, DeadlineEndsTriesWithoutABackoff)
{
    policy.retries = 100;
    policy.deadline_s = 1;
    w.plans.assign(202, {FAILS, 0.4, 5});
    EXPECT_EQ(PLX_STOPPED, run(2));
    EXPECT_EQ(3u, w.tries) << "the last began at 0.8 s";
    EXPECT_EQ(0u, report.failed) << "it was to be tried again";
    EXPECT_EQ(2u, report.not_run);
}

// Both at once: the call ends, so the item has not failed.
TEST_F(Tries, ADeadlineStandsAboveATimeOut)
{
    policy.timeout_s = policy.deadline_s = 1;
    w.plans = {{POLLS, 9, 0}};
    EXPECT_EQ(PLX_STOPPED, run(2));
    EXPECT_EQ(0u, report.failed);
    EXPECT_EQ(2u, report.not_run);
}

TEST_F(Tries, ProgressIsToldWhileWaitingAndAtTheEnd)
{
    static std::vector<plx_progress> told;
    told.clear();
    policy.progress = [](void *, const plx_progress *p) { told.push_back(*p); };
    policy.every_s = 0.5;
    policy.retries = 1;
    policy.backoff_s = 2;
    w.plans = {{ENDS, 1, 0}, {FAILS, 1, 5}, {FAILS, 1, 5}, {ENDS, 1, 0}};
    EXPECT_EQ(PLX_ITEM_FAILED, run(3));
    ASSERT_GE(told.size(), 5u);
    for (size_t i = 0; i + 1 < told.size(); i++) {
        EXPECT_EQ(3u, told[i].n);
        EXPECT_LE(told[i].done + told[i].failed, told[i + 1].done + told[i + 1].failed);
        if (i + 2 < told.size())
            EXPECT_GE(told[i + 1].elapsed_s - told[i].elapsed_s, 0.5 - 1e-9);
    }
    EXPECT_EQ(1u, told[0].done);
    EXPECT_NEAR(1, told[0].per_s, 1e-9);
    EXPECT_NEAR(2, told[0].left_s, 1e-9);
    EXPECT_EQ(2u, told.back().done);
    EXPECT_EQ(1u, told.back().failed);
    EXPECT_NEAR(6, told.back().elapsed_s, 1e-9);
    EXPECT_NEAR(0, told.back().left_s, 1e-9);
}

TEST(Resources, BadOnesAreRefused)
{
    plx_resources *r;
    void *handle = &r;
    EXPECT_EQ(PLX_BAD_JOB, plx_resources_open(&handle, 0, &r));
    EXPECT_EQ(nullptr, r);
    plx_resources_close(nullptr);
}

TEST(Stop, ALevelIsNeverLowered)
{
    plx_stop stop{};
    EXPECT_EQ(PLX_GO, plx_stop_asked(&stop));
    plx_stop_ask(&stop, PLX_QUIT);
    plx_stop_ask(&stop, PLX_DRAIN);
    EXPECT_EQ(PLX_QUIT, plx_stop_asked(&stop));
}
