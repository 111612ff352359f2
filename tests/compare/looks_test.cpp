// SPDX-License-Identifier: MIT
// compare/looks.c: the plan of looks, and what a look decides.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

extern "C" {
#include "compare/looks.h"
#include "compare/stats.h"
}

namespace
{

TEST(Looks, RoundsThatFit)
{
    EXPECT_EQ(plx_looks_fit(60, 1), 60);
    EXPECT_EQ(plx_looks_fit(60, 7), 8);
    EXPECT_EQ(plx_looks_fit(1, 7), 0);
    EXPECT_EQ(plx_looks_fit(0, 7), 0);
    EXPECT_EQ(plx_looks_fit(60, 0), PLX_LOOKS_ROUNDS);
    EXPECT_EQ(plx_looks_fit(1e30, 1e-9), PLX_LOOKS_ROUNDS);
}

TEST(Looks, PlanForAnyNumberOfRowsAndRounds)
{
    for (size_t rows : {1u, 2u, 3u, 6u, 7u, 20u, 64u}) {
        const double confidence = plx_stats_pair_confidence(rows);
        const int least = static_cast<int>(plx_stats_least(confidence));
        for (int rounds = 1; rounds <= PLX_LOOKS_ROUNDS; rounds += rounds < 60 ? 1 : 47) {
            plx_looks looks;
            plx_looks_plan(&looks, rows, rounds);
            ASSERT_GE(looks.count, 1u);
            ASSERT_LE(looks.count, static_cast<size_t>(PLX_LOOKS_MOST));
            const int last = looks.at[looks.count - 1];
            ASSERT_LE(last, rounds);
            ASSERT_GE(last, rounds - rounds / 10); // the budget is for use
            ASSERT_EQ(looks.at[0], looks.count > 1 ? least : last);
            for (size_t i = 0; i + 1 < looks.count; i++) {
                // never so near to the next that the same samples would decide twice
                ASSERT_GE(4 * looks.at[i + 1], 5 * looks.at[i]) << rows << " rows, " << rounds;
                ASSERT_LE(looks.at[i + 1], 5 * looks.at[i] / 2);
            }
        }
    }
}

TEST(Looks, LevelsWasteLittle)
{
    plx_looks looks;
    plx_looks_plan(&looks, 2, PLX_LOOKS_ROUNDS);
    for (size_t i = 0; i < looks.count; i++) {
        size_t n = static_cast<size_t>(looks.at[i]);
        double level = plx_stats_level(n, plx_stats_rank(n, 0.95));
        EXPECT_GE(level, 0.956) << n; // others go from 95.0 to 98.4 %
        EXPECT_LE(level, 0.97) << n;
    }
}

TEST(Looks, ToldRoundsAreOneLook)
{
    plx_looks looks;
    plx_looks_fixed(&looks, 7);
    EXPECT_EQ(looks.count, 1u);
    EXPECT_EQ(looks.at[0], 7);
    EXPECT_EQ(plx_looks_until(&looks, 0, 0), 7);
    EXPECT_EQ(plx_looks_until(&looks, 0, 100), 7);
}

TEST(Looks, WidthIsBlindForTheSide)
{
    const auto width = [](double low, double high) {
        plx_interval ratio = {sqrt(low * high), low, high, true};
        return plx_looks_width(&ratio);
    };
    EXPECT_NEAR(width(exp(-0.01), exp(0.01)), 1, 1e-12);
    EXPECT_NEAR(width(exp(0.00), exp(0.02)), 1, 1e-12);
    EXPECT_NEAR(width(exp(-0.02), exp(0.04)), 3, 1e-12);
    EXPECT_NEAR(width(exp(0.9), exp(1.1)), 1, 1e-12); // a tenth of what sets them apart
    EXPECT_NEAR(width(2, 3), width(1.0 / 3, 1.0 / 2), 1e-12);
    plx_interval unknown = {1, 1, 1, false};
    EXPECT_TRUE(std::isinf(plx_looks_width(&unknown)));
    EXPECT_TRUE(std::isinf(width(0, 1)));
    EXPECT_TRUE(std::isinf(width(1, std::numeric_limits<double>::infinity())));
}

TEST(Looks, ALookChoosesTheNextOne)
{
    const plx_looks looks = {4, {6, 12, 24, 48}};
    EXPECT_EQ(plx_looks_until(&looks, 0, 0.5), 6); // far narrower than wanted: enough
    EXPECT_EQ(plx_looks_until(&looks, 0, 0.51), 12);
    EXPECT_EQ(plx_looks_until(&looks, 0, 1.41), 12); // the root of two
    EXPECT_EQ(plx_looks_until(&looks, 0, 1.42), 48); // as far as anybody knows now
    EXPECT_EQ(plx_looks_until(&looks, 1, 0.1), 24);  // a later look never ends it at once
    EXPECT_EQ(plx_looks_until(&looks, 1, 1.42), 48);
    EXPECT_EQ(plx_looks_until(&looks, 2, 0.1), 48);
    EXPECT_EQ(plx_looks_until(&looks, 3, 9), 48);
    EXPECT_EQ(plx_looks_until(&looks, 0, INFINITY), 48);
}

} // namespace
