/* SPDX-License-Identifier: MIT */
/* keys_test.cpp: the table of keys against std::map; what a key is made of; how much it takes. */
#include <algorithm>
#include <cstdio>
#include <malloc.h>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

extern "C" {
#include "journal/journal.h"
}

namespace
{

using Words = std::tuple<uint32_t, uint32_t, uint32_t>;

Words words(plx_key key)
{
    return {key.word[0], key.word[1], key.word[2]};
}

plx_key key_of(uint64_t i)
{
    return plx_key_of(&i, sizeof i);
}

/* Bytes that are allocated, whatever the process holds besides. */
size_t allocated()
{
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

} // namespace

TEST(Keys, AreNinetySixBitsOfXxh3)
{
    /* XXH3, 128 bits, of no bytes: 99aa06d3014798d8 6001c324468d497f (xxhsum -H128) */
    EXPECT_EQ(words(plx_key_of("", 0)), Words(0x99aa06d3, 0x014798d8, 0x6001c324));
    EXPECT_NE(words(plx_key_of("a", 1)), words(plx_key_of("a", 2)));
}

TEST(Keys, RepetitionsAndTheirCountHaveKeysOfTheirOwn)
{
    std::set<Words> all;
    for (uint64_t i = 0; i < 1000; i++) {
        all.insert(words(key_of(i)));
        for (uint32_t k = 0; k < 20; k++)
            all.insert(words(plx_key_again(key_of(i), k)));
    }
    EXPECT_EQ(all.size(), 21000u);
    EXPECT_EQ(words(plx_key_again(key_of(5), 3)), words(plx_key_again(key_of(5), 3)));
}

TEST(Keys, TableSaysWhatAMapSays)
{
    plx_keys *keys = plx_keys_open();
    std::map<Words, uint32_t> map;
    bool same = true;
    for (uint64_t i = 0; i < 200000; i++) {
        const plx_key key = key_of(i * i % 70001);
        uint32_t *number = plx_keys_add(keys, key);
        ASSERT_NE(number, nullptr);
        auto [at, fresh] = map.emplace(words(key), 0);
        same = same && *number == at->second;
        *number += static_cast<uint32_t>(i);
        at->second += static_cast<uint32_t>(i);
    }
    EXPECT_TRUE(same);
    EXPECT_EQ(plx_keys_count(keys), map.size());
    for (uint64_t i = 0; i < 70001; i++) {
        const uint32_t *number = plx_keys_find(keys, key_of(i));
        const auto at = map.find(words(key_of(i)));
        same = same && (number != nullptr) == (at != map.end());
        same = same && (!number || *number == at->second);
    }
    EXPECT_TRUE(same);
    plx_keys_close(keys);
    plx_keys_close(nullptr);
}

/* Keys are hostile where a journal is: all in one place, at the end of a shard, or all zeros. */
TEST(Keys, AnyKeysAreTaken)
{
    plx_keys *keys = plx_keys_open();
    EXPECT_EQ(plx_keys_find(keys, plx_key{{0, 0, 0}}), nullptr);
    EXPECT_EQ(plx_keys_find(keys, plx_key{{1, 2, 3}}), nullptr);
    for (uint32_t i = 0; i < 2000; i++)
        for (uint32_t word : {0u, 0xffffffffu, 0x04000000u}) {
            uint32_t *number = plx_keys_add(keys, plx_key{{word, word, i}});
            ASSERT_NE(number, nullptr);
            ASSERT_EQ(*number, 0u);
            *number = i + word;
        }
    EXPECT_EQ(plx_keys_count(keys), 6000u);
    bool same = true;
    for (uint32_t i = 0; i < 2000; i++)
        for (uint32_t word : {0u, 0xffffffffu, 0x04000000u})
            same = same && *plx_keys_find(keys, plx_key{{word, word, i}}) == i + word;
    EXPECT_TRUE(same);
    EXPECT_EQ(*plx_keys_add(keys, plx_key{{0, 0, 0}}), 0u);
    plx_keys_close(keys);
}

/* 10^7 keys in 215 MB: the tenth of it here, which grows in the same steps. */
TEST(Keys, AMillionTakeTwentyOneMegabytes)
{
#ifdef PLX_SANITIZED
    GTEST_SKIP() << "a sanitizer's memory is not ours";
#endif
    const size_t before = allocated();
    plx_keys *keys = plx_keys_open();
    size_t most = 0;
    for (uint64_t i = 0; i < 1000000; i++) {
        *plx_keys_add(keys, key_of(i)) = 1;
        if (i % 1000 == 0 || i == 999999)
            most = std::max(most, allocated() - before);
    }
    std::printf("1,000,000 keys: %zu bytes\n", most);
    EXPECT_LE(most, 21500000u);
    EXPECT_GE(most, 16000000u);
    plx_keys_close(keys);
}
