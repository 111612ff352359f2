// SPDX-License-Identifier: MIT
// Made input: a value depends on (seed, i) alone, and follows from the generator's bits as said.
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

extern "C" {
#include "cli/generate.h"
#include "cli/type.h"
}

namespace {

const plx_type types[] = {PLX_F64, PLX_F32, PLX_I64, PLX_U64, PLX_U8, PLX_U128, PLX_BYTES};

TEST(Generate, AnyRangeIsAPieceOfTheWhole)
{
    for (plx_type type : types) {
        size_t size = plx_cli_type_of(type)->size, n = 101;
        std::vector<unsigned char> whole(n * size);
        ASSERT_TRUE(plx_generate_values(type, 7, 0, n, whole.data()));
        for (size_t lo = 0; lo < 40; lo++)
            for (size_t items :
                 {size_t{0}, size_t{1}, size_t{2}, size_t{3}, size_t{16}, size_t{61}}) {
                std::vector<unsigned char> part(items * size + 1, 0xAA);
                ASSERT_TRUE(plx_generate_values(type, 7, lo, items, part.data()));
                EXPECT_EQ(0, memcmp(part.data(), whole.data() + lo * size, items * size))
                    << type << " " << lo;
                EXPECT_EQ(part.back(), 0xAA);
            }
    }
}

TEST(Generate, ValuesFollowFromBitsAsSaid)
{
    uint64_t bits[4];
    double doubles[4];
    float floats[8];
    uint32_t words[8];
    plx_generate_values(PLX_U64, 3, 10, 4, bits);
    plx_generate_values(PLX_F64, 3, 10, 4, doubles);
    plx_generate_values(PLX_F32, 3, 20, 8, floats);
    memcpy(words, bits, sizeof words);
    for (int i = 0; i < 4; i++)
        EXPECT_EQ(doubles[i], static_cast<double>(bits[i] >> 11) / 9007199254740992.0);
    for (int i = 0; i < 8; i++)
        EXPECT_EQ(floats[i], static_cast<float>(words[i] >> 8) / 16777216.0f);
}

TEST(Generate, SpreadsOverItsRangeAndChangesWithTheSeed)
{
    const size_t n = 100000;
    std::vector<double> one(n), two(n);
    plx_generate_values(PLX_F64, 1, 0, n, one.data());
    plx_generate_values(PLX_F64, 2, 0, n, two.data());
    double sum = 0, equal = 0;
    for (size_t i = 0; i < n; i++) {
        ASSERT_TRUE(one[i] >= 0 && one[i] < 1);
        sum += one[i];
        equal += one[i] == two[i];
    }
    EXPECT_NEAR(sum / n, 0.5, 0.005);       // 5 sigma of a mean of 100,000: 0.0046
    EXPECT_LT(equal, 3);
    plx_generate_values(PLX_F64, uint64_t{1} << 32, 0, n, two.data());
    EXPECT_NE(one[0], two[0]);
}

TEST(Generate, TheUpperHalfOfACountIsUsed)
{
    uint64_t low, high;
    plx_generate_values(PLX_U64, 1, 4, 1, &low);
    plx_generate_values(PLX_U64, 1, (size_t{1} << 33) + 4, 1, &high);
    EXPECT_NE(low, high);
    EXPECT_FALSE(plx_generate_values(PLX_TEXT, 1, 0, 1, &low));
}

}  // namespace
