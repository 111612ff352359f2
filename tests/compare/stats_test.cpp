// SPDX-License-Identifier: MIT
// compare/stats.c against oracles by other methods: counting all sign patterns, logarithms of gamma
// functions, a published table, and simulated samples whose true median is known.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

extern "C" {
#include "compare/stats.h"
#include "compare/verdict.h"
}

namespace
{

// P(fewer than k of n samples below the median), by counting all 2^n patterns.
long double tail_by_counting(unsigned n, unsigned k)
{
    unsigned long count = 0;
    for (unsigned long pattern = 0; pattern < 1ul << n; pattern++)
        count += static_cast<unsigned>(__builtin_popcountl(pattern)) < k;
    return static_cast<long double>(count) / static_cast<long double>(1ul << n);
}

// The same by logarithms.
long double tail_by_gamma(unsigned n, unsigned k)
{
    long double sum = 0;
    for (unsigned i = 0; i < k; i++)
        sum += expl(lgammal(n + 1.0L) - lgammal(i + 1.0L) - lgammal(n - i + 1.0L) - n * logl(2.0L));
    return sum;
}

TEST(Stats, RankIsTheLargestThatCovers)
{
    for (double confidence : {0.8, 0.95, 0.99, 0.9976}) {
        const long double miss = 1 - static_cast<long double>(confidence);
        for (unsigned n = 1; n <= 18; n++) {
            unsigned k = static_cast<unsigned>(plx_stats_rank(n, confidence));
            EXPECT_LE(2 * tail_by_counting(n, k), miss) << n;
            EXPECT_GT(2 * tail_by_counting(n, k + 1), miss) << n;
        }
        for (unsigned n = 19; n <= 1000; n += n < 100 ? 1 : 37) {
            unsigned k = static_cast<unsigned>(plx_stats_rank(n, confidence));
            EXPECT_LE(2 * tail_by_gamma(n, k), miss) << n;
            EXPECT_GT(2 * tail_by_gamma(n, k + 1), miss) << n;
        }
    }
}

TEST(Stats, RankAsInPublishedTables)
{
    const struct {
        size_t n, k;
    } table[] = {
        {0, 0},  {1, 0},  {5, 0},  {6, 1},   {7, 1},   {8, 1},   {9, 2},    {10, 2},
        {11, 2}, {12, 3}, {13, 3}, {14, 3},  {15, 4},  {16, 4},  {17, 5},   {18, 5},
        {19, 5}, {20, 6}, {25, 8}, {30, 10}, {40, 14}, {50, 18}, {100, 40},
    };
    for (const auto &row : table)
        EXPECT_EQ(plx_stats_rank(row.n, 0.95), row.k) << row.n;
}

TEST(Stats, LevelIsWhatTheRankReallyCovers)
{
    for (unsigned n = 1; n <= 18; n++)
        for (unsigned k = 1; k <= n / 2; k++)
            EXPECT_NEAR(plx_stats_level(n, k), 1 - 2 * static_cast<double>(tail_by_counting(n, k)),
                        1e-12);
    for (unsigned n : {50u, 200u, 1000u})
        EXPECT_NEAR(plx_stats_level(n, n / 3), 1 - 2 * static_cast<double>(tail_by_gamma(n, n / 3)),
                    1e-9);
    EXPECT_EQ(plx_stats_level(9, 0), 0);
}

TEST(Stats, PairsShareTheirMistakes)
{
    EXPECT_EQ(plx_stats_pair_confidence(0), 0.95);
    EXPECT_EQ(plx_stats_pair_confidence(2), 0.95);
    EXPECT_DOUBLE_EQ(plx_stats_pair_confidence(3), 1 - 0.05 / 3);
    EXPECT_DOUBLE_EQ(plx_stats_pair_confidence(6), 1 - 0.05 / 15);
    EXPECT_EQ(plx_stats_least(0.95), 6u);
    for (unsigned rows = 2; rows <= 64; rows++) {
        // all samples on one side of the median: twice 2^-n
        double pairs = rows * (rows - 1) / 2;
        EXPECT_EQ(plx_stats_least(plx_stats_pair_confidence(rows)), 1 + ceil(log2(pairs / 0.05)))
            << rows;
    }
}

TEST(Stats, MedianAndInterval)
{
    const double odd[] = {3, 1, 2}, even[] = {4, 1, 3, 2}, six[] = {6, 2, 9, 4, 5, 1};
    const double nine[] = {9, 8, 7, 6, 5, 4, 3, 2, 1};
    EXPECT_EQ(plx_stats_median(odd, 3), 2);
    EXPECT_EQ(plx_stats_median(even, 4), 2.5);
    EXPECT_EQ(plx_stats_median(odd, 1), 3);
    EXPECT_EQ(plx_stats_median(odd, 0), 0);
    EXPECT_FALSE(plx_stats_interval(six, 5, 0.95).known);
    plx_interval all = plx_stats_interval(six, 6, 0.95), inner = plx_stats_interval(nine, 9, 0.95);
    EXPECT_TRUE(all.known);
    EXPECT_EQ(all.median, 4.5);
    EXPECT_EQ(all.low, 1);
    EXPECT_EQ(all.high, 9);
    EXPECT_EQ(inner.low, 2);
    EXPECT_EQ(inner.high, 8);
    EXPECT_EQ(six[0], 6); // the samples keep their order: they are paired by it
}

TEST(Stats, RatioIsPaired)
{
    // each pair is exactly 2 : 1 though the times drift tenfold: only pairing sees it
    const double a[] = {2, 20, 4, 8, 12, 16}, b[] = {1, 10, 2, 4, 6, 8};
    plx_interval ratio = plx_stats_ratio(a, b, 6, 0.95);
    EXPECT_TRUE(ratio.known);
    EXPECT_EQ(ratio.low, 2);
    EXPECT_EQ(ratio.median, 2);
    EXPECT_EQ(ratio.high, 2);
}

// How often the interval of n samples holds the true median.
template <class Law> double covered(Law law, double median, size_t n, unsigned seed)
{
    const int trials = 4000;
    std::mt19937_64 random(seed);
    std::vector<double> samples(n);
    int hits = 0;
    for (int trial = 0; trial < trials; trial++) {
        for (auto &sample : samples)
            sample = law(random);
        plx_interval interval = plx_stats_interval(samples.data(), n, 0.95);
        hits += interval.low <= median && median <= interval.high;
    }
    return static_cast<double>(hits) / trials;
}

TEST(Stats, IntervalCoversWhateverTheLaw)
{
    for (size_t n : {6, 7, 9, 15, 30}) {
        // exact coverage; 4000 trials spread by at most 0.35 %, so 1.5 % is four times that
        unsigned k = static_cast<unsigned>(plx_stats_rank(n, 0.95));
        double exact = 1 - 2 * static_cast<double>(tail_by_gamma(static_cast<unsigned>(n), k));
        EXPECT_GE(exact, 0.95);
        EXPECT_NEAR(covered(std::normal_distribution<double>(10, 1), 10, n, 1), exact, 0.015) << n;
        EXPECT_NEAR(covered(std::lognormal_distribution<double>(0, 1.5), 1, n, 2), exact, 0.015)
            << n;
    }
}

TEST(Stats, EqualsAreRarelyToldApart)
{
    std::mt19937_64 random(3);
    std::lognormal_distribution<double> law(0, 0.3);
    int same = 0;
    const int trials = 2000;
    for (int trial = 0; trial < trials; trial++) {
        double a[10], b[10];
        for (int i = 0; i < 10; i++) {
            double drift = law(random);
            a[i] = drift * law(random);
            b[i] = drift * law(random);
        }
        plx_interval ratio = plx_stats_ratio(a, b, 10, 0.95);
        same += plx_verdict_outcome(&ratio) == PLX_COMPARE_SAME;
    }
    EXPECT_GE(same, trials * 95 / 100);
}

TEST(Stats, OutcomeAtItsEdges)
{
    const struct {
        double low, high;
        plx_compare_outcome outcome;
    } cases[] = {
        {0.5, 0.6, PLX_COMPARE_FASTER},     {1.5, 1.6, PLX_COMPARE_SLOWER},
        {0.9, 1.0, PLX_COMPARE_SAME},       {1.0, 1.2, PLX_COMPARE_SAME},
        {0.5, 2.0, PLX_COMPARE_SAME},       {0.99, 0.995, PLX_COMPARE_SAME},
        {1.005, 1.01, PLX_COMPARE_SAME},    {0.989, 0.995, PLX_COMPARE_FASTER},
        {1.005, 1.011, PLX_COMPARE_SLOWER},
    };
    for (const auto &c : cases) {
        plx_interval ratio = {(c.low + c.high) / 2, c.low, c.high, true};
        EXPECT_EQ(plx_verdict_outcome(&ratio), c.outcome) << c.low << " " << c.high;
        ratio.known = false;
        EXPECT_EQ(plx_verdict_outcome(&ratio), PLX_COMPARE_SAME);
    }
}

TEST(Stats, ShuffleGivesEveryOrderAlike)
{
    int seen[24] = {0};
    uint64_t next = 0;
    for (int trial = 0; trial < 24000; trial++) {
        size_t index[4] = {0, 1, 2, 3};
        plx_stats_shuffle(index, 4, 7, &next);
        std::vector<size_t> order(index, index + 4), sorted = order, start = {0, 1, 2, 3};
        std::sort(sorted.begin(), sorted.end());
        ASSERT_EQ(sorted, start);
        int number = 0;
        while (start != order && std::next_permutation(start.begin(), start.end()))
            number++;
        seen[number]++;
    }
    // 1000 expected of each, deviation 31
    for (int count : seen)
        EXPECT_NEAR(count, 1000, 160);
    EXPECT_NE(plx_stats_random(1, 0), plx_stats_random(2, 0));
    EXPECT_EQ(plx_stats_random(1, 5), plx_stats_random(1, 5));
}

} // namespace
