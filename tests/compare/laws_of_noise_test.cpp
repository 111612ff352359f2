// SPDX-License-Identifier: MIT
// How often the intervals hold, whatever law the machine's moments follow: coverage of the paired
// ratio under six laws, with a fixed number of rounds and after the looks have stopped, and where
// no interval can. Run with --gtest_brief=0 for the figures; the seeds are fixed.
#include <gtest/gtest.h>

#include <cstdio>

#include "noise.h"

extern "C" {
#include "compare/verdict.h"
}

namespace
{

struct Counts {
    double covered, told, rounds; // parts of the trials, and their mean
};

template <class Trial> Counts count(int trials, Trial trial)
{
    Counts counts = {0, 0, 0};
    for (int i = 0; i < trials; i++) {
        const Pairs pairs = trial();
        counts.covered += pairs.covered();
        counts.told += plx_verdict_outcome(&pairs.ratio.back()) != PLX_COMPARE_SAME;
        counts.rounds += static_cast<double>(pairs.rounds);
    }
    return {counts.covered / trials, counts.told / trials, counts.rounds / trials};
}

void print(const char *what, int law, const Counts &counts)
{
    printf("%-22s %-11s covered %.1f %%, told apart %.1f %%, %.0f rounds\n", what, law_name(law),
           100 * counts.covered, 100 * counts.told, counts.rounds);
}

// 30 rounds have a level of 95.7 %; the deviation of 3000 trials is 0.4 %.
TEST(LawsOfNoise, FixedRoundsCover)
{
    for (int law = 0; law < LAWS; law++)
        for (double truth : {1.0, 1.03}) {
            Random random(static_cast<unsigned>(law) + 1);
            const std::vector<double> times = {truth, 1};
            const Counts counts = count(
                3000, [&] { return judge(launches(law, 0.05, 30, times, random), times, 30); });
            print("fixed rounds", law, counts);
            EXPECT_GE(counts.covered, 0.93) << law_name(law) << " " << truth;
            EXPECT_LE(counts.covered, 0.97) << law_name(law) << " " << truth;
        }
}

// Scales at which the looks stop at some look in the middle; 3 % is found.
TEST(LawsOfNoise, StoppedRoundsCover)
{
    const double scale[LAWS] = {0.015, 0.015, 0.02, 0.01, 0.03, 0.015};
    for (int law = 0; law < LAWS; law++)
        for (double truth : {1.0, 1.03}) {
            Random random(static_cast<unsigned>(law) + 11);
            const Counts counts = count(3000, [&] {
                return compare_noise(law, scale[law], 150, {truth, 1}, random);
            });
            print(truth > 1 ? "stopped, 3 % slower" : "stopped, equals", law, counts);
            EXPECT_GE(counts.covered, 0.93) << law_name(law) << " " << truth;
            EXPECT_LE(counts.covered, 0.97) << law_name(law) << " " << truth;
            EXPECT_GE(counts.rounds, 12);
            EXPECT_LE(counts.rounds, 100);
            if (truth > 1)
                EXPECT_GE(counts.told, 0.95);
            else
                EXPECT_LE(counts.told, 0.07);
        }
}

// As `compare serial, x, x` does it: all three pairs hold together, and the equals are told apart
// in one report of fifty at most.
TEST(LawsOfNoise, ManyPairsHoldTogether)
{
    for (int law = 0; law < LAWS; law++) {
        Random random(static_cast<unsigned>(law) + 21);
        const Counts counts = count(800, [&] {
            return compare_noise(law, 0.015, 100, {1.9, 1, 1}, random);
        });
        print("serial and two equals", law, counts);
        EXPECT_GE(counts.covered, 0.93) << law_name(law);
        EXPECT_LE(counts.told, 0.025) << law_name(law);
    }
}

// What the plan of looks is for: who stops as soon as a pair is told apart tells equals apart three
// times as often as his intervals say.
TEST(LawsOfNoise, StoppingAtThePleasingMomentMisleads)
{
    Random random(31);
    const int trials = 1000;
    int told = 0;
    for (int i = 0; i < trials; i++) {
        const auto time = launches(NORMAL, 0.05, 100, {1, 1}, random);
        bool apart = false;
        for (size_t round = 6; round <= 100 && !apart; round += 3)
            apart = plx_verdict_outcome(&judge(time, {1, 1}, round).ratio[0]) != PLX_COMPARE_SAME;
        told += apart;
    }
    printf("stopped when told apart: %.1f %% of equals\n", 100.0 * told / trials);
    EXPECT_GT(told, 0.12 * trials);
}

// What the squares are for: if the second place of a round is always 3 % slower, a fixed order
// finds a difference in every trial; the squares give the place to both alike.
TEST(LawsOfNoise, ASlowPlaceMisleadsOnlyAFixedOrder)
{
    Random random(41);
    const int trials = 300;
    int fixed = 0, squares = 0;
    for (int i = 0; i < trials; i++) {
        const std::vector<double> moment = noise(NORMAL, 60, 0.01, random);
        const uint64_t seed = random();
        double a[2][30], b[2][30];
        for (size_t round = 0; round < 30; round++) {
            size_t order[2];
            plx_order_fill(order, 2, round, seed);
            const double first = moment[2 * round], second = 1.03 * moment[2 * round + 1];
            a[0][round] = first;
            b[0][round] = second;
            a[1][round] = order[0] == 0 ? first : second;
            b[1][round] = order[0] == 0 ? second : first;
        }
        plx_interval as_is = plx_stats_ratio(a[0], b[0], 30, 0.95),
                     drawn = plx_stats_ratio(a[1], b[1], 30, 0.95);
        fixed += plx_verdict_outcome(&as_is) != PLX_COMPARE_SAME;
        squares += plx_verdict_outcome(&drawn) != PLX_COMPARE_SAME;
    }
    EXPECT_GT(fixed, 0.99 * trials);
    EXPECT_LT(squares, 0.05 * trials);
}

// A row's own interval is about the times of these rounds. Where moments follow one another no
// interval from one run can say what another hour would give: that is what pairing is for.
TEST(LawsOfNoise, ARowsOwnIntervalNeedsIndependentMoments)
{
    // the medians of the laws: of the bimodal one 5/7 of its lower mode, 0.566 deviations; the
    // step's is the time before the neighbour came
    const double scale = 0.05,
                 median[LAWS] = {1, 1, exp(0.2 * scale * 0.566), 1 + scale * (pow(2, 1 / 1.5) - 1),
                                 1, 1};
    const int trials = 2000;
    double covered[LAWS] = {};
    for (int law = 0; law < LAWS; law++) {
        Random random(static_cast<unsigned>(law) + 51);
        for (int i = 0; i < trials; i++) {
            const auto time = launches(law, scale, 30, {1, 1}, random);
            const plx_interval own = plx_stats_interval(time[0].data(), 30, 0.95);
            covered[law] += own.low <= median[law] && median[law] <= own.high;
        }
        covered[law] /= trials;
        printf("a row alone            %-11s covered %.1f %%\n", law_name(law), 100 * covered[law]);
    }
    for (int law : {NORMAL, LOGNORMAL, BIMODAL, PARETO}) {
        EXPECT_GE(covered[law], 0.93) << law_name(law);
        EXPECT_LE(covered[law], 0.97) << law_name(law);
    }
    EXPECT_NEAR(covered[AR1], 0.70, 0.1);
    EXPECT_NEAR(covered[STEP], 0.40, 0.1);
}

} // namespace
