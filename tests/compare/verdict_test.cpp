// SPDX-License-Identifier: MIT
// compare/verdict.c and words.c on results made up by hand: who is named, who is not.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

extern "C" {
#include "compare/looks.h"
#include "compare/verdict.h"
}

namespace
{

class Verdict : public ::testing::Test
{
  protected:
    ~Verdict() override
    {
        free(result.pairs);
        free(result.text);
    }

    // A row whose launches swing around the middle, each row's at another time: a ratio's median is
    // exactly that of the middles, and rows of one middle overlap.
    void add(const std::string &label, double middle, double spread = 0.02)
    {
        plx_compare_row row = {};
        snprintf(row.label, sizeof row.label, "%s", label.c_str());
        row.workers = 1;
        row.state = PLX_COMPARE_TIMED;
        rows.push_back(row);
        times.emplace_back();
        for (size_t i = 0; i < rounds; i++) {
            const double turn =
                static_cast<double>(i + 4 * rows.size()) / static_cast<double>(rounds);
            times.back().push_back(middle * exp(spread * sin(2 * M_PI * turn)));
        }
    }

    std::string words()
    {
        for (size_t r = 0; r < rows.size(); r++) {
            rows[r].work_s = rows[r].open_s = rows[r].launch_s = times[r].data();
            rows[r].samples = rows[r].state == PLX_COMPARE_TIMED ? rounds : 0;
        }
        result.rows = rows.data();
        result.rows_count = rows.size();
        result.rounds = static_cast<int>(rounds);
        free(result.text);
        EXPECT_TRUE(plx_verdict_make(&result));
        return result.text;
    }

