// SPDX-License-Identifier: MIT
// cli/duration.c: what is a length of time, and what only looks like one.
#include <gtest/gtest.h>

extern "C" {
#include "cli/duration.h"
}

namespace
{

TEST(Duration, NumbersWithAndWithoutUnits)
{
    const struct {
        const char *text;
        double seconds;
    } cases[] = {
        {"60s", 60},   {"90", 90},       {"2m", 120},          {"500ms", 0.5},
        {"1.5h", 5400}, {"0.25s", 0.25}, {"0", 0}, {"999999999s", 999999999},
    };
    for (const auto &c : cases) {
        double seconds = -1;
        EXPECT_TRUE(plx_cli_duration(c.text, &seconds)) << c.text;
        EXPECT_DOUBLE_EQ(seconds, c.seconds) << c.text;
    }
}

TEST(Duration, NothingElse)
{
    for (const char *text : {"", "s", "-1s", "+1", " 1", "1 s", "1,5s", "1.s", ".5", "1e3", "0x10",
                             "60S", "2min", "1s2", "inf", "nan", "12345678901s", "1.0000000000s"}) {
        double seconds = -1;
        EXPECT_FALSE(plx_cli_duration(text, &seconds)) << text;
        EXPECT_EQ(seconds, -1) << text;
    }
}

} // namespace
