// SPDX-License-Identifier: MIT
// plx_produce: every item is consumed once, producers are held back, and however it ends the counts
// add up.
#include "suite.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "plx/queue.h"
#ifdef PLX_HAVE_MPI
#include <mpi.h>
#endif

namespace
{

struct Item {
    uint64_t producer, index;
};

constexpr size_t forever = SIZE_MAX;
constexpr size_t kept = 1000; // items of one producer whose fate is written down

// What the steps of this rank do, and what they did.
struct Shop {
    Shop(size_t p, size_t c)
        : producers(p), consumers(c), made(p), seen(p * kept), inside(p + c), last(p * c, -1)
    {
    }
    size_t items_of(size_t p) const
    {
        return per == forever ? forever : p % 5 == 4 ? 0 : per + p % 4;
    }
    size_t stride() const // some thousand bytes of a large item are looked at
    {
        return 1 + item_size / 4096;
    }
    bool fails(size_t item) const
    {
        return every && item % every == from % every && item >= from;
    }
    size_t producers, consumers, per = 5, item_size = sizeof(Item), capacity = 0;
    size_t from = 0, every = 0;  // items that fail
    size_t ask_after = SIZE_MAX; // items consumed here; then a stop is asked for
    plx_stop *stop = nullptr;
    std::atomic<int> slow{0}; // steps of consumers that take their time
    std::vector<size_t> made;
    std::vector<std::atomic<uint8_t>> seen;
    std::vector<std::atomic<bool>> inside; // a step of this producer or consumer is under way
    std::vector<int64_t> last;             // by consumer and producer: the index seen last
    std::atomic<size_t> begun{0}, ended{0}, most_ahead{0}, consumed{0}, failed{0};
    std::atomic<size_t> lowest_failed{SIZE_MAX};
    std::atomic<int> at_once{0}, out_of_order{0}, foreign{0}, damaged{0};
    int rank = 0, ranks = 1;
};

void lower(std::atomic<size_t> &lowest, size_t item)
{
    size_t known = lowest;
    while (item < known && !lowest.compare_exchange_weak(known, item)) {
    }
}

void raise_to(std::atomic<size_t> &most, size_t value)
{
    size_t known = most;
    while (value > known && !most.compare_exchange_weak(known, value)) {
    }
}

unsigned char byte_of(const Item &item, size_t at)
{
    return (unsigned char)(item.producer * 31 + item.index * 7 + at);
}

bool make(void *user, size_t p, void *item)
{
    auto *s = static_cast<Shop *>(user);
    s->at_once += s->inside[p].exchange(true);
    s->foreign += p % (size_t)s->ranks != (size_t)s->rank;
    bool more = s->made[p] < s->items_of(p);
    s->damaged += (uintptr_t)item % 16 != 0;
    if (more) {
        size_t begun = ++s->begun, ended = s->ended; // what ended since makes it less, never more
        raise_to(s->most_ahead, begun > ended ? begun - ended : 0);
        Item made{p, s->made[p]++};
        std::memcpy(item, &made, sizeof made);
        for (size_t i = sizeof made; i < s->item_size; i += s->stride())
            static_cast<unsigned char *>(item)[i] = byte_of(made, i);
    }
    s->inside[p] = false;
    return more;
}

int take(void *user, size_t c, const void *item, const char **why)
{
    auto *s = static_cast<Shop *>(user);
    s->at_once += s->inside[s->producers + c].exchange(true);
    s->foreign += c % (size_t)s->ranks != (size_t)s->rank;
    s->damaged += (uintptr_t)item % 16 != 0;
    Item got;
    std::memcpy(&got, item, sizeof got);
    for (size_t i = sizeof got; i < s->item_size; i += s->stride())
        s->damaged += static_cast<const unsigned char *>(item)[i] != byte_of(got, i);
    int64_t &last = s->last[c * s->producers + got.producer];
    s->out_of_order += last >= (int64_t)got.index;
    last = (int64_t)got.index;
    if (got.index < kept)
        s->seen[got.producer * kept + got.index]++;
    size_t number = got.producer + s->producers * got.index;
    int code = s->fails(number) ? 40 + (int)(number % 7) : 0;
    *why = "asked to";
    if (s->slow > 0 && s->slow-- > 0)
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    if (code) {
        s->failed++;
        lower(s->lowest_failed, number);
    } else if (++s->consumed == s->ask_after)
        plx_stop_ask(s->stop, PLX_DRAIN);
    s->ended++;
    s->inside[s->producers + c] = false;
    return code;
}

class Produce : public Law
{
  protected:
    plx_status run(Shop &s, bool keep_going = false, plx_policy policy = {});
    // Every rank calls it for the same numbers.
    size_t over_ranks(size_t mine, bool lowest = false)
    {
        uint64_t all = mine;
#ifdef PLX_HAVE_MPI
        if (plx_team_ranks(team) > 1)
            MPI_Allreduce(MPI_IN_PLACE, &all, 1, MPI_UINT64_T, lowest ? MPI_MIN : MPI_SUM,
                          MPI_COMM_WORLD);
#else
        (void)lowest;
#endif
        return all;
    }
    std::vector<uint8_t> seen_by_all(const Shop &s)
    {
        std::vector<uint8_t> all(s.seen.begin(), s.seen.end());
#ifdef PLX_HAVE_MPI
        if (plx_team_ranks(team) > 1)
            MPI_Allreduce(MPI_IN_PLACE, all.data(), (int)all.size(), MPI_UINT8_T, MPI_SUM,
                          MPI_COMM_WORLD);
#endif
        return all;
    }
    size_t expect_seen(const Shop &s);
    bool across() const
    {
        return plx_team_ranks(team) > 1;
    }
    std::vector<plx_failure> failures;
    std::vector<plx_worker> workers;
    plx_report report;
};
EVERY_MODEL(Produce);

plx_status Produce::run(Shop &s, bool keep_going, plx_policy policy)
{
    s.rank = plx_team_rank(team);
    s.ranks = plx_team_ranks(team);
    failures.assign(8, plx_failure{});
    workers.assign(64, plx_worker{});
    plx_job job{};
    job.keep_going = keep_going;
    job.failures = failures.data();
    job.failures_cap = failures.size();
    job.by_worker = workers.data();
    job.by_worker_cap = workers.size();
    job.policy = &policy;
    plx_steps steps{};
    steps.producers = s.producers;
    steps.consumers = s.consumers;
    steps.item_size = s.item_size;
    steps.capacity = s.capacity;
    steps.produce = make;
    steps.consume = take;
    steps.user = &s;
    plx_status status = plx_produce(team, &job, &steps, &report);
    EXPECT_EQ(report.n, report.done + report.failed + report.not_run);
    EXPECT_EQ(0, s.at_once) << "two steps of one producer or consumer at once";
    EXPECT_EQ(0, s.out_of_order);
    EXPECT_EQ(0, s.foreign) << "a step on another rank than its own";
    EXPECT_EQ(0, s.damaged);
    return status;
}

// Every item of each producer once; returns how many there are.
size_t Produce::expect_seen(const Shop &s)
{
    std::vector<uint8_t> all = seen_by_all(s);
    size_t items = 0;
    int wrong = 0;
    for (size_t p = 0; p < s.producers; p++) {
        items += s.items_of(p);
        for (size_t i = 0; i < kept; i++)
            wrong += all[p * kept + i] != (i < s.items_of(p));
    }
    EXPECT_EQ(0, wrong) << "items lost or doubled";
    return items;
}

} // namespace

