// SPDX-License-Identifier: MIT
// plx_scan: the bytes of a walk from left to right, whoever folded what. Two oracles: the kernel's
// functions in two plain loops, and for integers formulas that know nothing of the kernel.
#include "suite.hpp"

#include <algorithm>

class Scan : public Law
{
  protected:
    plx_job job_of(const plx_kernel &kernel, const Cut &cut, bool exclusive)
    {
        plx_job job{};
        job.kernel = &kernel;
        job.n = cut.n;
        job.grain = cut.grain;
        job.schedule = cut.schedule;
        job.exclusive = team.root() && exclusive;
        return job;
    }
    // Rank 0 has the data. Behind the last item nothing is to be written.
    std::vector<unsigned char> run(const plx_kernel &kernel, const Cut &cut, bool exclusive,
                                   const void *in, const size_t *at)
    {
        size_t size = cut.n * kernel.acc_size;
        std::vector<unsigned char> out(size + 8, 0xa5);
        plx_job job = job_of(kernel, cut, exclusive);
        if (team.root()) {
            job.in = in;
            job.at = at;
            job.out = out.data();
        }
        status = plx_scan(team, &job, &report);
        EXPECT_EQ(PLX_OK, status) << report.why;
        EXPECT_EQ(cut.n, report.done);
        EXPECT_EQ(8, std::count(out.begin() + (long)size, out.end(), 0xa5));
        out.resize(size);
        return out;
    }
    void equal(const plx_kernel &kernel, const Cut &cut, bool exclusive, const void *in,
               const size_t *at)
    {
        std::vector<unsigned char> got = run(kernel, cut, exclusive, in, at);
        bool same = prefix_folds(kernel, cut.n, report.grain, in, at, nullptr, exclusive) == got;
        if (team.root())
            EXPECT_TRUE(same) << text(cut) << " exclusive " << exclusive;
    }
    static bool by_turns(const Cut &cut)
    {
        return cut.schedule == PLX_STATIC;
    }
    plx_status status;
    plx_report report;
};
EVERY_MODEL(Scan);

TEST_P(Scan, DoesNotCommute)
{
    for (const Cut &cut : cuts())
        for (bool exclusive : {false, true})
            equal(affine, cut, exclusive, nullptr, nullptr);
}

TEST_P(Scan, EachItemComesFromItsPlace)
{
    for (const Cut &cut : cuts()) {
        std::vector<uint64_t> in = integers(cut.n + 1);
        equal(affine_in, cut, by_turns(cut), in.data(), nullptr);
    }
}

TEST_P(Scan, ItemsMayDifferInLength)
{
    for (const Cut &cut : cuts()) {
        std::vector<size_t> at;
        std::string in = strings(cut.n, at);
        equal(words, cut, by_turns(cut), in.data(), at.data());
    }
}

TEST_P(Scan, FloatingPointHasTheSameBytes)
{
    const plx_kernel *moments = plx_kernel_find("moments");
    for (const Cut &cut : cuts()) {
        std::vector<double> in = reals(cut.n + 1);
        equal(*moments, cut, by_turns(cut), in.data(), nullptr);
    }
}

TEST_P(Scan, LargeAccumulatorsHaveTheSameBytes)
{
    for (plx_schedule schedule : {PLX_GUIDED, PLX_STATIC})
        equal(bins, {30, 7, schedule}, schedule == PLX_STATIC, nullptr, nullptr);
}

// x -> (2i + 3) x + i^2 + i + 7 composed: applied to x = 1 one after another.
TEST_P(Scan, AgreesWithAPlainLoop)
{
    const uint64_t prime = 2147483647;
    const size_t n = 5000;
    std::vector<unsigned char> got = run(affine, {n, 0, PLX_GUIDED}, false, nullptr, nullptr);
    uint64_t x = 1, wrong = 0;
    for (uint64_t i = 0; i < n && team.root(); i++) {
        uint64_t acc[2];
        std::memcpy(acc, &got[i * sizeof acc], sizeof acc);
        x = ((2 * i + 3) % prime * x + (i * i + i + 7) % prime) % prime;
        wrong += (acc[0] + acc[1]) % prime != x;
    }
    EXPECT_EQ(0u, wrong);
}

__extension__ typedef unsigned __int128 Wide;

TEST_P(Scan, AgreesWithAClosedForm)
{
    const plx_kernel *squares = plx_kernel_find("sum_squares");
    const size_t n = 4000;
    for (bool exclusive : {false, true}) {
        Cut cut{n, 33, PLX_DYNAMIC};
        std::vector<unsigned char> got = run(*squares, cut, exclusive, nullptr, nullptr);
        size_t wrong = 0;
        for (size_t i = 0; i < n && team.root(); i++) {
            uint64_t acc[2];
            std::memcpy(acc, &got[i * sizeof acc], sizeof acc);
            Wide k = i + !exclusive, sum = k ? (k - 1) * k * (2 * k - 1) / 6 : 0;
            wrong += ((Wide)acc[1] << 64 | acc[0]) != sum;
        }
        EXPECT_EQ(0u, wrong);
    }
}

