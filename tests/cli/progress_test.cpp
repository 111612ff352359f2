// SPDX-License-Identifier: MIT
// cli/progress.c: the words and the bar, of values that no call has made.
#include <gtest/gtest.h>

#include <string>

extern "C" {
#include "cli/progress.h"
}

namespace {

std::string text_of(plx_progress progress)
{
    char text[400];
    plx_cli_progress_text(text, sizeof text, &progress);
    return text;
}

std::string bar_of(plx_progress progress, int width)
{
    char line[400];
    plx_cli_progress_bar(line, sizeof line, &progress, width);
    return line;
}

TEST(Progress, Words)
{
    EXPECT_EQ(text_of({200, 90, 3, 1.0, 93, 1.15}),
              "46 %: 90 of 200 done, 3 failed, 93/s, 1 s left");
    EXPECT_EQ(text_of({200, 0, 0, 1.0, 0, -1}), "0 %: 0 of 200 done, 0 failed, 0/s");
    EXPECT_EQ(text_of({0, 90, 3, 1.0, 93, -1}), "90 done, 3 failed, 93/s");
}

TEST(Progress, AllIsAHundredPerCentAndHasNoTimeLeft)
{
    EXPECT_EQ(text_of({3, 2, 1, 1.0, 3, 0}), "100 %: 2 of 3 done, 1 failed, 3/s");
    EXPECT_EQ(text_of({1000, 999, 0, 1.0, 3, 0.3}),
              "99 %: 999 of 1000 done, 0 failed, 3/s, 0 s left");
}

TEST(Progress, RatesInThreeDigits)
{
    const struct {
        double per_s;
        const char *words;
    } cases[] = {{0.25, "0.25/s"}, {999.4, "999/s"},   {999.6, "1k/s"},   {1234, "1.23k/s"},
                 {45.6e6, "45.6M/s"}, {7e9, "7G/s"}, {2.5e12, "2.5T/s"}};
    for (const auto &c : cases)
        EXPECT_EQ(text_of({0, 1, 0, 1.0, c.per_s, -1}),
                  "1 done, 0 failed, " + std::string(c.words));
}

TEST(Progress, TimesInTwoUnits)
{
    const struct {
        double seconds;
        const char *words;
    } cases[] = {{0, "0 s"}, {59.9, "59 s"}, {60, "1 min 0 s"}, {3599, "59 min 59 s"},
                 {3600, "1 h 0 min"}, {90000, "25 h 0 min"}, {1e300, "years"}};
    for (const auto &c : cases)
        EXPECT_EQ(text_of({2, 1, 0, 1.0, 1, c.seconds}),
                  "50 %: 1 of 2 done, 0 failed, 1/s, " + std::string(c.words) + " left");
}

TEST(Progress, TheBarFillsTheLine)
{
    const plx_progress half = {200, 99, 1, 1.0, 10, 10};
    const std::string words = " 50 %: 99 of 200 done, 1 failed, 10/s, 10 s left";
    const std::string line = bar_of(half, 80);
    EXPECT_EQ(line.size(), 80u);
    EXPECT_EQ(line, "[" + std::string(15, '#') + std::string(15, ' ') + "]" + words);
    EXPECT_EQ(bar_of({200, 200, 0, 1.0, 10, 0}, 80).substr(0, 41),
              "[" + std::string(39, '#') + "]");
    EXPECT_EQ(bar_of({200, 0, 0, 1.0, 10, -1}, 80).find('#'), std::string::npos);
}

TEST(Progress, NoLineIsLongerThanTheTerminal)
{
    const plx_progress half = {200, 99, 1, 1.0, 10, 10};
    for (int width = 1; width < 300; width++)
        EXPECT_LE(bar_of(half, width).size(), static_cast<size_t>(width));
    EXPECT_EQ(bar_of(half, 20), "50 %: 99 of 200 done");
    EXPECT_EQ(bar_of({0, 99, 1, 1.0, 10, -1}, 80), "99 done, 1 failed, 10/s");
}

} // namespace
