// SPDX-License-Identifier: MIT
// core/fail.c: the lowest items, sorted, whatever the order in which they failed.
#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "inside.h"

TEST(Fails, KeepTheLowestSorted)
{
    std::mt19937 random(3);
    std::vector<size_t> items(100);
    for (size_t i = 0; i < items.size(); i++)
        items[i] = 7 * i + 2;
    std::vector<size_t> sorted = items;
    for (size_t cap : {1, 2, 5, 99, 100, 1000})
        for (int trial = 0; trial < 10; trial++) {
            std::vector<size_t> listed(items.size());
            size_t expected = std::min(cap, items.size());
            ASSERT_EQ(expected, inside_lowest(items.data(), items.size(), cap, listed.data()));
            EXPECT_TRUE(std::equal(sorted.begin(), sorted.begin() + (long)expected, listed.begin()))
                << cap;
            std::fill(listed.begin(), listed.end(), 0);
            ASSERT_EQ(expected, inside_merged(items.data(), items.size(), cap, listed.data()));
            EXPECT_TRUE(std::equal(sorted.begin(), sorted.begin() + (long)expected, listed.begin()))
                << "merged, " << cap;
            std::shuffle(items.begin(), items.end(), random);
        }
}
