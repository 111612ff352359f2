// SPDX-License-Identifier: MIT
// core/field.c: what is written reads back to the same value; what is no value of the type is
// refused.
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "plx/plx.h"

static std::string text(plx_type type, const void *base, size_t size)
{
    plx_field field{};
    field.name = "x";
    field.type = type;
    field.size = size;
    char out[400];
    int length = plx_field_text(&field, base, out, sizeof out);
    return length < 0 ? "too small" : std::string(out, (size_t)length);
}

static bool set(plx_type type, void *base, size_t size, const char *from)
{
    plx_field field{};
    field.name = "x";
    field.type = type;
    field.size = size;
    return plx_field_set(&field, base, from) == PLX_OK;
}

TEST(Field, RealsReadBackToTheSameValue)
{
    std::mt19937_64 random(5);
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = random();
        double x, y = 0;
        std::memcpy(&x, &bits, 8);
        if (!std::isfinite(x))
            continue;
        ASSERT_TRUE(set(PLX_F64, &y, 8, text(PLX_F64, &x, 8).c_str())) << x;
        ASSERT_EQ(0, std::memcmp(&x, &y, 8)) << text(PLX_F64, &x, 8);
        float f = (float)x, g = 0;
        if (!std::isfinite(f))
            continue;
        ASSERT_TRUE(set(PLX_F32, &g, 4, text(PLX_F32, &f, 4).c_str()));
        ASSERT_EQ(0, std::memcmp(&f, &g, 4)) << text(PLX_F32, &f, 4);
    }
    double tenth = 0.1;
    EXPECT_EQ("0.1", text(PLX_F64, &tenth, 8)) << "no more digits than it takes";
}

TEST(Field, IntegersAtTheirEdges)
{
    uint64_t u = UINT64_MAX, wide[2] = {UINT64_MAX, UINT64_MAX};
    int64_t i = INT64_MIN;
    uint8_t b = 255;
    EXPECT_EQ("18446744073709551615", text(PLX_U64, &u, 8));
    EXPECT_EQ("-9223372036854775808", text(PLX_I64, &i, 8));
    EXPECT_EQ("255", text(PLX_U8, &b, 1));
    EXPECT_EQ("340282366920938463463374607431768211455", text(PLX_U128, wide, 16));
    uint64_t big[2] = {0, 1};
    EXPECT_EQ("18446744073709551616", text(PLX_U128, big, 16));
    EXPECT_TRUE(set(PLX_U128, wide, 16, "333333332833333333500000000"));
    EXPECT_EQ("333333332833333333500000000", text(PLX_U128, wide, 16));
    EXPECT_TRUE(set(PLX_I64, &i, 8, "-9223372036854775808"));
    EXPECT_EQ(INT64_MIN, i);
    EXPECT_TRUE(set(PLX_U64, &u, 8, "18446744073709551615"));
    EXPECT_EQ(UINT64_MAX, u);
}

TEST(Field, IntegersWithAnExponentAreExact)
{
    uint64_t u = 0, wide[2] = {0, 0};
    int64_t i = 0;
    uint8_t b = 0;
    EXPECT_TRUE(set(PLX_U64, &u, 8, "1e16"));
    EXPECT_EQ(10000000000000000u, u);
    EXPECT_TRUE(set(PLX_U64, &u, 8, "184467440737095516E2"));
    EXPECT_EQ(18446744073709551600u, u);
    EXPECT_TRUE(set(PLX_I64, &i, 8, "-12e3"));
    EXPECT_EQ(-12000, i);
    EXPECT_TRUE(set(PLX_U8, &b, 1, "25e1") && set(PLX_U64, &u, 8, "7e0") && b == 250 && u == 7);
    EXPECT_TRUE(set(PLX_U64, &u, 8, "0e99") && u == 0);
    EXPECT_TRUE(set(PLX_U128, wide, 16, "3e38"));
    EXPECT_EQ("300000000000000000000000000000000000000", text(PLX_U128, wide, 16));
    for (const char *bad : {"1e", "e3", "1e+3", "1e-1", "1e3.", "1.5e3", "1e3e3", "1e 3", "1e100"})
        EXPECT_FALSE(set(PLX_U64, &u, 8, bad)) << bad;
    EXPECT_FALSE(set(PLX_U64, &u, 8, "1e20"));
    EXPECT_FALSE(set(PLX_U8, &b, 1, "1e3"));
    EXPECT_FALSE(set(PLX_U128, wide, 16, "4e38"));
}

TEST(Field, WhatIsNoValueIsRefusedAndLeavesTheOld)
{
    double d = 7;
    uint64_t u = 7, wide[2] = {7, 7};
    int64_t i = 7;
    uint8_t b = 7;
    float f = 7;
    for (const char *bad :
         {"", " 1", "1 ", "x", "1x", "0x10", "nan", "inf", "1e400", "--1", "1,5"}) {
        EXPECT_FALSE(set(PLX_F64, &d, 8, bad)) << bad;
        EXPECT_FALSE(set(PLX_F32, &f, 4, bad)) << bad;
        EXPECT_FALSE(set(PLX_U64, &u, 8, bad)) << bad;
        EXPECT_FALSE(set(PLX_I64, &i, 8, bad)) << bad;
        EXPECT_FALSE(set(PLX_U8, &b, 1, bad)) << bad;
        EXPECT_FALSE(set(PLX_U128, wide, 16, bad)) << bad;
    }
    EXPECT_FALSE(set(PLX_U64, &u, 8, "18446744073709551616"));
    EXPECT_FALSE(set(PLX_U64, &u, 8, "-1"));
    EXPECT_FALSE(set(PLX_I64, &i, 8, "9223372036854775808"));
    EXPECT_FALSE(set(PLX_I64, &i, 8, "-9223372036854775809"));
    EXPECT_FALSE(set(PLX_U8, &b, 1, "256"));
    EXPECT_FALSE(set(PLX_U128, wide, 16, "340282366920938463463374607431768211456"));
    EXPECT_FALSE(set(PLX_F32, &f, 4, "3.41e38")); // a double, but no float
    EXPECT_FALSE(set(PLX_F32, &f, 4, "-1e39"));
    EXPECT_TRUE(d == 7 && f == 7 && u == 7 && i == 7 && b == 7 && wide[0] == 7 && wide[1] == 7);
}

TEST(Field, TextAndRoom)
{
    char name[8] = "old";
    EXPECT_TRUE(set(PLX_TEXT, name, 8, "seven77"));
    EXPECT_FALSE(set(PLX_TEXT, name, 8, "eight888"));
    EXPECT_EQ("seven77", text(PLX_TEXT, name, 8));
    unsigned char bytes[3] = {0, 0xab, 0xff};
    EXPECT_EQ("00abff", text(PLX_BYTES, bytes, 3));
    plx_field field{};
    field.type = PLX_U64;
    field.size = 8;
    uint64_t u = 12345;
    char small[5];
    EXPECT_EQ(-1, plx_field_text(&field, &u, small, sizeof small));
}
