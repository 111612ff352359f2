// SPDX-License-Identifier: MIT
// Numbers of the command line: what is taken, what is refused, and that nothing is rounded or
// wrapped.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <utility>

extern "C" {
#include "cli/number.h"
}

namespace {

TEST(Number, TakesWholeNumbers)
{
    const std::pair<const char *, uint64_t> good[] = {
        {"0", 0},
        {"10", 10},
        {"007", 7},
        {"1e9", 1000000000u},
        {"1E3", 1000},
        {"2.5e3", 2500},
        {"1.50e1", 15},
        {"0e99", 0},
        {"0.0e0", 0},
        {"1e0", 1},
        {"1e00000000000000000000003", 1000},
        {"1.000e2", 100},
        {"18446744073709551615", UINT64_MAX},
        {"1.8446744073709551615e19", UINT64_MAX},
    };
    for (const auto &[text, value] : good) {
        uint64_t read = 42;
        EXPECT_TRUE(plx_cli_whole(text, &read)) << text;
        EXPECT_EQ(read, value) << text;
    }
}

TEST(Number, RefusesEverythingElseAndLeavesTheValue)
{
    const char *bad[] = {"",
                         " 4",
                         "4 ",
                         "-1",
                         "+4",
                         "4x",
                         "4.0",
                         "4.",
                         ".5e1",
                         "1.5",
                         "1.5e0",
                         "2.55e1",
                         "0x10",
                         "1e",
                         "e9",
                         "1e+3",
                         "1e-3",
                         "1e30",
                         "1,000",
                         "1 000",
                         "nan",
                         "inf",
                         "1e999999999999999999999",
                         "99999999999999999999",
                         "18446744073709551616",
                         "1.8446744073709551616e19",
                         "1e3e3",
                         "\xd9\xa4",
                         "4\n",
                         "1_000",
                         "0.5e0",
                         "1e20"};
    for (const char *text : bad) {
        uint64_t read = 42;
        EXPECT_FALSE(plx_cli_whole(text, &read)) << text;
        EXPECT_EQ(read, 42u) << text;
    }
}

TEST(Number, ARangeIsCheckedAtBothEndsAndNamedInOneLine)
{
    uint64_t read = 7;
    EXPECT_EQ(plx_cli_count("-w", "1", 1, 64, &read), 0);
    EXPECT_EQ(plx_cli_count("-w", "64", 1, 64, &read), 0);
    EXPECT_EQ(read, 64u);
    testing::internal::CaptureStderr();
    EXPECT_EQ(plx_cli_count("-w", "65", 1, 64, &read), 64);
    EXPECT_EQ(plx_cli_count("-w", "0", 1, 64, &read), 64);
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "parallax: -w '65': not allowed; it takes a whole number from 1 to 64\n"
              "parallax: -w '0': not allowed; it takes a whole number from 1 to 64\n");
    EXPECT_EQ(read, 64u);
}

TEST(Number, ACountEndsAtTwoToThe63)
{
    size_t size = 0;
    int small = 0;
    EXPECT_EQ(plx_cli_size("-n", "9223372036854775807", 0, PLX_CLI_COUNT_MAX, &size), 0);
    EXPECT_EQ(size, 9223372036854775807u);
    testing::internal::CaptureStderr();
    EXPECT_EQ(plx_cli_size("-n", "9223372036854775808", 0, PLX_CLI_COUNT_MAX, &size), 64);
    EXPECT_EQ(plx_cli_int("-w", "4294967297", 1, 65536, &small), 64);
    testing::internal::GetCapturedStderr();
    EXPECT_EQ(size, 9223372036854775807u);
    EXPECT_EQ(small, 0);
}

TEST(Number, AVariableSaysANumberOrNothing)
{
    unsetenv("PLX_TEST_TOLD");
    EXPECT_EQ(plx_cli_told("PLX_TEST_TOLD", -1), -1);
    const std::pair<const char *, int> cases[] = {
        {"0", 0},           {"48", 48},         {"2147483646", 2147483646},
        {"2147483647", -1}, {"4294967298", -1}, {"", -1},
        {"-3", -1},         {"2(x4)", -1}};
    for (const auto &[text, number] : cases) {
        setenv("PLX_TEST_TOLD", text, 1);
        EXPECT_EQ(plx_cli_told("PLX_TEST_TOLD", -1), number) << text;
    }
    unsetenv("PLX_TEST_TOLD");
}

}  // namespace
