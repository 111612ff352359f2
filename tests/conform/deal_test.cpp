// SPDX-License-Identifier: MIT
// Hand-outs: blocks few and many beside the ranks, data of each kind, failures early and late. The
// oracles are the suite's; what is new is that who runs what is decided while it runs.
#include "suite.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

class Deal : public Law
{
  protected:
    // Block counts at the edges of what ranks are told in advance, and one with many hand-outs.
    std::vector<Cut> edges() const
    {
        size_t ranks = (size_t)plx_team_ranks(team);
        std::vector<Cut> all;
        for (plx_schedule schedule : {PLX_GUIDED, PLX_DYNAMIC})
            for (size_t grain : {size_t{1}, size_t{5}})
                for (size_t blocks : {ranks - 1, ranks, ranks + 1, 2 * ranks + 1, size_t{700}})
                    for (size_t less : {size_t{0}, grain - 1})
                        if (blocks * grain >= less && (less == 0 || grain > 1))
                            all.push_back({blocks * grain - less, grain, schedule});
        all.push_back({40001, 100, PLX_GUIDED}); // chunks too long to be sent without a handshake
        all.push_back({40001, 100, PLX_DYNAMIC});
        return all;
    }
    plx_job job_of(const plx_kernel &kernel, const Cut &cut)
    {
        plx_job job{};
        job.kernel = &kernel;
        job.n = cut.n;
        job.grain = cut.grain;
        job.schedule = cut.schedule;
        return job;
    }
    std::vector<unsigned char> map(const plx_kernel &kernel, const Cut &cut, const void *in,
                                   const size_t *at)
    {
        std::vector<unsigned char> out(cut.n * kernel.out_size + 1);
        plx_job job = job_of(kernel, cut);
        if (team.root()) {
            job.in = in;
            job.at = at;
            job.out = out.data();
        }
        status = plx_map(team, &job, &report);
        out.resize(cut.n * kernel.out_size);
        return out;
    }
    std::vector<unsigned char> reduce(const plx_kernel &kernel, const Cut &cut, const void *in,
                                      const size_t *at)
    {
        std::vector<unsigned char> out(kernel.acc_size);
        plx_job job = job_of(kernel, cut);
        if (team.root()) {
            job.in = in;
            job.at = at;
        }
        job.out = out.data();
        status = plx_reduce(team, &job, &report);
        return out;
    }
    plx_status status;
    plx_report report;
};
EVERY_MODEL(Deal);

TEST_P(Deal, MapsOfDataOfEachKind)
{
    for (const Cut &cut : edges()) {
        std::vector<double> in = reals(cut.n + 1);
        std::vector<size_t> at;
        std::string text_in = strings(cut.n, at);
        std::vector<unsigned char> stamped = map(stamp, cut, in.data(), nullptr);
        plx_status first = status;
        std::vector<unsigned char> hashed = map(words, cut, text_in.data(), at.data());
        EXPECT_EQ(PLX_OK, first);
        EXPECT_EQ(PLX_OK, status);
        if (!team.root())
            continue;
        EXPECT_EQ(whole_map(stamp, 0, cut.n, in.data(), nullptr, nullptr), stamped) << text(cut);
        EXPECT_EQ(whole_map(words, 0, cut.n, text_in.data(), at.data(), nullptr), hashed)
            << text(cut);
    }
}

TEST_P(Deal, ReducesThatDoNotCommute)
{
    for (const Cut &cut : edges()) {
        std::vector<uint64_t> in = integers(cut.n + 1);
        std::vector<size_t> at;
        std::string text_in = strings(cut.n, at);
        std::vector<unsigned char> plain = reduce(affine, cut, nullptr, nullptr);
        std::vector<unsigned char> sent = reduce(affine_in, cut, in.data(), nullptr);
        std::vector<unsigned char> hashed = reduce(words, cut, text_in.data(), at.data());
        EXPECT_EQ(PLX_OK, status);
        EXPECT_EQ(tree_fold(affine, 0, cut.n, cut.grain, nullptr, nullptr, nullptr), plain)
            << text(cut);
        EXPECT_EQ(tree_fold(affine_in, 0, cut.n, cut.grain, in.data(), nullptr, nullptr), sent)
            << text(cut);
        EXPECT_EQ(tree_fold(words, 0, cut.n, cut.grain, text_in.data(), at.data(), nullptr), hashed)
            << text(cut);
    }
}

// Strings of which all, or all but one, are empty: a message may have no bytes.
TEST_P(Deal, NothingButEmptyItems)
{
    for (size_t last : {size_t{0}, size_t{3}}) {
        Cut cut{100, 3, PLX_DYNAMIC};
        std::vector<size_t> at(101, 0);
        at[100] = last;
        std::vector<unsigned char> got = map(words, cut, "abc", at.data());
        EXPECT_EQ(PLX_OK, status);
        if (team.root())
            EXPECT_EQ(whole_map(words, 0, 100, "abc", at.data(), nullptr), got);
    }
}

