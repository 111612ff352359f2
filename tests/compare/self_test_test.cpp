// SPDX-License-Identifier: MIT
// compare/self_test.c: its limits against the binomial law summed by Pascal's rule, and that they
// are kept or broken where they should be.
#include <gtest/gtest.h>

#include <vector>

extern "C" {
#include "compare/self_test.h"
}

namespace
{

// P(exactly k hits) for all k, trial by trial.
std::vector<double> law(int trials, double p)
{
    std::vector<double> chance = {1};
    for (int i = 0; i < trials; i++) {
        chance.push_back(0);
        for (size_t k = chance.size() - 1; k > 0; k--)
            chance[k] = chance[k] * (1 - p) + chance[k - 1] * p;
        chance[0] *= 1 - p;
    }
    return chance;
}

double above(int trials, double p, int c)
{
    const std::vector<double> chance = law(trials, p);
    double sum = 0;
    for (int k = c + 1; k <= trials; k++)
        sum += chance[static_cast<size_t>(k)];
    return sum;
}

TEST(SelfTest, LimitsAreThoseOfTheBinomialLaw)
{
    EXPECT_EQ(plx_self_test_allowed(200), 16);
    EXPECT_EQ(plx_self_test_goal(200), 4);
    EXPECT_EQ(plx_self_test_needed(200), 180);
    for (int trials : {1, 2, 5, 10, 20, 50, 100, 200, 1000}) {
        const int allowed = plx_self_test_allowed(trials),
                  missed = trials - plx_self_test_needed(trials);
        EXPECT_LE(above(trials, 0.05, allowed), 0.025) << trials;
        EXPECT_LE(above(trials, 0.065, missed), 0.025) << trials;
        EXPECT_GT(above(trials, 0.05, allowed - 1), 0.025) << trials;
        EXPECT_GT(above(trials, 0.065, missed - 1), 0.025) << trials;
    }
}

TEST(SelfTest, JudgesItsCounts)
{
    plx_self_test_count count = {};
    count.trials = 200;
    count.told = 16;
    EXPECT_TRUE(plx_self_test_equal_good(&count));
    count.told = 17;
    EXPECT_FALSE(plx_self_test_equal_good(&count));
    count.told = count.found = 180;
    EXPECT_TRUE(plx_self_test_slower_good(&count));
    count.told = count.found = 179;
    EXPECT_FALSE(plx_self_test_slower_good(&count));
    count.told = 200;
    count.found = 183; // 17 the wrong way
    EXPECT_FALSE(plx_self_test_slower_good(&count));
}

} // namespace
