// SPDX-License-Identifier: MIT
// compare/order.c: every square is Latin, and over many squares every arrangement comes alike.
#include <gtest/gtest.h>

#include <set>
#include <vector>

extern "C" {
#include "compare/order.h"
}

namespace
{

std::vector<size_t> fill(size_t rows, size_t round, uint64_t seed)
{
    std::vector<size_t> order(rows, 99);
    plx_order_fill(order.data(), rows, round, seed);
    return order;
}

TEST(Order, EverySquareIsLatin)
{
    for (size_t rows : {1u, 2u, 3u, 4u, 6u, 7u, 13u})
        for (size_t square = 0; square < 20; square++) {
            std::vector<std::set<size_t>> places(rows);
            for (size_t round = square * rows; round < (square + 1) * rows; round++) {
                const std::vector<size_t> order = fill(rows, round, 5);
                ASSERT_EQ(std::set<size_t>(order.begin(), order.end()).size(), rows);
                for (size_t place = 0; place < rows; place++) {
                    ASSERT_LT(order[place], rows);
                    places[place].insert(order[place]);
                }
            }
            for (const auto &place : places)
                EXPECT_EQ(place.size(), rows) << rows << " rows, square " << square;
        }
    plx_order_fill(nullptr, 0, 3, 1); // nobody left: nothing to do
}

TEST(Order, IsAFunctionOfItsArguments)
{
    int as_before = 0, as_other_seed = 0;
    for (size_t round = 0; round < 200; round += 5) {
        EXPECT_EQ(fill(5, round, 1), fill(5, round, 1));
        as_before += fill(5, round, 1) == fill(5, round + 5, 1);
        as_other_seed += fill(5, round, 1) == fill(5, round, 2);
    }
    // of 120 orders the same by chance: a third of 40
    EXPECT_LT(as_before, 5);
    EXPECT_LT(as_other_seed, 5);
}

TEST(Order, EveryPlaceAndPredecessorAlike)
{
    const size_t rows = 5, rounds = 20000;
    int place_of[5][5] = {}, after[5][5] = {}, before = 0;
    for (size_t round = 0; round < rounds; round++) {
        const std::vector<size_t> order = fill(rows, round, 11);
        size_t place_0 = 0, place_1 = 0;
        for (size_t place = 0; place < rows; place++) {
            place_of[order[place]][place]++;
            if (place > 0)
                after[order[place - 1]][order[place]]++;
            place_0 = order[place] == 0 ? place : place_0;
            place_1 = order[place] == 1 ? place : place_1;
        }
        before += place_0 < place_1;
    }
    EXPECT_NEAR(before, 10000, 400);
    for (size_t a = 0; a < rows; a++)
        for (size_t b = 0; b < rows; b++) {
            EXPECT_EQ(place_of[a][b], 4000); // by design, not by chance
            EXPECT_NEAR(after[a][b], a == b ? 0 : 4000, 400) << a << " before " << b;
        }
}

TEST(Order, LinesOfASquareAreDrawnToo)
{
    int next = 0;
    for (size_t square = 0; square < 4000; square++)
        next += fill(5, 5 * square + 1, 9)[0] == (fill(5, 5 * square, 9)[0] + 1) % 5;
    EXPECT_NEAR(next, 1000, 140); // any of the four others may follow
}

TEST(Order, TwoRowsMakeRandomPairs)
{
    int ab_first = 0;
    for (size_t square = 0; square < 4000; square++) {
        const std::vector<size_t> one = fill(2, 2 * square, 3), two = fill(2, 2 * square + 1, 3);
        EXPECT_EQ(one[0], two[1]); // AB BA or BA AB
        ab_first += one[0] == 0;
    }
    EXPECT_NEAR(ab_first, 2000, 160);
}

} // namespace
