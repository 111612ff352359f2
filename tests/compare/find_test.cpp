// SPDX-License-Identifier: MIT
// find_test.cpp: a pair looks the same from both sides; what nobody compared is no difference.

#include <gtest/gtest.h>

#include <cstdio>

extern "C" {
#include "compare/find.h"
}

namespace
{

class Find : public ::testing::Test
{
protected:
    void SetUp() override
    {
        for (size_t r = 0; r < 3; r++)
            snprintf(rows[r].label, sizeof rows[r].label, "row %zu", r);
        rows[1].state = PLX_COMPARE_FAILED;
        pair.a = 0;
        pair.b = 2;
        pair.outcome = PLX_COMPARE_SLOWER;
        pair.ratio = {4, 2, 8, true};
        pair.detectable = 0.25;
        result.rows = rows;
        result.rows_count = 3;
        result.pairs = &pair;
        result.pairs_count = 1;
    }

    plx_compare_row rows[3] = {};
    plx_compare_pair pair = {}, found = {};
    plx_compare_result result = {};
};

TEST_F(Find, ARowByItsLabel)
{
    EXPECT_EQ(plx_find_row(&result, "row 2"), &rows[2]);
    EXPECT_EQ(plx_find_row(&result, "row"), nullptr);
    EXPECT_EQ(plx_find_timed(&result), 2u);
}

TEST_F(Find, APairFromBothSides)
{
    ASSERT_TRUE(plx_find_pair(&result, 0, 2, &found));
    EXPECT_EQ(found.outcome, PLX_COMPARE_SLOWER);
    EXPECT_EQ(found.ratio.median, 4);
    ASSERT_TRUE(plx_find_pair(&result, 2, 0, &found));
    EXPECT_EQ(found.a, 2u);
    EXPECT_EQ(found.b, 0u);
    EXPECT_EQ(found.outcome, PLX_COMPARE_FASTER);
    EXPECT_EQ(found.ratio.median, 0.25);
    EXPECT_EQ(found.ratio.low, 0.125);
    EXPECT_EQ(found.ratio.high, 0.5);
    EXPECT_TRUE(found.ratio.known);
    EXPECT_EQ(found.detectable, 0.25);
    EXPECT_TRUE(plx_find_faster(&result, 2, 0));
    EXPECT_FALSE(plx_find_faster(&result, 0, 2));
}

TEST_F(Find, WhatCannotBeTurnedIsNotKnown)
{
    pair.ratio.low = 0; // of a file: nothing is that fast
    ASSERT_TRUE(plx_find_pair(&result, 2, 0, &found));
    EXPECT_FALSE(found.ratio.known);
}

TEST_F(Find, WithoutAPairThereIsNoDifference)
{
    EXPECT_FALSE(plx_find_pair(&result, 0, 1, &found));
    EXPECT_EQ(found.outcome, PLX_COMPARE_SAME);
    EXPECT_FALSE(found.ratio.known);
    EXPECT_FALSE(plx_find_faster(&result, 0, 1));
}

} // namespace