#ifdef PLX_SANITIZED
static const std::vector<size_t> numbers = {1, 3}, capacities = {1, 5};
#else
static const std::vector<size_t> numbers = {1, 2, 3, 7}, capacities = {1, 2, 5, 64, 0};
#endif

TEST_P(Produce, EveryItemOnce)
{
    for (size_t producers : numbers)
        for (size_t consumers : numbers)
            for (size_t capacity : capacities) {
                SCOPED_TRACE(::testing::Message() << producers << " producers, " << consumers
                                                  << " consumers, capacity " << capacity);
                Shop s(producers, consumers);
                s.capacity = capacity;
                EXPECT_EQ(PLX_OK, run(s)) << report.why;
                size_t items = expect_seen(s), bound = capacity ? capacity : SIZE_MAX / 2;
                EXPECT_EQ(items, report.n);
                EXPECT_EQ(items, report.done);
                size_t by_all = 0;
                for (const plx_worker &w : workers)
                    by_all += w.items;
                if (team.root())
                    EXPECT_EQ(items, by_all);
                if (!across())
                    EXPECT_LE(s.most_ahead,
                              bound + std::min(consumers, (size_t)plx_team_threads(team)));
            }
}

// Long enough that a place that is not given back is missed. While consumers are slow and ranks
// without any make items, the others have one at hand.
TEST_P(Produce, LongStreams)
{
    for (size_t capacity : {3, 12}) {
        Shop s(7, 2);
        s.per = 100;
        s.capacity = capacity;
        s.slow = 100;
        EXPECT_EQ(PLX_OK, run(s)) << report.why;
        EXPECT_EQ(expect_seen(s), report.done);
    }
}

