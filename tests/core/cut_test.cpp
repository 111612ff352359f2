// SPDX-License-Identifier: MIT
// core/cut.c: every block is handed out once, by every schedule; shares are contiguous; grain
// follows the job.
#include <gtest/gtest.h>

#include "inside.h"

TEST(Cut, EveryBlockIsHandedOutOnceInOrderOfSteps)
{
    for (plx_schedule schedule : {PLX_GUIDED, PLX_STATIC, PLX_DYNAMIC})
        for (int workers : {1, 2, 3, 7, 16, 64})
            for (size_t blocks : {0, 1, 2, 3, 5, 31, 32, 33, 63, 100, 1000, 4097, 65536}) {
                size_t next = 0, steps = 0;
                for (size_t lo, hi; plx_cut_hand(schedule, blocks, workers, steps, &lo, &hi);
                     steps++) {
                    ASSERT_EQ(next, lo);
                    ASSERT_LE(lo, hi);
                    next = hi;
                }
                EXPECT_EQ(blocks, next);
                if (schedule == PLX_STATIC)
                    EXPECT_EQ((size_t)workers, steps);
                if (schedule == PLX_DYNAMIC)
                    EXPECT_EQ(blocks, steps);
            }
}

TEST(Cut, GuidedHandsOutSubtreesAndFewOfThem)
{
    size_t steps = 0;
    for (size_t lo, hi; plx_cut_hand(PLX_GUIDED, 65536, 2, steps, &lo, &hi); steps++) {
        size_t size = hi - lo;
        EXPECT_EQ(0u, size & (size - 1)) << "a power of two";
        EXPECT_EQ(0u, lo % size) << "that starts at a multiple of itself";
    }
    EXPECT_LT(steps, 64u);
}

// Steps of ranks: they tile the blocks in rising order, and each is one subtree of the join.
TEST(Cut, DealsTileInSubtrees)
{
    for (plx_schedule schedule : {PLX_GUIDED, PLX_DYNAMIC})
        for (int ranks : {1, 2, 3, 7, 31, 1000})
            for (int threads : {1, 2, 3, 16})
                for (size_t acc_size : {0, 16, 1 << 19})
                    for (size_t blocks : {0, 1, 2, 3, 7, 8, 9, 63, 1000, 4097, 65536}) {
                        plx_deals d = plx_cut_deals(schedule, blocks, ranks, threads, acc_size);
                        size_t next = 0, lo, hi;
                        for (size_t step = 0; step < d.steps; step++, next = hi) {
                            plx_cut_deal(&d, step, &lo, &hi);
                            size_t size = hi - lo;
                            ASSERT_EQ(next, lo);
                            ASSERT_LT(lo, hi);
                            if (hi == blocks)
                                while (size & (size - 1))
                                    size++;
                            ASSERT_EQ(0u, size & (size - 1)) << "a power of two";
                            ASSERT_EQ(0u, lo % size) << "that starts at a multiple of itself";
                            ASSERT_TRUE(hi == blocks || size >= d.least);
                        }
                        ASSERT_EQ(blocks, next);
                        plx_cut_deal(&d, d.steps, &lo, &hi);
                        ASSERT_EQ(blocks, lo);
                        ASSERT_EQ(blocks, hi);
                    }
}

TEST(Cut, DealsAreAsLargeAsThreadsAndPartialsAsk)
{
    auto deals = [](plx_schedule schedule, int ranks, int threads, size_t acc_size) {
        return plx_cut_deals(schedule, 65536, ranks, threads, acc_size);
    };
    EXPECT_EQ(65536u, deals(PLX_DYNAMIC, 512, 1, 8).steps) << "one block each";
    EXPECT_EQ(256u, deals(PLX_DYNAMIC, 2, 1, 8).steps) << "128 for each rank";
    EXPECT_EQ(8u, deals(PLX_DYNAMIC, 512, 2, 8).least) << "four for each thread";
    EXPECT_EQ(8u, deals(PLX_DYNAMIC, 512, 3, 8).least);
    EXPECT_EQ(64u, deals(PLX_GUIDED, 2, 16, 8).least);
    EXPECT_LT(deals(PLX_GUIDED, 2, 1, 8).steps, 128u);
    plx_deals guided = deals(PLX_GUIDED, 2, 1, 8);
    size_t lo, hi;
    plx_cut_deal(&guided, 0, &lo, &hi);
    EXPECT_EQ(8192u, hi) << "a quarter of an even share";
    EXPECT_EQ(1u, deals(PLX_GUIDED, 2, 1, 8).least);
    EXPECT_EQ(128u, deals(PLX_DYNAMIC, 2, 1, 1 << 19).steps) << "32 MiB for each rank";
    EXPECT_LE(deals(PLX_GUIDED, 2, 1, 1 << 19).steps, 128u);
    EXPECT_EQ(16u, deals(PLX_DYNAMIC, 2, 1, size_t{1} << 30).steps) << "eight for each rank";
}

TEST(Cut, SharesAreContiguousWholeAndEven)
{
    for (size_t blocks :
         {size_t{0}, size_t{1}, size_t{6}, size_t{7}, size_t{1000}, size_t{1} << 60})
        for (int ranks : {1, 2, 3, 4, 7, 4096}) {
            size_t next = 0;
            for (int r = 0; r < ranks; r++) {
                size_t first, end;
                plx_cut_share(blocks, ranks, r, &first, &end);
                ASSERT_EQ(next, first);
                ASSERT_LE(end - first, blocks / (size_t)ranks + 1);
                next = end;
            }
            EXPECT_EQ(blocks, next);
        }
}

static size_t grain(double item_ns, size_t acc_size, size_t n)
{
    plx_kernel k{};
    k.item_ns = item_ns;
    k.acc_size = acc_size;
    if (acc_size)
        k.fold = [](const plx_block *, void *) {};
    return plx_cut_grain(&k, n, nullptr);
}

TEST(Cut, DefaultGrain)
{
    EXPECT_EQ(1u, grain(0, 0, 0));
    EXPECT_EQ(1u, grain(0, 0, 16384));
    EXPECT_EQ(2u, grain(0, 0, 16385));
    EXPECT_EQ(40000u, grain(0.5, 0, 10)) << "20 us a block";
    EXPECT_EQ(6667u, grain(3, 0, 10)) << "rounded up";
    EXPECT_EQ(1u, grain(1e6, 0, 10));
    EXPECT_EQ(15259u, grain(1e6, 0, 1000000000)) << "at most 65,536 blocks";
    EXPECT_EQ(262144u, grain(0, 524288, 10)) << "half the bytes of a large accumulator";
    EXPECT_EQ(1u, grain(0, 1000, 10));
}