// In the first hand-out, in the middle, in the last: alone, or one of many.
TEST_P(Deal, FailuresEarlyAndLate)
{
    const size_t n = 701;
    for (plx_schedule schedule : {PLX_GUIDED, PLX_DYNAMIC})
        for (bool keep_going : {false, true})
            for (Picky ctx : {Picky{0, 1000}, Picky{350, 1000}, Picky{700, 1000}, Picky{3, 50}}) {
                std::vector<uint64_t> out(n, 77);
                uint64_t acc = 77, sum = 0, failed = 0;
                plx_failure first[2]{};
                plx_job job = job_of(picky, {n, 3, schedule});
                job.ctx = &ctx;
                job.keep_going = keep_going;
                job.failures = first;
                job.failures_cap = 1;
                job.out = out.data();
                plx_status mapped = plx_map(team, &job, &report);
                plx_report map_report = report;
                job.failures = first + 1;
                job.out = &acc;
                plx_status reduced = plx_reduce(team, &job, &report);
                for (size_t i = 0; i < n; i++) {
                    bool fails = i >= ctx.from && (i - ctx.from) % ctx.every == 0;
                    failed += fails;
                    sum += fails ? 0 : i * i;
                    bool told = team.root() && (keep_going || i < ctx.from);
                    if (told)
                        EXPECT_EQ(fails ? 0 : i * 3 + 1, out[i]) << i;
                }
                EXPECT_EQ(PLX_ITEM_FAILED, mapped);
                EXPECT_EQ(PLX_ITEM_FAILED, reduced);
                EXPECT_EQ(ctx.from, first[0].item);
                EXPECT_EQ(ctx.from, first[1].item);
                EXPECT_EQ(keep_going ? failed : 1, map_report.failed);
                EXPECT_EQ(keep_going ? failed : 1, report.failed);
                EXPECT_EQ(keep_going ? n - failed : ctx.from, report.done);
                EXPECT_EQ(keep_going ? sum : 77, acc);
            }
}

// The first item fails at once, the others take 2 ms each: whoever hands out hears of it long
// before all 600 are handed out, whichever rank it was.
TEST_P(Deal, AFailureEndsTheHandOuts)
{
    static const plx_kernel slow = [] {
        plx_kernel k{};
        k.size = sizeof k;
        k.name = "slow";
        k.out_size = 1;
        k.map = [](const plx_block *b) {
            for (size_t i = b->lo; i < b->hi; i++)
                if (i == 0)
                    plx_fail(b, i, 1, "the first");
                else
                    std::this_thread::sleep_for(std::chrono::milliseconds(2));
        };
        return k;
    }();
    std::vector<unsigned char> out(600);
    std::vector<plx_worker> workers(64);
    plx_job job = job_of(slow, {out.size(), 1, PLX_DYNAMIC});
    job.out = out.data();
    job.by_worker = workers.data();
    job.by_worker_cap = workers.size();
    status = plx_map(team, &job, &report);
    size_t chunks = 0;
    for (const plx_worker &w : workers)
        chunks += w.chunks;
    EXPECT_EQ(PLX_ITEM_FAILED, status);
    if (team.root() && report.ranks > 1)
        EXPECT_GT(600u, chunks);
}

// Which rank ran an item, and none was run twice: shares in the report add up.
TEST_P(Deal, EveryItemIsRunOnceAndTheReportSaysWhoServes)
{
    const char *told = std::getenv("PLX_TEST_ROOT_WORKS");
    int works = told ? std::atoi(told) : 32;
    std::vector<plx_worker> workers(64);
    for (plx_schedule schedule : {PLX_GUIDED, PLX_DYNAMIC, PLX_STATIC}) {
        uint64_t acc[2];
        plx_job job = job_of(affine, {3001, 3, schedule});
        job.out = acc;
        job.by_worker = workers.data();
        job.by_worker_cap = workers.size();
        status = plx_reduce(team, &job, &report);
        size_t items = 0, of_root = 0;
        for (const plx_worker &w : workers) {
            items += w.items;
            of_root += w.rank == 0 ? w.items : 0;
        }
        EXPECT_EQ(PLX_OK, status);
        EXPECT_EQ(schedule != PLX_STATIC && report.ranks > works, report.serving);
        if (!team.root())
            continue;
        EXPECT_EQ(3001u, items);
        EXPECT_EQ(report.serving == 1, of_root == 0);
    }
}
