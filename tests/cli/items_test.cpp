// SPDX-License-Identifier: MIT
// Items: cut as a plain loop over the bytes cuts them, whatever the buffer; what cannot be one is
// told with its number.
#include <gtest/gtest.h>

#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

extern "C" {
#include "cli/batch/items.h"
#include "cli/generate.h"
#include "cli/npy.h"
#include "cli/signals.h"
#include "journal/journal.h"
}

namespace {

using Texts = std::vector<std::string>;

const size_t most = PLX_ITEM_MAX;

plx_kernel kernel_of(size_t in_size, plx_type type)
{
    plx_kernel kernel = {};
    kernel.size = sizeof kernel;
    kernel.name = "k";
    kernel.in_size = in_size;
    kernel.in_type = type;
    return kernel;
}

template <typename T> std::string bytes_of(T value)
{
    return std::string(reinterpret_cast<const char *>(&value), sizeof value);
}

// The oracle: byte by byte.
Texts cut(const std::string &text, char end)
{
    Texts all;
    std::string line;
    for (char c : text)
        if (c == end) {
            all.push_back(line);
            line.clear();
        } else {
            line += c;
        }
    if (!text.empty() && text.back() != end)
        all.push_back(line);
    return all;
}

class Items : public testing::Test {
protected:
    void SetUp() override
    {
        char folder[] = "/tmp/plx_items_XXXXXX";
        ASSERT_NE(mkdtemp(folder), nullptr);
        at = folder;
        path = at + "/items";
    }
    void TearDown() override
    {
        plx_items_close(items);
        unlink(path.c_str());
        rmdir(at.c_str());
    }
    void put(const std::string &text, std::ios::openmode mode = std::ios::trunc)
    {
        std::ofstream(path, std::ios::binary | mode) << text;
    }
    // 0 or the code; said: the line.
    int open(const plx_kernel *kernel = nullptr, uint64_t n = PLX_ITEMS_ALL, bool nul = false,
             bool no_path = false)
    {
        plx_items_close(items);
        plx_items_how how = {};
        how.kernel = kernel;
        how.path = no_path ? nullptr : path.c_str();
        how.nul = nul;
        how.n = n;
        how.seed = 5;
        return told([&] { return plx_items_open(&items, &how); });
    }
    int told(const std::function<int()> &call)
    {
        testing::internal::CaptureStderr();
        const int came = call();
        said = testing::internal::GetCapturedStderr();
        for (size_t found; (found = said.find(path)) != std::string::npos;)
            said.replace(found, path.size(), "F");
        return came;
    }
    Texts read()
    {
        Texts all;
        const void *item;
        size_t size;
        code = told([&] {
            int end = -1;
            while (plx_items_next(items, &item, &size, &end))
                all.push_back(std::string(static_cast<const char *>(item), size));
            return end;
        });
        return all;
    }
    void expect(const std::string &text, char end)
    {
        put(text);
        ASSERT_EQ(open(nullptr, PLX_ITEMS_ALL, end == '\0'), 0) << said;
        const Texts all = cut(text, end);
        size_t longest = 0;
        for (const std::string &item : all)
            longest = std::max(longest, item.size());
        EXPECT_EQ(plx_items_count(items), all.size());
        EXPECT_EQ(plx_items_longest(items), longest);
        EXPECT_TRUE(read() == all);
        EXPECT_EQ(code, 0) << said;
        EXPECT_TRUE(plx_items_rewind(items));
        EXPECT_TRUE(read() == all);
        EXPECT_EQ(code, 0) << said;
    }

