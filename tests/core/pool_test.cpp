// SPDX-License-Identifier: MIT
// pthread/pool.c: every worker that comes in time runs a round, once, and nobody outside of one; a
// thread that cannot be made leaves a smaller, working pool.
#include <pthread.h>

#include <gtest/gtest.h>

#include "inside.h"

TEST(Pool, EveryWorkerRuns)
{
    for (int threads : {1, 2, 3, 8}) {
        bool all_ran = false;
        EXPECT_EQ(threads, inside_pool(threads, &all_ran));
        EXPECT_TRUE(all_ran);
    }
}

TEST(Pool, NobodyRunsOutsideOfARound)
{
    for (int threads : {1, 2, 3, 8})
        EXPECT_EQ(0u, inside_rounds(threads, 1000)) << threads;
}

// No address space holds a stack of 2^46 bytes beside everything else, so pthread_create fails.
TEST(Pool, ARefusedThreadLeavesASmallerPool)
{
    pthread_attr_t usual, huge;
    ASSERT_EQ(0, pthread_getattr_default_np(&usual));
    pthread_attr_init(&huge);
    ASSERT_EQ(0, pthread_attr_setstacksize(&huge, size_t{1} << 46));
    ASSERT_EQ(0, pthread_setattr_default_np(&huge));
    bool all_ran = false;
    int got = inside_pool(4, &all_ran);
    pthread_setattr_default_np(&usual);
    EXPECT_EQ(1, got);
    EXPECT_TRUE(all_ran);
}

TEST(Pool, ATeamTellsTheTrueNumber)
{
    pthread_attr_t usual, huge;
    pthread_getattr_default_np(&usual);
    pthread_attr_init(&huge);
    pthread_attr_setstacksize(&huge, size_t{1} << 46);
    pthread_setattr_default_np(&huge);
    plx_team *team = nullptr;
    plx_status status = plx_open("pthread", 4, &team);
    pthread_setattr_default_np(&usual);
    ASSERT_EQ(PLX_OK, status);
    EXPECT_EQ(1, plx_team_threads(team));
    plx_close(team);
}
