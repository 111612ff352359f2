// SPDX-License-Identifier: MIT
// plx_reduce: the bytes of the fixed tree, by an oracle that recurses plainly; the same on every
// rank.
#include "suite.hpp"

class Reduce : public Law
{
  protected:
    std::vector<unsigned char> run(const plx_kernel &kernel, const Cut &cut, const void *in,
                                   const size_t *at, const void *ctx = nullptr)
    {
        std::vector<unsigned char> out(kernel.acc_size, 0xa5);
        plx_job job{};
        job.kernel = &kernel;
        job.n = cut.n;
        job.in = team.root() ? in : nullptr;
        job.at = team.root() ? at : nullptr;
        job.ctx = ctx;
        job.out = out.data();
        job.grain = cut.grain;
        job.schedule = cut.schedule;
        plx_report report;
        status = plx_reduce(team, &job, &report);
        grain = report.grain;
        return out;
    }
    plx_status status;
    size_t grain;
};
EVERY_MODEL(Reduce);

TEST_P(Reduce, DoesNotCommute)
{
    for (const Cut &cut : cuts()) {
        std::vector<unsigned char> got = run(affine, cut, nullptr, nullptr);
        EXPECT_EQ(PLX_OK, status);
        EXPECT_EQ(tree_fold(affine, 0, cut.n, grain, nullptr, nullptr, nullptr), got) << text(cut);
    }
}

TEST_P(Reduce, EachItemComesFromItsPlace)
{
    for (const Cut &cut : cuts()) {
        std::vector<uint64_t> in = integers(cut.n + 1);
        std::vector<unsigned char> got = run(affine_in, cut, in.data(), nullptr);
        EXPECT_EQ(PLX_OK, status);
        EXPECT_EQ(tree_fold(affine_in, 0, cut.n, grain, in.data(), nullptr, nullptr), got)
            << text(cut);
    }
}

TEST_P(Reduce, ItemsMayDifferInLength)
{
    for (const Cut &cut : cuts()) {
        std::vector<size_t> at;
        std::string in = strings(cut.n, at);
        std::vector<unsigned char> got = run(words, cut, in.data(), at.data());
        EXPECT_EQ(PLX_OK, status);
        EXPECT_EQ(tree_fold(words, 0, cut.n, grain, in.data(), at.data(), nullptr), got)
            << text(cut);
    }
}

TEST_P(Reduce, FloatingPointHasTheSameBytes)
{
    const plx_kernel *moments = plx_kernel_find("moments");
    for (const Cut &cut : cuts()) {
        std::vector<double> in = reals(cut.n + 1);
        std::vector<unsigned char> got = run(*moments, cut, in.data(), nullptr);
        EXPECT_EQ(PLX_OK, status);
        EXPECT_EQ(tree_fold(*moments, 0, cut.n, grain, in.data(), nullptr, nullptr), got)
            << text(cut);
    }
}

TEST_P(Reduce, LargeAccumulatorHasTheSameBytes)
{
    for (plx_schedule schedule : {PLX_GUIDED, PLX_STATIC, PLX_DYNAMIC})
        for (size_t n : {size_t{0}, size_t{100}, size_t{1234}, size_t{3001}}) {
            Cut cut{n, 0, schedule};
            std::vector<unsigned char> got = run(bins, cut, nullptr, nullptr);
            EXPECT_EQ(PLX_OK, status);
            bool same = tree_fold(bins, 0, n, grain, nullptr, nullptr, nullptr) == got;
            EXPECT_TRUE(same) << text(cut);
        }
}

static std::string value_of(plx_team *team, const char *name, size_t n, plx_status *status)
{
    const plx_kernel *kernel = plx_kernel_find(name);
    uint64_t acc[2] = {0, 0};
    plx_job job{};
    job.kernel = kernel;
    job.n = n;
    job.out = acc;
    *status = plx_reduce(team, &job, nullptr);
    char text[64];
    plx_field_text(kernel->results, acc, text, sizeof text);
    return text;
}

// Published: pi(10^6), pi(10^7); 10,000,019 is the next prime, which "below" leaves out.
TEST_P(Reduce, CountsPrimes)
{
    plx_status million, ten_millions;
    std::string first = value_of(team, "prime_sieve", 1000000, &million);
    std::string second = value_of(team, "prime_sieve", 10000019, &ten_millions);
    EXPECT_EQ(PLX_OK, million);
    EXPECT_EQ(PLX_OK, ten_millions);
    EXPECT_EQ("78498", first);
    EXPECT_EQ("664579", second);
}

__extension__ typedef unsigned __int128 Wide;

// The closed form; from n = 3,810,779 on the sum is above 2^64.
TEST_P(Reduce, SumOfSquaresNeverWraps)
{
    for (size_t n : {size_t{3810778}, size_t{3810779}, size_t{3810780}, size_t{10000000}}) {
        std::string got = value_of(team, "sum_squares", n, &status);
        Wide wide = n, sum = (wide - 1) * wide * (2 * wide - 1) / 6;
        std::string digits;
        for (; sum; sum /= 10)
            digits.insert(digits.begin(), (char)('0' + (int)(sum % 10)));
        EXPECT_EQ(PLX_OK, status);
        EXPECT_EQ(digits, got) << n;
    }
}

TEST_P(Reduce, OutMayBeLeftOutOnOtherRanks)
{
    uint64_t acc[2] = {0, 0};
    plx_job job{};
    job.kernel = &affine;
    job.n = 500;
    job.out = team.root() ? acc : nullptr;
    EXPECT_EQ(PLX_OK, plx_reduce(team, &job, nullptr));
}