// Each rank has its own share of in and out, and nobody another's.
TEST_P(Scan, SharesOfTheRanksOwn)
{
    for (const Cut &cut : cuts()) {
        std::vector<uint64_t> in = integers(cut.n + 1);
        bool exclusive = by_turns(cut);
        plx_job job = job_of(affine_in, cut, exclusive);
        size_t lo, hi, size = affine_in.acc_size;
        job.where = PLX_LOCAL;
        plx_share(team, &job, &lo, &hi);
        std::vector<uint64_t> mine(in.begin() + (long)lo, in.begin() + (long)hi);
        std::vector<unsigned char> out((hi - lo) * size + 1);
        job.in = mine.data();
        job.out = out.data();
        status = plx_scan(team, &job, &report);
        EXPECT_EQ(PLX_OK, status) << report.why;
        std::vector<unsigned char> all =
            prefix_folds(affine_in, cut.n, report.grain, in.data(), nullptr, nullptr, exclusive);
        bool same = std::equal(all.begin() + (long)(lo * size), all.begin() + (long)(hi * size),
                               out.begin());
        EXPECT_TRUE(same) << text(cut);
    }
}

TEST_P(Scan, FailedItemsAreLeftOut)
{
    const size_t n = 1000;
    for (size_t grain : {size_t{1}, size_t{7}, size_t{0}})
        for (bool exclusive : {false, true})
            for (bool keep_going : {false, true})
                for (Picky ctx : {Picky{0, 1000}, Picky{5, 31}, Picky{423, 31}, Picky{999, 1000}}) {
                    std::vector<uint64_t> out(n, 77);
                    plx_failure failures[4]{};
                    plx_job job = job_of(picky, {n, grain, PLX_GUIDED}, exclusive);
                    job.ctx = &ctx;
                    job.keep_going = keep_going;
                    job.failures = failures;
                    job.failures_cap = 4;
                    job.out = team.root() ? out.data() : nullptr;
                    status = plx_scan(team, &job, &report);
                    size_t sum = 0, failed = 0, wrong = 0;
                    for (size_t i = 0; i < n; i++) {
                        bool fails = i >= ctx.from && (i - ctx.from) % ctx.every == 0;
                        size_t before = sum;
                        sum += fails ? 0 : i * i;
                        failed += fails;
                        bool told = team.root() && (keep_going || i < ctx.from);
                        wrong += told && out[i] != (exclusive ? before : sum);
                    }
                    EXPECT_EQ(0u, wrong) << "grain " << grain << " from " << ctx.from;
                    EXPECT_EQ(PLX_ITEM_FAILED, status);
                    EXPECT_EQ(keep_going ? failed : 1, report.failed);
                    EXPECT_EQ(keep_going ? n - failed : ctx.from, report.done);
                    EXPECT_EQ(n, report.done + report.failed + report.not_run);
                    EXPECT_EQ(keep_going ? std::min<size_t>(failed, 4) : 1, report.failures);
                    for (size_t i = 0; i < report.failures; i++)
                        EXPECT_EQ(ctx.from + i * ctx.every, failures[i].item);
                }
}

// Every item is one worker's, once, and the second pass leaves its slices too.
TEST_P(Scan, TheReportAddsUp)
{
    std::vector<plx_worker> workers(64);
    std::vector<plx_slice> slices(4000);
    std::vector<unsigned char> out(3001 * affine.acc_size);
    plx_job job = job_of(affine, {3001, 3, PLX_GUIDED}, false);
    job.out = out.data();
    job.by_worker = workers.data();
    job.by_worker_cap = workers.size();
    job.slices = slices.data();
    job.slices_cap = slices.size();
    status = plx_scan(team, &job, &report);
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(3001u, report.n);
    EXPECT_EQ(1001u, report.blocks);
    EXPECT_EQ(0, report.serving);
    EXPECT_LE(report.transfer_s + report.busy_max_s, report.elapsed_s * (1 + 1e-9));
    size_t items = 0, covered = 0;
    for (const plx_worker &w : workers)
        items += w.items;
    for (size_t i = 0; i < report.slices && i < slices.size(); i++)
        if (slices[i].kind == PLX_SLICE_CHUNK)
            covered += slices[i].hi - slices[i].lo;
    if (!team.root())
        return;
    EXPECT_EQ(3001u, items);
    EXPECT_EQ(2 * 3001u, covered);
}

TEST_P(Scan, BadJobsAreRefused)
{
    uint64_t out[2] = {77, 77};
    plx_job job = job_of(affine, {size_t{1} << 60, 0, PLX_GUIDED}, false);
    job.out = out;
    EXPECT_EQ(PLX_TOO_BIG, plx_scan(team, &job, &report));
    job.n = 1;
    job.out = nullptr;
    EXPECT_EQ(PLX_BAD_JOB, plx_scan(team, &job, &report));
    EXPECT_STREQ("out is missing", report.why);
    job.out = out;
    job.kernel = &stamp;
    EXPECT_EQ(PLX_BAD_JOB, plx_scan(team, &job, &report));
    EXPECT_STREQ("kernel stamp has no fold", report.why);
    EXPECT_EQ(77u, out[0]);
}
