// SPDX-License-Identifier: MIT
// plx_both_across: halves of the ranks, at any number of them; all hold what both wrote, and a stop
// that one rank saw leaves none waiting. Oracles: std::sort, a loop for fib.
#include "suite.hpp"

#include <algorithm>
#include <atomic>

#include "plx/divide.h"

class DivideRanks : public Law
{
};
EVERY_MODEL(DivideRanks);

template <class T> static plx_bytes bytes_of(T *first, size_t n)
{
    return {first, n * sizeof *first};
}

static std::atomic<size_t> leaves; // items that this process sorted

struct Sort {
    uint64_t *items, *room;
    size_t n;
    int levels; // to be run across ranks
};

static void sort(plx_strand *strand, void *arg)
{
    auto *s = static_cast<Sort *>(arg);
    if (s->n < 8) {
        leaves += s->n;
        std::sort(s->items, s->items + s->n);
        return;
    }
    size_t half = s->n / 3; // not even
    int levels = s->levels > 0 ? s->levels - 1 : 0;
    Sort low{s->items, s->room, half, levels};
    Sort high{s->items + half, s->room + half, s->n - half, levels};
    if (s->levels > 0)
        plx_both_across(strand, sort, &low, bytes_of(low.items, low.n), sort, &high,
                        bytes_of(high.items, high.n));
    else
        plx_both(strand, sort, &low, sort, &high);
    std::merge(s->items, s->items + half, s->items + half, s->items + s->n, s->room);
    std::copy(s->room, s->room + s->n, s->items);
}

// More levels than ranks have halves, and so many bytes that they go by a handshake.
TEST_P(DivideRanks, MergeSortOfEveryRanksCopy)
{
    for (size_t n : {size_t{0}, size_t{9}, size_t{100}, size_t{30001}})
        for (int levels : {1, 2, 5}) {
            std::vector<uint64_t> items = integers(n), room(n), sorted;
            for (uint64_t &item : items)
                item = item * 0x9e3779b97f4a7c15 >> 13;
            sorted = items;
            std::sort(sorted.begin(), sorted.end());
            Sort all{items.data(), room.data(), n, levels};
            leaves = 0;
            EXPECT_EQ(PLX_OK, plx_divide(team, nullptr, sort, &all, nullptr));
            EXPECT_TRUE(sorted == items) << n << " levels " << levels;
            if (plx_team_ranks(team) > 1 && n > 100)
                EXPECT_GT(n, leaves) << "every rank ran all of it";
        }
}

struct Fib {
    int n;
    uint64_t value;
};

static void fib(plx_strand *strand, void *arg)
{
    auto *f = static_cast<Fib *>(arg);
    f->value = (uint64_t)f->n;
    if (f->n < 2)
        return;
    Fib left{f->n - 1, 0}, right{f->n - 2, 0};
    plx_both_across(strand, fib, &left, bytes_of(&left.value, 1), fib, &right,
                    bytes_of(&right.value, 1));
    f->value = left.value + right.value;
}

TEST_P(DivideRanks, FibAcrossAndThenWithin)
{
    uint64_t a = 0, b = 1;
    for (int n = 0; n <= 15; n++, b += std::exchange(a, b)) {
        Fib f{n, 0};
        EXPECT_EQ(PLX_OK, plx_divide(team, nullptr, fib, &f, nullptr));
        EXPECT_EQ(a, f.value) << n;
    }
}

// Nothing to write on one side or on both, and one after another at the same level.
static void add_one(plx_strand *, void *arg)
{
    ++*static_cast<uint64_t *>(arg);
}

TEST_P(DivideRanks, OneSideOrNoneMayWrite)
{
    uint64_t counts[3] = {0, 0, 0};
    auto body = [](plx_strand *strand, void *arg) {
        auto *c = static_cast<uint64_t *>(arg);
        for (int i = 0; i < 5; i++) {
            uint64_t spare = 0, other = 0;
            plx_both_across(strand, add_one, c, bytes_of(c, 1), add_one, &spare, {nullptr, 0});
            plx_both_across(strand, add_one, &spare, {nullptr, 0}, add_one, c + 1,
                            bytes_of(c + 1, 1));
            plx_both_across(strand, add_one, &spare, {nullptr, 0}, add_one, &other, {nullptr, 0});
            c[2]++;
        }
    };
    EXPECT_EQ(PLX_OK, plx_divide(team, nullptr, body, counts, nullptr));
    for (uint64_t count : counts)
        EXPECT_EQ(5u, count);
}

