// SPDX-License-Identifier: MIT
// pthread/deque.h: each offer comes out exactly once, whoever wants it; the oldest to others, the
// newest to its owner; a full ring refuses. Run under ThreadSanitizer too.
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "inside.h"

#ifdef PLX_SANITIZED
constexpr size_t OFFERS = 100000, FIGHTS = 10000;
#else
constexpr size_t OFFERS = 1000000, FIGHTS = 200000;
#endif

TEST(Deque, EachOfAMillionOffersComesOutOnce)
{
    for (int thieves : {0, 1, 3}) {
        std::vector<unsigned char> runs(OFFERS);
        inside_storm(OFFERS, thieves, runs.data());
        EXPECT_EQ(OFFERS, static_cast<size_t>(std::count(runs.begin(), runs.end(), 1)))
            << thieves << " thieves";
    }
}

TEST(Deque, TheLastOneGoesToExactlyOne)
{
    size_t stolen = 0;
    EXPECT_EQ(0u, inside_fights(FIGHTS, &stolen));
    RecordProperty("stolen", std::to_string(stolen));
}

TEST(Deque, AFullRingRefusesAndStaysInOrder)
{
    for (long stolen : {0, 1, 700, 1024})
        EXPECT_EQ(1024, inside_room(stolen)) << stolen;
}
