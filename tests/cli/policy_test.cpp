// SPDX-License-Identifier: MIT
// cli/policy.c: what the options of a policy take, and the line for what they do not.
#include <gtest/gtest.h>

#include <string>

extern "C" {
#include "cli/policy.h"
}

namespace {

const plx_cli_option option = {"name", 0, "X", "", nullptr, 0, 0, 0, false};

// What the setter said; empty if it took the text.
template <class Field>
std::string set(plx_cli_setter *setter, const char *text, Field *field)
{
    testing::internal::CaptureStderr();
    const int code = setter(&option, field, text);
    std::string said = testing::internal::GetCapturedStderr();
    EXPECT_EQ(code, said.empty() ? 0 : 64) << text;
    return said;
}

TEST(Policy, BackoffHasUpToFourParts)
{
    plx_cli_backoff told = {9, 9, 9, 9};
    EXPECT_EQ(set(plx_cli_set_backoff, "100ms", &told), "");
    EXPECT_DOUBLE_EQ(told.wait_s, 0.1);
    EXPECT_EQ(told.factor, 0);
    EXPECT_EQ(told.max_s, 0);
    EXPECT_EQ(told.jitter, 0);
    EXPECT_EQ(set(plx_cli_set_backoff, "1s,1.5,2m,0.25", &told), "");
    EXPECT_EQ(told.wait_s, 1);
    EXPECT_EQ(told.factor, 1.5);
    EXPECT_EQ(told.max_s, 120);
    EXPECT_EQ(told.jitter, 0.25);
    EXPECT_EQ(set(plx_cli_set_backoff, "0,1,0,1", &told), "");
}

TEST(Policy, BackoffTakesNothingElse)
{
    for (const char *text : {"", ",", "1,", "1,,2", "-1", "1 s", "1,0.9", "1,1001", "2s,2,1s",
                             "1,2,3,1.1", "1,2,3,-0", "1,2,3,0.5,6", "1,2s", "1,2,3x", "nan",
                             "1e12s", "1;2", "1,2,3,0.5s"}) {
        plx_cli_backoff told = {9, 9, 9, 9};
        const std::string said = set(plx_cli_set_backoff, text, &told);
        EXPECT_NE(said.find("parallax: --name '" + std::string(text) + "': not allowed"),
                  std::string::npos)
            << said;
        EXPECT_EQ(told.wait_s, 9) << text;
    }
}

TEST(Policy, RateAndBurst)
{
    plx_cli_rate told = {9, 9};
    EXPECT_EQ(set(plx_cli_set_rate, "0.5", &told), "");
    EXPECT_EQ(told.rate, 0.5);
    EXPECT_EQ(told.burst, 0);
    EXPECT_EQ(set(plx_cli_set_rate, "1e6,10", &told), "");
    EXPECT_EQ(told.rate, 1e6);
    EXPECT_EQ(told.burst, 10);
    for (const char *text :
         {"", "0", "-1", "0.0", "2e9", "1,0", "1,0.5", "1,2,3", "1/s", "5s", "inf"}) {
        told = {9, 9};
        EXPECT_NE(set(plx_cli_set_rate, text, &told), "") << text;
        EXPECT_EQ(told.rate, 9) << text;
    }
}

TEST(Policy, CodesOfEitherSign)
{
    plx_cli_codes told = {};
    EXPECT_EQ(set(plx_cli_set_codes, "3,-1,0,2147483647", &told), "");
    ASSERT_EQ(told.count, 4u);
    EXPECT_EQ(told.code[0], 3);
    EXPECT_EQ(told.code[1], -1);
    EXPECT_EQ(told.code[2], 0);
    EXPECT_EQ(told.code[3], 2147483647);
    std::string most = "1";
    for (int i = 1; i < PLX_CLI_CODES_MAX; i++)
        most += ",1";
    EXPECT_EQ(set(plx_cli_set_codes, most.c_str(), &told), "");
    EXPECT_EQ(told.count, static_cast<size_t>(PLX_CLI_CODES_MAX));
    most += ",1";
    for (const char *text : {"", "a", "1,", "--1", "+1", "2147483648", "1.5", most.c_str()})
        EXPECT_NE(set(plx_cli_set_codes, text, &told), "") << text;
}

TEST(Policy, DeadlineAsLengthOrAsClock)
{
    const struct {
        const char *text;
        double seconds;
    } good[] = {{"90", 90},       {"2m", 120},        {"1ms", 0.001},        {"00:30:00", 1800},
                {"1:02:03", 3723}, {"100:00:00", 360000}, {"00:00:01", 1}};
    for (const auto &c : good) {
        double told = -1;
        EXPECT_EQ(set(plx_cli_set_deadline, c.text, &told), "");
        EXPECT_DOUBLE_EQ(told, c.seconds) << c.text;
    }
    for (const char *text : {"", "0", "00:00:00", "30:00", "1:60:00", "1:00:60", "1:00:00:00",
                             ":00:00", "1::00", "1:00:", "1:2:3x", "-1:00:00", "1:000:00",
                             "1234567:00:00"}) {
        double told = -1;
        EXPECT_NE(set(plx_cli_set_deadline, text, &told), "") << text;
        EXPECT_EQ(told, -1) << text;
    }
}

} // namespace