// A tree of the ranks' halves, all of which ask; a rank returns as soon as it is told.
struct Search {
    plx_team *team;
    plx_stop *mine;
    int depth, when; // the stop is asked: 0 before, 1 at the body's begin, 2 in a leaf, 3 never
    uint64_t found;
};

static void search(plx_strand *strand, void *arg)
{
    auto *s = static_cast<Search *>(arg);
    if (s->mine && s->when == (s->depth == 6 ? 1 : s->depth == 0 ? 2 : -1))
        plx_stop_ask(s->mine, PLX_QUIT);
    if (plx_strand_stopped(strand))
        return;
    if (s->depth == 0) {
        s->found = 1;
        return;
    }
    Search low = *s, high = *s;
    low.depth = high.depth = s->depth - 1;
    plx_both_across(strand, search, &low, bytes_of(&low.found, 1), search, &high,
                    bytes_of(&high.found, 1));
    if (plx_strand_stopped(strand))
        return;
    s->found = low.found + high.found;
}

TEST_P(DivideRanks, AStopOnAnyRankStrandsNone)
{
    int rank = plx_team_rank(team), ranks = plx_team_ranks(team);
    for (int when = 0; when < 4; when++)
        for (int who : {0, ranks - 1, ranks / 2, -1, ranks}) {
            plx_stop stop{};
            plx_policy policy{};
            policy.stop = &stop;
            plx_job job{};
            job.policy = &policy;
            bool mine = who == rank || who == -1;
            Search all{team, mine ? &stop : nullptr, 6, when, 0};
            if (when == 0 && mine)
                plx_stop_ask(&stop, PLX_DRAIN);
            plx_report report;
            plx_status status = plx_divide(team, &job, search, &all, &report);
            bool stopped = who < ranks && when < 3;
            EXPECT_EQ(stopped ? PLX_STOPPED : PLX_OK, status) << when << " " << who;
            EXPECT_EQ(stopped ? 0u : 64u, all.found) << when << " " << who;
            EXPECT_EQ(stopped ? 0u : 1u, report.done);
        }
}

// Its own stop comes while a rank is together with others, who have not heard of it: it is to go
// their way, though it asks.
struct Twice {
    plx_stop *mine;
    uint64_t count;
};

TEST_P(DivideRanks, TogetherNoneHeedsAStopOfItsOwn)
{
    int rank = plx_team_rank(team), ranks = plx_team_ranks(team);
    auto body = [](plx_strand *strand, void *arg) {
        auto *t = static_cast<Twice *>(arg);
        uint64_t spare = 0;
        for (int i = 0; i < 2 && !plx_strand_stopped(strand); i++) {
            plx_both_across(strand, add_one, &t->count, bytes_of(&t->count, 1), add_one, &spare,
                            {nullptr, 0});
            if (i == 0 && t->mine)
                plx_stop_ask(t->mine, PLX_QUIT);
        }
    };
    for (int who = 0; who < ranks; who++) {
        plx_stop stop{};
        plx_policy policy{};
        policy.stop = &stop;
        plx_job job{};
        job.policy = &policy;
        Twice twice{who == rank ? &stop : nullptr, 0};
        plx_status status = plx_divide(team, &job, body, &twice, nullptr);
        EXPECT_TRUE(status == PLX_STOPPED || (status == PLX_OK && ranks > 1)) << who;
        EXPECT_EQ(ranks > 1 ? 2u : 1u, twice.count) << who;
    }
}

// All of it is worker 0's, and what it waits for others is not busy.
TEST_P(DivideRanks, TheReportAddsUp)
{
    std::vector<uint64_t> items = integers(20000), room(items.size());
    Sort all{items.data(), room.data(), items.size(), 3};
    std::vector<plx_slice> slices(1000);
    plx_job job{};
    job.slices = slices.data();
    job.slices_cap = slices.size();
    plx_report report;
    EXPECT_EQ(PLX_OK, plx_divide(team, &job, sort, &all, &report));
    EXPECT_EQ(1u, report.done);
    EXPECT_LE(report.transfer_s + report.busy_max_s, report.elapsed_s * (1 + 1e-9));
    size_t served = 0;
    for (size_t i = 0; i < report.slices && i < slices.size() && team.root(); i++)
        served += slices[i].kind == PLX_SLICE_SERVE;
    if (team.root())
        EXPECT_EQ(plx_team_ranks(team) > 1, served > 0);
}