    size_t rounds = 30;
    std::vector<plx_compare_row> rows;
    std::vector<std::vector<double>> times;
    plx_compare_result result = {};
};

bool has(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

TEST_F(Verdict, TheFastestAreNamedTogether)
{
    add("serial", 1.9);
    add("pthread", 1);
    add("mpi", 1.5);
    add("omp", 1.001);
    const std::string text = words();
    EXPECT_TRUE(has(text, "\nFastest: pthread and omp (not told apart).\n")) << text;
    EXPECT_TRUE(has(text, "pthread is faster than serial: 1.9")) << text;
    EXPECT_TRUE(has(text, "pthread is faster than mpi: 1.5")) << text;
    EXPECT_FALSE(has(text, "omp is faster")) << text;
    EXPECT_FALSE(has(text, "Not told apart:")) << text; // said already
    EXPECT_TRUE(has(text, "A difference below about ")) << text;
    EXPECT_FALSE(has(text, "serial.\n")) << text; // it neither wins nor beats anybody
}

TEST_F(Verdict, EqualsHaveNoWinner)
{
    add("serial", 1);
    add("omp", 1.001);
    add("omp#2", 0.999);
    const std::string text = words();
    EXPECT_TRUE(has(text, "\nNo difference found between serial, omp and omp#2.\n")) << text;
    EXPECT_TRUE(has(text, "No row was found faster than serial.\n")) << text;
    EXPECT_FALSE(has(text, "Fastest")) << text;
    EXPECT_FALSE(has(text, "is faster")) << text;
}

TEST_F(Verdict, SerialMayWin)
{
    add("serial", 1);
    add("omp", 1.3);
    add("mpi", 1.6);
    const std::string text = words();
    EXPECT_TRUE(has(text, "\nFastest: serial.\nserial is faster than omp: 1.300 times")) << text;
    EXPECT_TRUE(has(text, "\nNo row was found faster than serial.\n")) << text;
    EXPECT_TRUE(has(text, "\nSlower than serial: omp and mpi.\n")) << text;
    EXPECT_FALSE(has(text, "could not be seen")) << text;
}

TEST_F(Verdict, GroupsOfTheOthers)
{
    add("serial", 4);
    add("a", 1);
    add("b", 2);
    add("b#2", 2.002);
    add("b#3", 1.999);
    add("c", 3);
    add("c#2", 3.001);
    const std::string text = words();
    EXPECT_TRUE(has(text, "\nFastest: a.\n")) << text;
    EXPECT_TRUE(has(text, "\nNot told apart: b, b#2, b#3; c, c#2.\n")) << text;
}

TEST_F(Verdict, WhatIsNoisyIsNotToldApartFromFarNeighbours)
{
    add("serial", 4);
    add("a", 1);
    add("b", 2, 0.01);
    add("noisy", 2.05, 0.5); // among b, c, d in the ranking, told apart from none of them
    add("c", 2.1, 0.01);
    add("d", 2.2, 0.01);
    const std::string text = words();
    EXPECT_TRUE(has(text, "\nNot told apart: b, noisy; noisy, c; noisy, d.\n")) << text;
    EXPECT_TRUE(has(text, "(worst) could not be seen") || has(text, "A difference below")) << text;
}

TEST_F(Verdict, TheFastestNeedNotBeNeighbours)
{
    add("serial", 4);
    add("a", 1, 0.01);
    add("b", 1.05, 0.01);    // beaten by a
    add("noisy", 1.06, 0.5); // by nobody
    const std::string text = words();
    EXPECT_TRUE(has(text, "\nFastest: a and noisy (not told apart).\n")) << text;
    EXPECT_TRUE(has(text, "\nNot told apart: b, noisy.\n")) << text;
}

TEST_F(Verdict, ManyRowsAreFewSentences)
{
    add("serial", 40);
    for (int i = 0; i < 20; i++)
        add("row" + std::to_string(i), 1 + i);
    const std::string text = words();
    EXPECT_TRUE(has(text, "row0 is faster than row6: 7.000 times")) << text;
    EXPECT_FALSE(has(text, "row0 is faster than row7")) << text;
    EXPECT_TRUE(has(text, "row0 is faster than serial: 40.000 times")) << text;
    EXPECT_TRUE(has(text, "It is faster than 13 more: see the table.\n")) << text;
    EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 15) << text;
}

TEST_F(Verdict, TooFewRoundsSayHowMany)
{
    rounds = 6;
    add("serial", 9);
    add("a", 1);
    add("b", 5);
    const std::string text = words();
    EXPECT_TRUE(has(text, "Too few rounds (6) to tell 3 rows apart: their intervals need at least "
                          "7.\n"))
        << text;
    result.end = PLX_COMPARE_BUDGET; // and then how long that is
    result.took_s = 12.1;
    EXPECT_TRUE(has(words(), "need at least 7, which take about 15 s here.\n")) << words();
    EXPECT_FALSE(has(text, "Fastest")) << text;
    EXPECT_FALSE(result.pairs[0].ratio.known);
    EXPECT_TRUE(std::isnan(result.pairs[0].detectable));
}

TEST_F(Verdict, ARowAloneIsNoComparison)
{
    add("serial", 1);
    add("omp", 1);
    rows[1].state = PLX_COMPARE_FAILED;
    snprintf(rows[1].why, sizeof rows[1].why, "ended by signal 11");
    const std::string text = words();
    EXPECT_TRUE(has(text, "omp: failed, not timed: ended by signal 11.\n")) << text;
    EXPECT_FALSE(has(text, "difference")) << text;
    EXPECT_EQ(result.pairs_count, 0u);
}

TEST_F(Verdict, PairsAreJudgedTogether)
{
    rounds = 9;
    add("serial", 2);
    add("a", 1);
    words();
    EXPECT_DOUBLE_EQ(result.pair_confidence, 0.95);
    const double alone = result.pairs[0].ratio.high - result.pairs[0].ratio.low;
    add("b", 1);
    words();
    EXPECT_DOUBLE_EQ(result.pair_confidence, 1 - 0.05 / 3);
    EXPECT_GT(result.pairs[0].ratio.high - result.pairs[0].ratio.low, alone);
    EXPECT_NEAR(result.pairs[0].detectable,
                sqrt(result.pairs[0].ratio.high / result.pairs[0].ratio.low) - 1, 1e-12);
}

TEST_F(Verdict, TheWidestPairCounts)
{
    add("serial", 3, 0.4);
    add("a", 1, 0.001);
    add("b", 1.0005, 0.001);
    words();
    const double widest = plx_verdict_widest(&result);
    for (size_t i = 0; i < 3; i++)
        EXPECT_GE(widest, plx_looks_width(&result.pairs[i].ratio));
    EXPECT_GT(widest, 10 * plx_looks_width(&result.pairs[2].ratio));
}

TEST_F(Verdict, WhoIsNotTimedIsInNoPair)
{
    add("serial", 2);
    add("a", 1);
    add("b", 1);
    rows[1].state = PLX_COMPARE_DIFFERS;
    words();
    EXPECT_EQ(result.pairs_count, 1u);
    EXPECT_DOUBLE_EQ(result.pair_confidence, 0.95);
}

TEST_F(Verdict, NothingBelowOnePerCentIsDetectable)
{
    add("serial", 1, 0.0001);
    add("a", 1.0001, 0.0001);
    const std::string text = words();
    EXPECT_EQ(result.pairs[0].detectable, 0.01);
    EXPECT_TRUE(has(text, "A difference below about 1.0 % could not be seen.\n")) << text;
}

} // namespace
