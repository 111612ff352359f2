/* SPDX-License-Identifier: MIT */
/* plx/philox.h against the answers published with the paper, and what it promises besides. */
#include "plx/philox.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>
#include <vector>

using Block = std::array<uint32_t, 4>;

static Block philox(const Block &counter, uint32_t low, uint32_t high)
{
    const uint32_t key[2] = { low, high };
    Block out;
    plx_philox(counter.data(), key, out.data());
    return out;
}

static Block draw(uint64_t seed, uint64_t item, uint64_t number)
{
    Block out;
    plx_philox_draw(seed, item, number, out.data());
    return out;
}

/* Random123's kat_vectors, philox4x32 10. */
TEST(Philox, PublishedAnswers)
{
    EXPECT_EQ(philox({ 0, 0, 0, 0 }, 0, 0),
              (Block{ 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 }));
    EXPECT_EQ(philox({ ~0u, ~0u, ~0u, ~0u }, ~0u, ~0u),
              (Block{ 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd }));
    EXPECT_EQ(philox({ 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 }, 0xa4093822, 0x299f31d0),
              (Block{ 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 }));
}

TEST(Philox, OutMayBeTheCounter)
{
    const Block counter{ 5, 6, 7, 8 };
    const uint32_t key[2] = { 1, 2 };
    Block both = counter;
    plx_philox(both.data(), key, both.data());
    EXPECT_EQ(both, philox(counter, 1, 2));
}

TEST(Philox, ADrawIsTheBlockOfItemAndNumber)
{
    const uint64_t seed = 0x0123456789abcdef, item = 0xfedcba9876543210;
    const uint64_t number = 0x1122334455667788;
    EXPECT_EQ(draw(seed, item, number),
              philox({ 0x76543210, 0xfedcba98, 0x55667788, 0x11223344 }, 0x89abcdef, 0x01234567));
}

TEST(Philox, DrawsOfAKeyDiffer)
{
    std::set<Block> seen;
    for (uint64_t item = 0; item < 100; item++)
        for (uint64_t number = 0; number < 100; number++)
            seen.insert(draw(1, item, number));
    EXPECT_EQ(seen.size(), 10000u);
}

TEST(Philox, UnitIsTheUpperBitsAndBelowOne)
{
    EXPECT_EQ(plx_philox_unit(0, 0), 0.0);
    EXPECT_EQ(plx_philox_unit(0x7ff, 0), 0.0);
    EXPECT_EQ(plx_philox_unit(0x800, 0), std::ldexp(1, -53));
    EXPECT_EQ(plx_philox_unit(~0u, ~0u), 1 - std::ldexp(1, -53));
    for (uint64_t item = 0; item < 1000; item++) {
        const Block b = draw(7, item, 0);
        const uint64_t bits = (uint64_t)b[1] << 32 | b[0];
        EXPECT_EQ(plx_philox_unit(b[0], b[1]), std::ldexp((double)(bits >> 11), -53));
    }
}

/* 128 bits of 10,000 blocks: each is set half of the time, within 5 standard deviations. */
TEST(Philox, EveryBitIsEven)
{
    std::vector<int> ones(128);
    for (uint64_t item = 0; item < 10000; item++) {
        const Block b = draw(3, item, 0);
        for (size_t bit = 0; bit < 128; bit++)
            ones[bit] += b[bit / 32] >> (bit % 32) & 1;
    }
    for (size_t bit = 0; bit < 128; bit++)
        EXPECT_NEAR(ones[bit], 5000, 250) << bit;
}