    std::string at, path, said;
    plx_items *items = nullptr;
    int code = 0;
};

TEST_F(Items, LinesEndWithTheirDelimiter)
{
    for (const char *text : {"", "a", "a\n", "a\nb", "\n", "\n\n", "a\n\nb\n", "\na", "a\r\nb\r\n",
                             " a \t\n", "a;b\n"})
        for (char end : {'\n', '\0'}) {
            std::string with = text;
            for (char &c : with)
                c = c == '\n' ? end : c;
            expect(with, end);
        }
    expect(std::string("a\nb\0c\n\0", 7), '\0');
}

// Lines that end just before, at and after the ends of the buffer, and as long as they may be.
TEST_F(Items, LinesLieAcrossTheBuffersEnd)
{
    for (size_t length : {most - 1, most})
        for (size_t before : {size_t(0), size_t(1), size_t(2), most - 1, most}) {
            const std::string text =
                std::string(before, 'b') + "\n" + std::string(length, 'x') + "\n";
            expect(text + text + "end", '\n');
        }
    std::mt19937 random(3);
    std::string text;
    while (text.size() < 3000000)
        text += std::string(random() % 5 == 0 ? random() % most : random() % 9, 'y') + "\n";
    expect(text, '\n');
}

TEST_F(Items, AMillionLinesAreCounted)
{
    std::string text;
    for (int i = 0; i < 1000000; i++)
        text += std::to_string(i * 7919L % 1000003) + "\n";
    expect(text, '\n');
    EXPECT_EQ(plx_items_count(items), 1000000u);
}

TEST_F(Items, TooLongIsToldWithItsNumber)
{
    put("a\n" + std::string(most + 1, 'x') + "\n");
    EXPECT_EQ(open(), 65);
    EXPECT_EQ(said, "parallax: ITEMS 'F': line 2 is longer than 131071 bytes\n");
    EXPECT_EQ(items, nullptr);
    EXPECT_EQ(open(nullptr, 1), 0) << "which is not one of them";
    put(std::string(500000, 'x'));
    EXPECT_EQ(open(), 65);
}

TEST_F(Items, ANulIsForKernelsAndNotForCommands)
{
    const plx_kernel kernel = kernel_of(PLX_VARIES, PLX_BYTES);
    put(std::string("ab\na\0b\n", 7));
    EXPECT_EQ(open(), 65);
    EXPECT_EQ(said, "parallax: ITEMS 'F': line 2 has a NUL byte, which no command can be told; "
                    "with -0 items end there\n");
    ASSERT_EQ(open(&kernel), 0);
    EXPECT_EQ(read(), Texts({"ab", std::string("a\0b", 3)}));
}

TEST_F(Items, TheFirstN)
{
    put("a\nb\nc\n");
    ASSERT_EQ(open(nullptr, 2), 0);
    EXPECT_EQ(plx_items_count(items), 2u);
    EXPECT_EQ(read(), Texts({"a", "b"}));
    ASSERT_EQ(open(nullptr, 0), 0);
    EXPECT_EQ(read(), Texts());
    ASSERT_EQ(open(nullptr, 3), 0);
    EXPECT_EQ(open(nullptr, 4), 64);
    EXPECT_EQ(said, "parallax: -n '4': not allowed; 'F' holds 3 items\n");
}

TEST_F(Items, WhatCannotBeRead)
{
    EXPECT_EQ(open(), 66);
    EXPECT_EQ(said, "parallax: ITEMS 'F': cannot be read: No such file or directory\n");
    path = at;
    EXPECT_EQ(open(), 66);
    EXPECT_EQ(said, "parallax: ITEMS 'F': is a folder; it takes a text file, one item a line\n");
    path = at + "/items";
}

TEST_F(Items, AFifoIsReadAsItComes)
{
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    EXPECT_TRUE(plx_items_once(path.c_str()));
    std::string text;
    for (int i = 0; i < 30000; i++)
        text += std::string(static_cast<size_t>(i) % 40, 'z') + "\n";
    std::thread writer([&] { put(text, std::ios::app); });
    EXPECT_EQ(open(), 0) << said;
    EXPECT_EQ(plx_items_count(items), PLX_ITEMS_ALL);
    EXPECT_EQ(plx_items_longest(items), most);
    EXPECT_TRUE(read() == cut(text, '\n'));
    writer.join();
    EXPECT_EQ(code, 0);
    EXPECT_FALSE(plx_items_cut(items));
    EXPECT_FALSE(plx_items_rewind(items));
}

TEST_F(Items, AFifosBadItemIsToldWhenItComes)
{
    const plx_kernel kernel = kernel_of(8, PLX_F64);
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    std::thread writer([&] { put("1\n2\nx\n4\n", std::ios::app); });
    EXPECT_EQ(open(&kernel), 0) << said;
    EXPECT_EQ(read(), Texts({bytes_of(1.0), bytes_of(2.0)}));
    writer.join();
    EXPECT_EQ(code, 65);
    EXPECT_EQ(said, "parallax: ITEMS 'F': line 3 is 'x'; kernel 'k' takes float64\n");
}

// A writer that never ends: only the stop can end the reading. In a process of its own, since a
// stop stays.
TEST_F(Items, AStopEndsTheWaiting)
{
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    const pid_t child = fork();
    if (child == 0) {
        alarm(20);
        const int writer = ::open(path.c_str(), O_RDWR);
        const void *item;
        size_t size;
        bool good = write(writer, "a\nhalf", 6) == 6 && open() == 0 &&
                    plx_items_next(items, &item, &size, &code) && size == 1;
        plx_stop_ask(plx_cli_signals_stop(), PLX_DRAIN);
        good = good && !plx_items_next(items, &item, &size, &code) && code == 0 &&
               plx_items_cut(items);
        _exit(good ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

TEST_F(Items, AFileThatChangesIsTold)
{
    const void *item;
    size_t size;
    for (const char *change : {"grows", "cut", "second", "nanosecond"}) {
        put("a\nb\nc\n");
        ASSERT_EQ(open(), 0);
        EXPECT_TRUE(plx_items_next(items, &item, &size, &code));
        struct stat st;
        EXPECT_EQ(stat(path.c_str(), &st), 0);
        if (*change == 'g')
            put("d\n", std::ios::app);
        else if (*change == 'c')
            EXPECT_EQ(truncate(path.c_str(), 2), 0);
        else
            (*change == 's' ? st.st_mtim.tv_sec : st.st_mtim.tv_nsec) ^= 1;
        const timespec times[2] = {st.st_mtim, st.st_mtim};
        EXPECT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
        (void)read();
        EXPECT_EQ(code, 66) << change;
        EXPECT_EQ(said, "parallax: ITEMS 'F': it changed while it was read\n");
    }
}

TEST_F(Items, ALinesTextIsReadAsAValue)
{
    const plx_kernel f64 = kernel_of(8, PLX_F64), u8 = kernel_of(1, PLX_U8),
                     i64 = kernel_of(8, PLX_I64), text = kernel_of(4, PLX_TEXT),
                     u128 = kernel_of(16, PLX_U128);
    put("1.5\n-2e3");
    ASSERT_EQ(open(&f64), 0);
    EXPECT_EQ(plx_items_longest(items), 8u);
    EXPECT_EQ(read(), Texts({bytes_of(1.5), bytes_of(-2000.0)}));
    put("0\n255\n");
    ASSERT_EQ(open(&u8), 0);
    EXPECT_EQ(read(), Texts({std::string(1, '\0'), "\xff"}));
    put("-9223372036854775808\n7\n");
    ASSERT_EQ(open(&i64), 0);
    EXPECT_EQ(read(), Texts({bytes_of(INT64_MIN), bytes_of(int64_t(7))}));
    put("ab\n\n");
    ASSERT_EQ(open(&text), 0);
    EXPECT_EQ(read(), Texts({std::string("ab\0\0", 4), std::string(4, '\0')}));
    put("340282366920938463463374607431768211455\n");
    ASSERT_EQ(open(&u128), 0);
    EXPECT_EQ(read(), Texts({std::string(16, '\xff')}));
}

TEST_F(Items, WhatIsNoValueIsToldWithItsNumber)
{
    const plx_kernel f64 = kernel_of(8, PLX_F64), u8 = kernel_of(1, PLX_U8),
                     text = kernel_of(4, PLX_TEXT);
    for (const char *bad : {"", " 1", "1 ", "1\r", "nan", "0x10", "1,5", "--1", "1e999"}) {
        put(std::string("1\n2\n") + bad + "\n3\n");
        EXPECT_EQ(open(&f64), 65) << bad;
        EXPECT_NE(said.find("ITEMS 'F': line 3 is '"), std::string::npos) << said;
    }
    put(std::string("1\0\n", 3));
    EXPECT_EQ(open(&f64), 65);
    put("256\n");
    EXPECT_EQ(open(&u8), 65);
    EXPECT_EQ(said, "parallax: ITEMS 'F': line 1 is '256'; kernel 'k' takes uint8\n");
    put("abcd\n");
    EXPECT_EQ(open(&text), 65);
    put(std::string(1000, '9') + "\n");
    EXPECT_EQ(open(&u8), 65);
    EXPECT_LT(said.size(), 200u);
}

std::string npy(plx_type type, const std::string &data, size_t n)
{
    char header[PLX_NPY_HEADER_MAX];
    return std::string(header, plx_npy_header(header, type, n)) + data;
}

TEST_F(Items, RowsOfANpyFile)
{
    const plx_kernel two = kernel_of(16, PLX_F64), bytes = kernel_of(16, PLX_BYTES),
                     f32 = kernel_of(4, PLX_F32), lines = kernel_of(PLX_VARIES, PLX_BYTES);
    std::string data;
    for (int i = 0; i < 60000; i++)
        data += bytes_of(i / 2.0);
    path += ".npy";
    put(npy(PLX_F64, data, 60000));
    for (const plx_kernel *kernel : {&two, &bytes}) {
        ASSERT_EQ(open(kernel), 0) << said;
        EXPECT_EQ(plx_items_count(items), 30000u);
        const Texts all = read();
        EXPECT_EQ(code, 0);
        std::string joined;
        for (const std::string &item : all)
            joined += item;
        EXPECT_TRUE(joined == data);
        EXPECT_EQ(all.size(), 30000u);
    }
    EXPECT_EQ(open(&f32), 65);
    EXPECT_EQ(said, "parallax: ITEMS 'F': holds float64; kernel 'k' takes float32\n");
    EXPECT_EQ(open(&lines), 0) << "whose items are lines of whatever";
    ASSERT_EQ(open(&two, 3), 0);
    EXPECT_EQ(read().size(), 3u);
    EXPECT_EQ(open(&two, 30001), 64);
    put(npy(PLX_F64, bytes_of(1.0), 1));
    EXPECT_EQ(open(&two), 65);
    EXPECT_EQ(said, "parallax: ITEMS 'F': 8 bytes are no whole items of 16\n");
    put("");
    EXPECT_EQ(open(&two), 65);
    put("hello, I am a text file\n");
    EXPECT_EQ(open(&two), 65);
    EXPECT_EQ(said, "parallax: ITEMS 'F': it is no .npy file; it takes a .npy file\n");
    put(npy(PLX_F64, "", 0));
    ASSERT_EQ(open(&two), 0);
    EXPECT_EQ(read(), Texts());
    EXPECT_EQ(unlink(path.c_str()), 0);
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    std::thread writer([&] { put("", std::ios::app); });
    EXPECT_EQ(open(&two), 66);
    writer.join();
}

TEST_F(Items, RowsMayBeLongerThanAnyLine)
{
    const plx_kernel wide = kernel_of(300001, PLX_U8);
    std::mt19937 random(9);
    std::string data;
    while (data.size() < 5 * wide.in_size)
        data += static_cast<char>(random());
    path += ".npy";
    put(npy(PLX_U8, data, data.size()));
    ASSERT_EQ(open(&wide), 0) << said;
    const Texts all = read();
    ASSERT_EQ(all.size(), 5u);
    for (size_t i = 0; i < 5; i++)
        EXPECT_TRUE(all[i] == data.substr(i * wide.in_size, wide.in_size)) << i;
}

TEST_F(Items, NumbersAloneAndMadeValues)
{
    const plx_kernel none = kernel_of(0, PLX_BYTES), two = kernel_of(16, PLX_F64);
    for (const plx_kernel *kernel : {static_cast<const plx_kernel *>(nullptr), &none}) {
        ASSERT_EQ(open(kernel, 11, false, true), 0);
        EXPECT_EQ(read(), Texts({"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}));
        EXPECT_EQ(plx_items_count(items), 11u);
        EXPECT_EQ(plx_items_longest(items), 2u);
        EXPECT_TRUE(plx_items_rewind(items));
        EXPECT_EQ(read().size(), 11u);
    }
    ASSERT_EQ(open(&two, 5, false, true), 0);
    double made[10];
    ASSERT_TRUE(plx_generate_values(PLX_F64, 5, 0, 10, made));
    const Texts all = read();
    ASSERT_EQ(all.size(), 5u);
    for (size_t i = 0; i < 5; i++)
        EXPECT_EQ(memcmp(all[i].data(), made + 2 * i, 16), 0) << i;
}

TEST_F(Items, WhatDoesNotGoTogether)
{
    const plx_kernel none = kernel_of(0, PLX_BYTES), two = kernel_of(16, PLX_F64),
                     lines = kernel_of(PLX_VARIES, PLX_BYTES), text = kernel_of(4, PLX_TEXT);
    put("1\n");
    EXPECT_EQ(open(&none), 64);
    EXPECT_EQ(said, "parallax: ITEMS 'F': not allowed with kernel 'k', which takes no input; -n "
                    "says how many items\n");
    EXPECT_EQ(open(&two), 64);
    EXPECT_EQ(said, "parallax: ITEMS 'F': not allowed; kernel 'k' takes rows of a .npy file: an "
                    "item of its input is no single value\n");
    EXPECT_EQ(open(&lines, 1, false, true), 64);
    EXPECT_EQ(said, "parallax: kernel 'k': its input cannot be made; ITEMS must be given\n");
    EXPECT_EQ(open(&text, 1, false, true), 64);
    EXPECT_EQ(open(nullptr, PLX_ITEMS_ALL, false, true), 64);
    EXPECT_EQ(said, "parallax: ITEMS: missing; a file, - for stdin, or -n N\n");
}

} // namespace
