// SPDX-License-Identifier: MIT
// Tables: every value whole, whatever it holds and however many there are; failed items empty.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

extern "C" {
#include "cli/tsv.h"
}

namespace {

struct Item {
    uint64_t number;
    char text[8];
};

const plx_field results[] = {
    {"number", "", nullptr, PLX_U64, offsetof(Item, number), 8},
    {"text", "", nullptr, PLX_TEXT, offsetof(Item, text), 8},
    {},
};

plx_kernel kernel_of(const plx_field *fields)
{
    plx_kernel kernel{};
    kernel.size = sizeof kernel;
    kernel.name = "any";
    kernel.out_size = sizeof(Item);
    kernel.results = fields;
    return kernel;
}

std::string table(const std::vector<Item> &items, const std::vector<plx_failure> &failed)
{
    char path[] = "/tmp/plx_tsv_XXXXXX";
    close(mkstemp(path));
    const plx_kernel kernel = kernel_of(results);
    plx_output output;
    EXPECT_EQ(0, plx_output_begin(&output, path, true));
    EXPECT_EQ(0, plx_tsv_head(&output, &kernel));
    const size_t half = items.size() / 2;
    size_t below = 0;
    while (below < failed.size() && failed[below].item < half)
        below++;
    EXPECT_EQ(0, plx_tsv_rows(&output, &kernel, 0, half, items.data(), failed.data(), below));
    EXPECT_EQ(0, plx_tsv_rows(&output, &kernel, half, items.size() - half, items.data() + half,
                              failed.data() + below, failed.size() - below));
    EXPECT_EQ(0, plx_output_keep(&output));
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    unlink(path);
    return text.str();
}

plx_failure failure_of(size_t item)
{
    plx_failure failure{};
    failure.item = item;
    return failure;
}

TEST(Tsv, NamesItselfByItsEnd)
{
    EXPECT_TRUE(plx_tsv_named("a.tsv"));
    EXPECT_TRUE(plx_tsv_named("/x/.a.tsv"));
    for (const char *other : {".tsv", "tsv", "a.tsv ", "a.npy", "a.TSV", ""})
        EXPECT_FALSE(plx_tsv_named(other)) << other;
}

TEST(Tsv, WhatWouldEndAColumnIsEscapedAndFailedItemsAreEmpty)
{
    const std::vector<Item> items = {
        {1, "a\tb\nc"}, {UINT64_MAX, "\\\r"}, {3, "1234567"}, {4, ""}};
    EXPECT_EQ(table(items, {failure_of(3)}),
              "item\tnumber\ttext\n0\t1\ta\\tb\\nc\n1\t18446744073709551615\t\\\\\\r\n"
              "2\t3\t1234567\n3\t\t\n");
    EXPECT_EQ(table(items, {failure_of(0), failure_of(1)}),
              "item\tnumber\ttext\n0\t\t\n1\t\t\n2\t3\t1234567\n3\t4\t\n");
    EXPECT_EQ(table(items, {failure_of(0), failure_of(2)}),
              "item\tnumber\ttext\n0\t\t\n1\t18446744073709551615\t\\\\\\r\n2\t\t\n3\t4\t\n");
}

TEST(Tsv, ManyPagesAreAllThere)
{
    std::vector<Item> items(30000);
    std::string want = "item\tnumber\ttext\n";
    for (size_t i = 0; i < items.size(); i++) {
        items[i].number = i * i;
        std::memset(items[i].text, '\n', sizeof items[i].text); // all of it, without a NUL
        want += std::to_string(i) + "\t" + std::to_string(i * i) + "\t\\n\\n\\n\\n\\n\\n\\n\\n\n";
    }
    EXPECT_TRUE(table(items, {}) == want);
}

TEST(Tsv, SaysWhyThereIsNone)
{
    const plx_field wide[] = {{"text", "", nullptr, PLX_TEXT, 0, 40000}, {}};
    const plx_field fits[] = {{"text", "", nullptr, PLX_TEXT, 0, 30000}, {}};
    const plx_kernel none = kernel_of(nullptr), ours = kernel_of(results);
    const plx_kernel much = kernel_of(wide), less = kernel_of(fits);
    EXPECT_STREQ(plx_tsv_why_not(&none), "its items' values have no names");
    EXPECT_STREQ(plx_tsv_why_not(&much), "its items' values are too long");
    EXPECT_EQ(plx_tsv_why_not(&ours), nullptr);
    EXPECT_EQ(plx_tsv_why_not(&less), nullptr);
}

} // namespace
