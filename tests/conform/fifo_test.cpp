// SPDX-License-Identifier: MIT
// plx_queue: several producers and consumers, nothing lost or doubled, time-outs, closing.
#include "suite.hpp"

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <thread>

#include "plx/queue.h"

namespace
{

struct Item {
    uint32_t producer, index;
    char more[5]; // a size that is no power of two
};

class Queue
{
  public:
    explicit Queue(size_t capacity, size_t item_size = sizeof(Item))
    {
        EXPECT_EQ(PLX_OK, plx_queue_open(capacity, item_size, &queue));
    }
    ~Queue()
    {
        plx_queue_free(queue);
    }
    Queue(const Queue &) = delete;
    operator plx_queue *() const
    {
        return queue;
    }

  private:
    plx_queue *queue = nullptr;
};

double seconds_since(std::chrono::steady_clock::time_point begun)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

// How a thread waits: by the library, in short naps, or not at all.
double wait_of(uint32_t thread)
{
    return thread % 3 == 0 ? -1 : thread % 3 == 1 ? 0.001 : 0;
}

template <class Call> plx_status insist(Call call)
{
    plx_status status;
    while ((status = call()) == PLX_TIMED_OUT)
        std::this_thread::yield();
    return status;
}

#ifdef PLX_SANITIZED
constexpr uint32_t each = 50;
#else
constexpr uint32_t each = 2000;
#endif

// Whether every item came once, and those of one producer in order.
void relay(uint32_t producers, uint32_t consumers, size_t capacity)
{
    Queue queue(capacity);
    std::vector<std::atomic<int>> seen(producers * each);
    std::atomic<int> out_of_order{0}, refused{0};
    std::vector<std::thread> makers, takers;
    for (uint32_t p = 0; p < producers; p++)
        makers.emplace_back([&, p] {
            for (uint32_t i = 0; i < each; i++) {
                Item item{p, i, "abcd"};
                refused += insist([&] { return plx_queue_push(queue, &item, wait_of(p)); });
            }
        });
    for (uint32_t c = 0; c < consumers; c++)
        takers.emplace_back([&, c] {
            std::vector<int64_t> last(producers, -1);
            Item item;
            while (insist([&] { return plx_queue_pop(queue, &item, wait_of(c)); }) == PLX_OK) {
                seen[item.producer * each + item.index]++;
                out_of_order += last[item.producer] >= (int64_t)item.index;
                last[item.producer] = item.index;
                out_of_order += std::strcmp("abcd", item.more) != 0;
            }
        });
    for (std::thread &thread : makers)
        thread.join();
    plx_queue_close(queue);
    for (std::thread &thread : takers)
        thread.join();
    int wrong = 0;
    for (auto &count : seen)
        wrong += count != 1;
    EXPECT_EQ(0, wrong) << "items lost or doubled";
    EXPECT_EQ(0, out_of_order);
    EXPECT_EQ(0, refused);
    EXPECT_EQ(0u, plx_queue_count(queue));
}

} // namespace

class Fifo : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        const char *models = std::getenv("PLX_TEST_MODELS");
        if (models && std::string(models) == "mpi")
            GTEST_SKIP() << "has no ranks";
    }
};

TEST_F(Fifo, NothingIsLostOrDoubled)
{
    for (uint32_t producers : {1u, 2u, 5u})
        for (uint32_t consumers : {1u, 2u, 5u})
            for (size_t capacity : {size_t{1}, size_t{3}, size_t{64}})
                relay(producers, consumers, capacity);
}

TEST_F(Fifo, FirstInFirstOut)
{
    Queue queue(4, sizeof(int));
    int out = -1;
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 3; i++) {
            int item = 3 * round + i;
            EXPECT_EQ(PLX_OK, plx_queue_push(queue, &item, 0));
            EXPECT_EQ((size_t)i + 1, plx_queue_count(queue));
        }
        for (int i = 0; i < 3; i++) {
            EXPECT_EQ(PLX_OK, plx_queue_pop(queue, &out, 0));
            EXPECT_EQ(3 * round + i, out);
        }
    }
}