TEST_P(Produce, ItemsOfAnySize)
{
    for (size_t size : {size_t{17}, size_t{100}, size_t{70000}, size_t{3000000}}) {
        Shop s(3, 2);
        s.item_size = size;
        s.capacity = 3;
        EXPECT_EQ(PLX_OK, run(s)) << size;
        EXPECT_EQ(expect_seen(s), report.done);
    }
}

TEST_P(Produce, WithoutAnyItems)
{
    Shop s(3, 2);
    s.per = 0;
    s.capacity = 1;
    plx_steps steps{};
    steps.producers = 100;
    steps.consumers = 1;
    steps.item_size = 8;
    steps.produce = [](void *, size_t, void *) { return false; };
    steps.consume = [](void *, size_t, const void *, const char **) { return 1; };
    EXPECT_EQ(PLX_OK, plx_produce(team, nullptr, &steps, &report));
    EXPECT_EQ(0u, report.n + report.done + report.failed + report.not_run);
}

// The only consumer stays in its first step until the queue is as full as it gets. Before that the
// only producer takes its time, so that the other workers have nothing to do and must be called.
TEST_P(Produce, ASlowConsumerHoldsProducersBack)
{
    struct Held {
        std::atomic<size_t> made{0};
        size_t capacity = 5, when_full = 0, taken = 0;
    } held;
    plx_steps steps{};
    steps.producers = steps.consumers = 1;
    steps.item_size = 8;
    steps.capacity = held.capacity;
    steps.user = &held;
    steps.produce = [](void *user, size_t, void *) {
        auto *h = static_cast<Held *>(user);
        if (h->made == 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return ++h->made <= 100;
    };
    steps.consume = [](void *user, size_t, const void *, const char **) {
        auto *h = static_cast<Held *>(user);
        auto begun = std::chrono::steady_clock::now();
        auto since = [begun] { return std::chrono::steady_clock::now() - begun; };
        while (h->taken == 0 && h->made < h->capacity + 1 && since() < std::chrono::seconds(10))
            std::this_thread::yield();
        if (h->taken++ == 0) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            h->when_full = h->made;
        }
        return 0;
    };
    if (plx_team_threads(team) == 1 || across())
        return; // nobody makes items meanwhile, or they are made elsewhere
    EXPECT_EQ(PLX_OK, plx_produce(team, nullptr, &steps, &report));
    EXPECT_EQ(held.capacity + 1, held.when_full);
    EXPECT_EQ(100u, report.done);
}

