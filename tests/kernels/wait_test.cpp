/* SPDX-License-Identifier: MIT */
/* wait: the numbers, the clock, the range of ms, and that a stop is noticed. */
#include "drive.h"

#include <chrono>
#include <cmath>

static double seconds_since(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST(Wait, SleepsAndNumbers)
{
    Drive drive("wait");
    ASSERT_TRUE(drive.set("ms", 4.0).open(100));
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(as<uint64_t>(drive.map(7, 12)), (std::vector<uint64_t>{ 7, 8, 9, 10, 11 }));
    EXPECT_GE(seconds_since(start), 0.020);
}

TEST(Wait, AddsUpItsSlices)
{
    Drive drive("wait");
    ASSERT_TRUE(drive.set("ms", 230.0).open(1));
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(as<uint64_t>(drive.map(3, 4)), (std::vector<uint64_t>{ 3 }));
    EXPECT_GE(seconds_since(start), 0.230);
}

TEST(Wait, ZeroIsAllowed)
{
    Drive drive("wait");
    ASSERT_TRUE(drive.set("ms", 0.0).open(100));
    EXPECT_EQ(as<uint64_t>(drive.map(0, 3)), (std::vector<uint64_t>{ 0, 1, 2 }));
}

TEST(Wait, DefaultIsTenMilliseconds)
{
    Drive drive("wait");
    EXPECT_EQ(drive.kernel->work(0, 3, drive.ctx.data(), nullptr), 3e7);
}

TEST(Wait, StopsBetweenItemsAndWithinLongOnes)
{
    Drive drive("wait");
    drive.stop_after = 1;
    ASSERT_TRUE(drive.set("ms", 1.0).open(1000));
    auto start = std::chrono::steady_clock::now();
    drive.map(0, 100000);
    EXPECT_LT(seconds_since(start), 50);
    ASSERT_TRUE(drive.set("ms", 3600000.0).open(1));
    start = std::chrono::steady_clock::now();
    drive.map(0, 1);
    EXPECT_LT(seconds_since(start), 50);
}

TEST(Wait, RefusesMsOutOfRange)
{
    for (const double ms : { -1.0, -1e-9, 3600000.5, (double)INFINITY, (double)NAN }) {
        Drive drive("wait");
        EXPECT_FALSE(drive.set("ms", ms).open(1)) << ms;
        EXPECT_NE(drive.refused.find("ms must be from 0 to 3600000"), std::string::npos);
    }
    Drive drive("wait");
    EXPECT_TRUE(drive.set("ms", 3600000.0).open(1));
}

TEST(Wait, SaysThatItWaitsAndOneItemIsABlock)
{
    Drive drive("wait");
    EXPECT_TRUE(drive.kernel->flags & PLX_WAITS);
    EXPECT_EQ(drive.kernel->grain(1000, drive.ctx.data()), 1u);
}
