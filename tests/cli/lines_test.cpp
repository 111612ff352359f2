// SPDX-License-Identifier: MIT
// Lines: what an item is at the ends of a text, and that portions and small rooms lose nothing.
#include <gtest/gtest.h>

#include <string>
#include <vector>

extern "C" {
#include "cli/lines.h"
}

namespace {

using Lines = std::vector<std::string>;

// In portions, each with room for want lines of the longest.
Lines cut(const std::string &text, size_t want = 100)
{
    plx_lines lines;
    plx_lines_begin(&lines, text.data(), text.size());
    std::vector<size_t> at(want + 1);
    std::string items(want * lines.longest + 1, '\xa5');
    Lines all;
    size_t bytes = 0, got;
    while ((got = plx_lines_take(&lines, want, &items[0], want * lines.longest, at.data())) > 0) {
        EXPECT_EQ(at[0], 0u);
        for (size_t i = 0; i < got; i++)
            all.push_back(items.substr(at[i], at[i + 1] - at[i]));
        bytes += at[got];
    }
    EXPECT_EQ(items.back(), '\xa5');
    EXPECT_EQ(all.size(), lines.count);
    EXPECT_EQ(bytes, lines.bytes);
    return all;
}

TEST(Lines, TheLastNewlineMayBeMissing)
{
    EXPECT_EQ(cut(""), Lines());
    EXPECT_EQ(cut("a"), Lines({"a"}));
    EXPECT_EQ(cut("a\n"), Lines({"a"}));
    EXPECT_EQ(cut("a\nbc"), Lines({"a", "bc"}));
}

TEST(Lines, AnEmptyLineIsAnEmptyItem)
{
    EXPECT_EQ(cut("\n"), Lines({""}));
    EXPECT_EQ(cut("\n\na\n\n"), Lines({"", "", "a", ""}));
}

TEST(Lines, EveryOtherByteBelongsToItsItem)
{
    const std::string odd("a\0b\r\n \xff\t", 8);
    EXPECT_EQ(cut(odd), Lines({std::string("a\0b\r", 4), " \xff\t"}));
}

TEST(Lines, PortionsAddUp)
{
    const std::string text = "one\n\nthree\nfour\nfive\n\nseven";
    for (size_t want = 1; want < 9; want++)
        EXPECT_EQ(cut(text, want), cut(text)) << want;
}

TEST(Lines, WhatDoesNotFitIsTakenNextTime)
{
    const std::string text = "ab\ncd\nefg\n";
    plx_lines lines;
    plx_lines_begin(&lines, text.data(), text.size());
    EXPECT_EQ(lines.longest, 3u);
    char items[8] = "-------";
    size_t at[4];
    EXPECT_EQ(plx_lines_take(&lines, 3, items, 5, at), 2u);
    EXPECT_EQ(std::string(items), "abcd---");
    EXPECT_EQ(plx_lines_take(&lines, 3, items, 2, at), 0u);
    EXPECT_EQ(plx_lines_take(&lines, 3, items, 3, at), 1u);
    EXPECT_EQ(std::string(items), "efgd---");
    EXPECT_EQ(plx_lines_take(&lines, 3, items, 3, at), 0u);
}

} // namespace
