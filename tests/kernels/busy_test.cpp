/* SPDX-License-Identifier: MIT */
/* busy against the generator bit by bit, and that its cost follows ops. */
#include "drive.h"

#include <bitset>
#include <set>

/* x ^= x << s (s > 0) or x ^= x >> -s, one bit at a time. */
static uint64_t mix(uint64_t x, int shift)
{
    std::bitset<64> from(x), to(x);
    for (int bit = 0; bit < 64; bit++)
        if (bit - shift >= 0 && bit - shift < 64)
            to[(size_t)bit] = from[(size_t)bit] ^ from[(size_t)(bit - shift)];
    return to.to_ullong();
}

static uint64_t expected(uint64_t item, int rounds)
{
    uint64_t x = (item + 1) * 0x9e3779b97f4a7c15u;
    while (rounds-- > 0)
        x = mix(mix(mix(x, 13), -7), 17);
    return x;
}

TEST(Busy, RunsTheWholeChain)
{
    for (const uint64_t ops : { 1u, 6u, 7u, 12u, 300u, 3000u }) {
        Drive drive("busy");
        ASSERT_TRUE(drive.set("ops", ops).open(10));
        const auto out = as<uint64_t>(drive.map(0, 5));
        for (size_t i = 0; i < out.size(); i++)
            EXPECT_EQ(out[i], expected(i, (int)((ops + 5) / 6))) << ops << " " << i;
    }
}

TEST(Busy, EveryItemHasItsOwnValue)
{
    Drive drive("busy");
    ASSERT_TRUE(drive.open(2000));
    const auto out = as<uint64_t>(drive.map(0, 2000));
    EXPECT_EQ(std::set<uint64_t>(out.begin(), out.end()).size(), 2000u);
    const auto part = as<uint64_t>(drive.map(1234, 1240));
    EXPECT_TRUE(std::equal(part.begin(), part.end(), out.begin() + 1234));
}

TEST(Busy, RefusesOpsOutOfRange)
{
    for (const uint64_t ops : { (uint64_t)0, (uint64_t)1000000000001, UINT64_MAX }) {
        Drive drive("busy");
        EXPECT_FALSE(drive.set("ops", ops).open(1)) << ops;
        EXPECT_NE(drive.refused.find("ops must be from 1 to 1000000000000"), std::string::npos);
    }
    Drive drive("busy");
    EXPECT_TRUE(drive.set("ops", (uint64_t)1000000000000).open(1));
}

/* That the extra work is really done only a clock could tell; the comparison's own test does. */
TEST(Busy, ExtraLeavesTheBytesAndTheGrain)
{
    const auto bytes = [](uint64_t extra) {
        Drive drive("busy");
        EXPECT_TRUE(drive.set("extra", extra).open(50)) << extra;
        EXPECT_EQ(drive.kernel->grain(100000, drive.ctx.data()), 20u);
        EXPECT_NEAR(drive.kernel->work(0, 1, drive.ctx.data(), nullptr),
                    1000 + 10 * (double)extra, 2);
        return as<uint64_t>(drive.map(0, 50));
    };
    for (const uint64_t extra : { 1u, 3u, 100u, 1000u })
        EXPECT_EQ(bytes(extra), bytes(0)) << extra;
    for (const uint64_t extra : { (uint64_t)1001, UINT64_MAX }) {
        Drive drive("busy");
        EXPECT_FALSE(drive.set("extra", extra).open(1)) << extra;
        EXPECT_NE(drive.refused.find("extra must be from 0 to 1000"), std::string::npos);
    }
}

TEST(Busy, WorkAndGrainFollowOps)
{
    Drive drive("busy");
    const auto work = [&] { return drive.kernel->work(0, 1, drive.ctx.data(), nullptr); };
    const auto grain = [&] { return drive.kernel->grain(100000, drive.ctx.data()); };
    EXPECT_NEAR(work(), 1000, 1);
    EXPECT_EQ(grain(), 20u);
    drive.set("ops", (uint64_t)3000000);
    EXPECT_NEAR(work(), 1e6, 10);
    EXPECT_EQ(grain(), 2u);
}

TEST(Busy, StopEndsABlock)
{
    Drive drive("busy");
    drive.stop_after = 3;
    ASSERT_TRUE(drive.open(10));
    const auto out = as<uint64_t>(drive.map(0, 10));
    EXPECT_NE(out[2], 0u);
    EXPECT_EQ(out[3], 0u);
}
