/* SPDX-License-Identifier: MIT */
/* n_queens against OEIS A000170, and item by item against all permutations tried one by one. */
#include "drive.h"

#include <map>
#include <numeric>

/* A000170(0..16). */
static const uint64_t published[] = { 1, 1, 0, 0, 2, 10, 4, 40, 92, 352, 724, 2680, 14200, 73712,
                                      365596, 2279184, 14772512 };

static bool attacks(const std::vector<int> &column)
{
    for (size_t a = 0; a < column.size(); a++)
        for (size_t b = a + 1; b < column.size(); b++)
            if (std::abs(column[a] - column[b]) == (int)(b - a))
                return true;
    return false;
}

/* Boards by the number of their first rows, at most three, in base n. */
static std::map<size_t, uint64_t> try_all(size_t queens)
{
    std::map<size_t, uint64_t> boards;
    std::vector<int> column(queens);
    std::iota(column.begin(), column.end(), 0);
    do {
        size_t item = 0;
        for (size_t row = 0; row < 3 && row < queens; row++)
            item = item * queens + (size_t)column[row];
        boards[item] += !attacks(column);
    } while (std::next_permutation(column.begin(), column.end()));
    return boards;
}

class NQueens : public ::testing::Test {
protected:
    Drive drive{ "n_queens" };
    size_t items(uint64_t queens)
    {
        drive.set("queens", queens);
        return drive.kernel->items(drive.ctx.data());
    }
    void check(uint64_t queens)
    {
        const size_t n = items(queens);
        EXPECT_EQ(as<uint64_t>(drive.reduce(n)), (std::vector<uint64_t>{ published[queens] }))
            << queens;
    }
};

TEST_F(NQueens, PublishedCounts)
{
    for (uint64_t queens = 1; queens <= 11; queens++)
        check(queens);
}

/* A minute: by hand, --gtest_also_run_disabled_tests. */
TEST_F(NQueens, DISABLED_PublishedCountsOfLargeBoards)
{
    for (uint64_t queens = 12; queens <= 16; queens++)
        check(queens);
}

TEST_F(NQueens, EveryItemCountsItsOwnBoards)
{
    for (uint64_t queens = 1; queens <= 7; queens++) {
        const size_t n = items(queens);
        std::map<size_t, uint64_t> expected = try_all(queens);
        ASSERT_TRUE(drive.open(n));
        for (size_t item = 0; item < n; item++)
            EXPECT_EQ(as<uint64_t>(drive.fold(item, item + 1))[0], expected[item])
                << queens << " " << item;
    }
}

TEST_F(NQueens, AnyCutGivesTheSameBytes)
{
    const size_t n = items(9);
    ASSERT_TRUE(drive.open(n));
    const Bytes whole = drive.fold(0, n);
    for (size_t cut = 0; cut <= n; cut += 9) {
        Bytes left = drive.fold(0, cut);
        EXPECT_EQ(drive.combine(left, drive.fold(cut, n)), whole) << cut;
        drive.fold_on(left, cut, n);
        EXPECT_EQ(left, whole) << cut;
    }
}

TEST_F(NQueens, ItemsAreTheWaysToFillThreeRows)
{
    EXPECT_EQ(items(1), 1u);
    EXPECT_EQ(items(2), 4u);
    EXPECT_EQ(items(3), 27u);
    EXPECT_EQ(items(4), 64u);
    EXPECT_EQ(items(20), 8000u);
}

TEST_F(NQueens, RefusesWhatItCannotDo)
{
    for (uint64_t queens : { (uint64_t)0, (uint64_t)21, UINT64_MAX }) {
        EXPECT_GE(items(queens), 1u) << "so that prepare is asked, and says why";
        EXPECT_FALSE(drive.open(0)) << queens;
        EXPECT_NE(drive.refused.find("1 to 20"), std::string::npos);
    }
    EXPECT_TRUE(drive.open(items(8)));
    EXPECT_FALSE(drive.open(items(8) + 1));
    EXPECT_NE(drive.refused.find("n is above"), std::string::npos);
}

/* Work decides which task of a fan goes first: where queens attack each other there is none. */
TEST_F(NQueens, WorkTellsTheDearItems)
{
    items(10);
    const auto work = [&](size_t item) {
        return drive.kernel->work(item, item + 1, drive.ctx.data(), nullptr);
    };
    const size_t good = 0 * 100 + 5 * 10 + 8, bad = 0 * 100 + 1 * 10 + 8;
    EXPECT_GT(work(good), 10 * work(bad));
    const double small = drive.kernel->work(0, 1000, drive.ctx.data(), nullptr);
    items(12);
    EXPECT_GT(drive.kernel->work(0, 1000, drive.ctx.data(), nullptr), small);
}

TEST_F(NQueens, StopsWhenNothingIsWantedAnyMore)
{
    const size_t n = items(8);
    ASSERT_TRUE(drive.open(n));
    drive.stop_after = 0;
    EXPECT_EQ(drive.fold(0, n), drive.identity());
}
