// SPDX-License-Identifier: MIT
// core/trace.c: two sorted lists become one in place, and what does not fit is the latest of both.
#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "inside.h"

static std::vector<plx_slice> some(size_t n, int32_t rank, std::mt19937 &random)
{
    std::vector<plx_slice> list(n);
    for (plx_slice &s : list) {
        s = plx_slice{};
        s.begin_s = (double)(random() % 20);
        s.end_s = s.begin_s + (double)(random() % 3);
        s.rank = rank;
    }
    return list;
}

static bool earlier(const plx_slice &a, const plx_slice &b)
{
    if (a.begin_s != b.begin_s)
        return a.begin_s < b.begin_s;
    return a.end_s != b.end_s ? a.end_s > b.end_s : a.rank < b.rank;
}

TEST(Trace, MergeKeepsTheEarliest)
{
    std::mt19937 random(5);
    for (int trial = 0; trial < 2000; trial++) {
        size_t n = random() % 12, m = random() % 12, cap = n + random() % 12;
        std::vector<plx_slice> a = some(n, 0, random), b = some(m, 1, random);
        std::sort(a.begin(), a.end(), earlier);
        std::sort(b.begin(), b.end(), earlier);
        std::vector<plx_slice> all = a;
        all.insert(all.end(), b.begin(), b.end());
        std::sort(all.begin(), all.end(), earlier);
        std::vector<plx_slice> room = a;
        room.resize(cap + 1, plx_slice{0, 0, -1, -1, -1, -1, PLX_SLICE_CHUNK});
        size_t kept = plx_trace_merge(room.data(), n, cap, b.data(), m);
        ASSERT_EQ(std::min(cap, n + m), kept);
        for (size_t i = 0; i < kept; i++) {
            ASSERT_FALSE(earlier(room[i], all[i]) || earlier(all[i], room[i])) << i;
        }
        EXPECT_EQ(-1, room[cap].rank) << "the room ends there";
    }
}