TEST_P(Produce, AFailureCostsItsItem)
{
    for (size_t capacity : {1, 7}) {
        Shop s(3, 2);
        s.capacity = capacity;
        s.per = 40;
        s.from = 4;
        s.every = 5;
        EXPECT_EQ(PLX_ITEM_FAILED, run(s, true));
        size_t items = expect_seen(s);
        EXPECT_EQ(items, report.n);
        EXPECT_EQ(over_ranks(s.failed), report.failed);
        EXPECT_EQ(over_ranks(s.consumed), report.done);
        EXPECT_EQ(0u, report.not_run);
        ASSERT_EQ(8u, report.failures);
        size_t found = 0;
        for (size_t item = 4; found < 8; item++)
            if (s.fails(item)) {
                EXPECT_EQ(item, failures[found].item);
                EXPECT_EQ(40 + (int)(item % 7), failures[found].code);
                EXPECT_STREQ("asked to", failures[found].why);
                found++;
            }
    }
}

// Whoever failed first, nothing is begun after it; what is told is the lowest of those that failed.
TEST_P(Produce, TheFirstFailureStopsAll)
{
    for (size_t producers : numbers)
        for (size_t consumers : numbers)
            for (size_t from : {0, 60}) {
                Shop s(producers, consumers);
                s.per = forever;
                s.capacity = 4;
                s.from = from;
                s.every = 2;
                EXPECT_EQ(PLX_ITEM_FAILED, run(s));
                size_t failed = over_ranks(s.failed), consumed = over_ranks(s.consumed);
                EXPECT_EQ(failed, report.failed);
                EXPECT_EQ(consumed, report.done);
                EXPECT_GE(failed, 1u);
                EXPECT_EQ(1u, report.failures);
                EXPECT_EQ(over_ranks(s.lowest_failed, true), failures[0].item);
                EXPECT_EQ(over_ranks(s.begun), report.n);
                size_t at_once = std::min(consumers, (size_t)report.workers);
                EXPECT_LE(failed, across() ? report.n : at_once);
                // items that were made, and that no consumer came to: as many as are ever inside
                EXPECT_LE(report.not_run, 4 + at_once);
            }
}

TEST_P(Produce, AStopOnAnyRank)
{
    for (int rank : {0, plx_team_ranks(team) - 1}) {
        Shop s(7, 7);
        plx_stop stop{};
        plx_policy policy{};
        s.per = forever;
        s.capacity = 6;
        s.stop = &stop;
        s.ask_after = rank == plx_team_rank(team) ? 20 : SIZE_MAX;
        policy.stop = &stop;
        EXPECT_EQ(PLX_STOPPED, run(s, false, policy));
        EXPECT_EQ(over_ranks(s.consumed), report.done);
        EXPECT_EQ(over_ranks(s.begun), report.n);
        EXPECT_EQ(0u, report.failed);
        EXPECT_LE(report.not_run, 6 + std::min(size_t{7}, (size_t)report.workers));
        EXPECT_STRNE("", report.why);
    }
}

TEST_P(Produce, ADeadline)
{
    Shop s(2, 3);
    plx_policy policy{};
    s.per = forever;
    policy.deadline_s = 0.02;
    EXPECT_EQ(PLX_STOPPED, run(s, false, policy));
    EXPECT_EQ(over_ranks(s.consumed), report.done);
    EXPECT_EQ(over_ranks(s.begun), report.n);
}

TEST_P(Produce, ProgressIsTold)
{
    struct Told {
        size_t times = 0, done = 0, failed = 0, backwards = 0;
    } told;
    Shop s(5, 4);
    s.per = 30;
    s.from = 2;
    s.every = 9;
    plx_policy policy{};
    policy.every_s = 1e-6;
    policy.progress_user = &told;
    policy.progress = [](void *user, const plx_progress *now) {
        auto *t = static_cast<Told *>(user);
        t->backwards += now->done < t->done || now->failed < t->failed;
        t->times++;
        t->done = now->done;
        t->failed = now->failed;
    };
    EXPECT_EQ(PLX_ITEM_FAILED, run(s, true, policy));
    EXPECT_EQ(expect_seen(s), report.n);
    EXPECT_EQ(0u, told.backwards);
    if (team.root()) {
        EXPECT_GE(told.times, 1u);
        EXPECT_EQ(report.done, told.done);
        EXPECT_EQ(report.failed, told.failed);
    } else
        EXPECT_EQ(0u, told.times);
}