TEST_F(Fifo, TimeIsUp)
{
    Queue queue(1, sizeof(int));
    int item = 1;
    EXPECT_EQ(PLX_TIMED_OUT, plx_queue_pop(queue, &item, 0));
    auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(PLX_TIMED_OUT, plx_queue_pop(queue, &item, 0.05));
    EXPECT_GE(seconds_since(begun), 0.05);
    EXPECT_EQ(PLX_OK, plx_queue_push(queue, &item, 0.05));
    EXPECT_EQ(PLX_TIMED_OUT, plx_queue_push(queue, &item, 0));
    begun = std::chrono::steady_clock::now();
    EXPECT_EQ(PLX_TIMED_OUT, plx_queue_push(queue, &item, 0.05));
    EXPECT_GE(seconds_since(begun), 0.05);
    EXPECT_EQ(1u, plx_queue_count(queue));
}

// However long it may last: the largest numbers are no limit.
TEST_F(Fifo, AWaitEndsWithWhatItWaitsFor)
{
    for (double wait : {-1.0, 100.0, 1e9, 1e300, (double)INFINITY}) {
        Queue queue(1, sizeof(int));
        int item = 7, out = 0;
        plx_status popped = PLX_INTERNAL, pushed = PLX_INTERNAL;
        std::thread taker([&] { popped = plx_queue_pop(queue, &out, wait); });
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        EXPECT_EQ(PLX_OK, plx_queue_push(queue, &item, wait));
        taker.join();
        EXPECT_EQ(PLX_OK, popped);
        EXPECT_EQ(7, out);
        EXPECT_EQ(PLX_OK, plx_queue_push(queue, &item, wait));
        std::thread maker([&] { pushed = plx_queue_push(queue, &item, wait); });
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        EXPECT_EQ(PLX_OK, plx_queue_pop(queue, &out, wait));
        maker.join();
        EXPECT_EQ(PLX_OK, pushed);
    }
}

TEST_F(Fifo, ClosingWakesAll)
{
    Queue full(1, sizeof(int)), empty(1, sizeof(int));
    int item = 5, out = 0;
    EXPECT_EQ(PLX_OK, plx_queue_push(full, &item, 0));
    std::vector<std::thread> threads;
    std::atomic<int> stopped{0};
    for (int t = 0; t < 3; t++) {
        threads.emplace_back([&] {
            int mine = 0;
            stopped += plx_queue_push(full, &mine, -1) == PLX_STOPPED;
        });
        threads.emplace_back([&, t] {
            int mine;
            stopped += plx_queue_pop(empty, &mine, t ? -1.0 : 100.0) == PLX_STOPPED;
        });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    plx_queue_close(full);
    plx_queue_close(empty);
    for (std::thread &thread : threads)
        thread.join();
    EXPECT_EQ(6, stopped);
    EXPECT_EQ(PLX_STOPPED, plx_queue_push(empty, &item, 0)) << "there is room, but it is closed";
    EXPECT_EQ(PLX_OK, plx_queue_pop(full, &out, -1)) << "what is inside can still be popped";
    EXPECT_EQ(5, out);
    EXPECT_EQ(PLX_STOPPED, plx_queue_pop(full, &out, -1));
    plx_queue_close(full);
}

TEST_F(Fifo, WhatCannotBeOpened)
{
    plx_queue *queue = reinterpret_cast<plx_queue *>(&queue);
    EXPECT_EQ(PLX_BAD_JOB, plx_queue_open(0, 8, &queue));
    EXPECT_EQ(nullptr, queue);
    EXPECT_EQ(PLX_BAD_JOB, plx_queue_open(8, 0, &queue));
    EXPECT_EQ(PLX_TOO_BIG, plx_queue_open(SIZE_MAX / 8, 9, &queue));
    plx_queue_free(nullptr);
}
