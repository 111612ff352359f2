// SPDX-License-Identifier: MIT
// What looks into a shared object's bytes believes nothing of them: each damaged copy lies in
// memory of exactly its size, so that the sanitizers see any step beyond it.
extern "C" {
#include "core/elf.h"
}

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

static std::string bytes_of(const char *name)
{
    std::ifstream file(std::string(PLX_TEST_TOYS "/") + name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

static bool check(const std::string &bytes, std::string *why = nullptr)
{
    std::unique_ptr<char[]> exact(new char[bytes.size()]);
    std::memcpy(exact.get(), bytes.data(), bytes.size());
    char words[108] = "";
    const bool good = plx_elf_check(exact.get(), bytes.size(), "plx_", words);
    if (why)
        *why = words;
    EXPECT_EQ(good, words[0] == '\0') << words;
    return good;
}

TEST(Elf, TellsWhatAnObjectNeeds)
{
    std::string why;
    EXPECT_TRUE(check(bytes_of("good.so"), &why)) << why;
    EXPECT_FALSE(check(bytes_of("undefined.so"), &why));
    EXPECT_NE(std::string::npos, why.find("plx_cores")) << why;
    std::string other = bytes_of("good.so");
    other[18] = (char)(other[18] ^ 1); // e_machine
    EXPECT_FALSE(check(other, &why));
    EXPECT_NE(std::string::npos, why.find("for this machine")) << why;
    EXPECT_FALSE(check("", &why));
    EXPECT_FALSE(check("#!/bin/sh\n", &why));
}

// Where the last mapped byte is missing the loader would die of it.
TEST(Elf, EveryTruncationIsSeenOrHarmless)
{
    const std::string whole = bytes_of("good.so");
    size_t refused = 0;
    for (size_t size = 0; size < whole.size(); size += size < 5000 ? 1 : 61)
        refused += !check(whole.substr(0, size));
    EXPECT_FALSE(check(whole.substr(0, whole.size() / 4)));
    EXPECT_GT(refused, 4000u);
}

TEST(Elf, NoFlippedBitLeadsOutside)
{
    const std::string whole = bytes_of("undefined.so");
    size_t refused = 0;
    for (size_t bit = 0; bit < 8 * std::min<size_t>(whole.size(), 8192); bit += 3) {
        std::string bent = whole;
        bent[bit / 8] = (char)(bent[bit / 8] ^ 1 << bit % 8);
        refused += !check(bent);
    }
    EXPECT_GT(refused, 100u);
}