// A stop that nobody hears before the end is none.
TEST_P(Produce, AStopAfterTheEnd)
{
    Shop s(1, 1);
    plx_stop stop{};
    plx_policy policy{};
    s.stop = &stop;
    s.ask_after = s.items_of(0);
    policy.stop = &stop;
    plx_status status = run(s, false, policy);
    EXPECT_EQ(5u, report.done);
    EXPECT_TRUE(status == PLX_OK || status == PLX_STOPPED);
}

// With one worker the queue is empty when the producer ends: nothing is left to be stopped.
TEST_P(Produce, AStopWithTheEndIsNotTold)
{
    plx_team_info info;
    plx_team_about(team, &info);
    if (info.workers > 1)
        GTEST_SKIP() << "one worker";
    struct Line {
        plx_stop stop{};
        int made = 0;
    } line;
    plx_policy policy{};
    policy.stop = &line.stop;
    plx_job job{};
    job.policy = &policy;
    plx_steps steps{};
    steps.producers = steps.consumers = 1;
    steps.item_size = 1;
    steps.user = &line;
    steps.produce = [](void *user, size_t, void *item) {
        auto *l = static_cast<Line *>(user);
        *static_cast<char *>(item) = 0;
        if (l->made == 3)
            plx_stop_ask(&l->stop, PLX_DRAIN);
        return l->made++ < 3;
    };
    steps.consume = [](void *, size_t, const void *, const char **) { return 0; };
    EXPECT_EQ(PLX_OK, plx_produce(team, &job, &steps, &report));
    EXPECT_EQ(3u, report.done);
}

TEST_P(Produce, WhatIsNotWellFormed)
{
    Shop s(1, 1);
    plx_steps good{}, bad[5];
    good.producers = good.consumers = 1;
    good.item_size = sizeof(Item);
    good.produce = make;
    good.consume = take;
    good.user = &s;
    std::fill(std::begin(bad), std::end(bad), good);
    bad[0].producers = 0;
    bad[1].consumers = 0;
    bad[2].produce = nullptr;
    bad[3].consume = nullptr;
    for (int i = 0; i < 4; i++) {
        EXPECT_EQ(PLX_BAD_JOB, plx_produce(team, nullptr, &bad[i], &report)) << i;
        EXPECT_STRNE("", report.why);
    }
    EXPECT_EQ(PLX_BAD_JOB, plx_produce(team, nullptr, nullptr, &report));
    bad[4].capacity = SIZE_MAX / 5;
    EXPECT_EQ(PLX_TOO_BIG, plx_produce(team, nullptr, &bad[4], &report));
    plx_policy tries{};
    tries.retries = 1;
    plx_job job{};
    job.policy = &tries;
    EXPECT_EQ(PLX_BAD_JOB, plx_produce(team, &job, &good, &report)) << "a step runs once";
    EXPECT_EQ(PLX_OK, plx_produce(team, nullptr, &good, &report)) << "and none at all";
    if (!across())
        EXPECT_EQ(5u, report.done);
}

// Ranks that do not pass the same: nobody makes a step.
TEST_P(Produce, RanksThatDoNotFit)
{
    Shop s(2, 2);
    s.capacity = plx_team_rank(team) == 1 ? 3 : 2;
    plx_status status = run(s);
    EXPECT_EQ(across() ? PLX_MISMATCH : PLX_OK, status);
    if (across())
        EXPECT_EQ(0u, s.begun);
}
