// SPDX-License-Identifier: MIT
// plx_priority against std::stable_sort: random pushes and pops, few priorities and many.
#include <algorithm>
#include <climits>
#include <cstring>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "plx/task.h"

struct Entry {
    int priority;
    uint64_t name;
    bool operator==(const Entry &other) const
    {
        return priority == other.priority && name == other.name;
    }
};

static std::vector<Entry> drain(plx_priority *queue)
{
    std::vector<Entry> out;
    for (Entry e{}; plx_priority_pop(queue, &e.priority, &e.name);)
        out.push_back(e);
    return out;
}

static void sort(std::vector<Entry> &entries)
{
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Entry &a, const Entry &b) { return a.priority < b.priority; });
}

TEST(Priority, LowerFirstAndFirstInFirstOut)
{
    std::mt19937 random(1);
    for (int spread : {0, 1, 3, 1000, INT_MAX})
        for (size_t n : {0, 1, 2, 3, 17, 64, 1000}) {
            plx_priority *queue;
            ASSERT_EQ(PLX_OK, plx_priority_open(sizeof(uint64_t), &queue));
            std::vector<Entry> in;
            for (uint64_t i = 0; i < n; i++) {
                Entry e{(int)(random() % ((unsigned)spread + 1)) - spread / 2, i};
                in.push_back(e);
                EXPECT_EQ(PLX_OK, plx_priority_push(queue, e.priority, &e.name));
            }
            EXPECT_EQ(n, plx_priority_count(queue));
            sort(in);
            EXPECT_EQ(in, drain(queue)) << n << " entries, spread " << spread;
            EXPECT_EQ(0u, plx_priority_count(queue));
            plx_priority_close(queue);
        }
}

// A pop takes the first of what is there, sorted stably.
TEST(Priority, PushesBetweenPops)
{
    std::mt19937 random(2);
    plx_priority *queue;
    ASSERT_EQ(PLX_OK, plx_priority_open(sizeof(uint64_t), &queue));
    std::vector<Entry> there;
    for (uint64_t i = 0; i < 20000; i++) {
        if (random() % 5 < 3) {
            Entry e{(int)(random() % 7), i};
            there.push_back(e);
            ASSERT_EQ(PLX_OK, plx_priority_push(queue, e.priority, &e.name));
            continue;
        }
        Entry top{}, e{};
        bool looked = plx_priority_top(queue, &top.priority, &top.name);
        bool popped = plx_priority_pop(queue, &e.priority, &e.name);
        ASSERT_EQ(!there.empty(), popped);
        ASSERT_EQ(popped, looked);
        if (!popped)
            continue;
        auto first =
            std::min_element(there.begin(), there.end(), [](const Entry &a, const Entry &b) {
                return a.priority < b.priority;
            });
        ASSERT_TRUE(*first == e && *first == top);
        there.erase(first);
        ASSERT_EQ(there.size(), plx_priority_count(queue));
    }
    sort(there);
    EXPECT_EQ(there, drain(queue));
    plx_priority_close(queue);
}

TEST(Priority, ExtremesAndItemsOfAnySize)
{
    for (size_t size : {0, 1, 3, 8, 100}) {
        plx_priority *queue;
        ASSERT_EQ(PLX_OK, plx_priority_open(size, &queue));
        std::vector<unsigned char> item(size + 1), got(size + 1);
        for (int priority : {INT_MAX, INT_MIN, 0, -1, INT_MIN, INT_MAX}) {
            std::fill(item.begin(), item.end(), (unsigned char)priority);
            EXPECT_EQ(PLX_OK, plx_priority_push(queue, priority, item.data()));
        }
        for (int expected : {INT_MIN, INT_MIN, -1, 0, INT_MAX, INT_MAX}) {
            int priority;
            std::fill(item.begin(), item.end(), (unsigned char)expected);
            EXPECT_TRUE(plx_priority_pop(queue, &priority, got.data()));
            EXPECT_EQ(expected, priority);
            EXPECT_EQ(0, std::memcmp(item.data(), got.data(), size)) << size;
        }
        EXPECT_FALSE(plx_priority_pop(queue, nullptr, nullptr));
        EXPECT_FALSE(plx_priority_top(queue, nullptr, nullptr));
        plx_priority_close(queue);
    }
    plx_priority *none;
    EXPECT_EQ(PLX_NO_MEMORY, plx_priority_open(SIZE_MAX, &none));
    EXPECT_EQ(nullptr, none);
    plx_priority_close(nullptr);
}
