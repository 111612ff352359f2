// SPDX-License-Identifier: MIT
// What is offered just as the others lie down to sleep is taken all the same. The linker makes that
// moment long, and the offer falls into it.
#include <atomic>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "inside.h"

namespace
{

constexpr unsigned SLOW_US = 300;

struct Pair {
    int wait_us;
    std::atomic<bool> begun{false};
    bool met = false;
};

void begin(plx_strand *, void *arg)
{
    static_cast<Pair *>(arg)->begun = true;
}

// Nobody but another worker begins the other part meanwhile.
void wait_for_it(plx_strand *, void *arg)
{
    auto *pair = static_cast<Pair *>(arg);
    auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!pair->begun && std::chrono::steady_clock::now() < give_up)
        std::this_thread::yield();
    pair->met = pair->begun;
}

void fork_after_a_while(plx_strand *strand, void *arg)
{
    auto *pair = static_cast<Pair *>(arg);
    auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(pair->wait_us);
    while (std::chrono::steady_clock::now() < until)
        std::this_thread::yield();
    plx_both(strand, wait_for_it, pair, begin, pair);
}

TEST(Sleep, AnOfferMadeAsTheOthersLieDownIsTaken)
{
    for (int threads : {2, 8}) { // 8: they do not look about before they sleep
        plx_team *team = nullptr;
        ASSERT_EQ(PLX_OK, plx_open("pthread", threads, &team));
        inside_slow_beds(SLOW_US);
        int missed = 0;
        for (int wait_us = 0; wait_us < 600 && !missed; wait_us += 10) {
            Pair pair;
            pair.wait_us = wait_us;
            missed += plx_divide(team, nullptr, fork_after_a_while, &pair, nullptr) != PLX_OK;
            missed += !pair.met;
        }
        inside_slow_beds(0);
        plx_close(team);
        EXPECT_EQ(0, missed) << threads << " threads";
    }
}

} // namespace
