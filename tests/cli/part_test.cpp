// SPDX-License-Identifier: MIT
// A part of a .npy file is the values that it holds there, or it is refused: never other bytes.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

extern "C" {
#include "cli/error.h"
#include "cli/part.h"
}

namespace {

class Part : public testing::Test {
protected:
    void SetUp() override
    {
        char name[] = "/tmp/plx_part_XXXXXX";
        int fd = mkstemp(name);
        ASSERT_GE(fd, 0);
        close(fd);
        path = name;
        plx_cli_error_hold(line, sizeof line);
    }
    void TearDown() override
    {
        plx_cli_error_hold(nullptr, 0);
        plx_part_close(&part);
        unlink(path.c_str());
    }
    // A header as numpy pads it, or of just as many bytes, and values 0, 1, 2 ...
    void write(const std::string &descr, const std::string &shape, size_t bytes, bool padded = true)
    {
        std::string dict = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape +
                           ", }",
                    head("\x93NUMPY\x01\x00", 8);
        size_t length = padded ? (10 + dict.size() + 64) / 64 * 64 : 10 + dict.size() + 1;
        head += static_cast<char>(length - 10);
        head += '\0';
        data = length;
        head += dict + std::string(length - 11 - dict.size(), ' ') + '\n';
        for (size_t i = 0; i < bytes; i++)
            head += static_cast<char>(i % 251);
        FILE *file = fopen(path.c_str(), "wb");
        ASSERT_NE(file, nullptr);
        ASSERT_EQ(fwrite(head.data(), 1, head.size(), file), head.size());
        fclose(file);
    }
    void set_time(long ns)
    {
        const timespec times[2] = {{1600000000, ns}, {1600000000, ns}};
        ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
    }
    int read(size_t from, size_t size)
    {
        got.assign(size + 2, '\x7f');
        return plx_part_read(&part, from, size, got.data() + 1);
    }
    bool right(size_t from)
    {
        for (size_t i = 0; i + 2 < got.size(); i++)
            if (static_cast<unsigned char>(got[i + 1]) != (from + i) % 251)
                return false;
        return got.front() == '\x7f' && got.back() == '\x7f';
    }

    std::string path;
    plx_part part = {};
    size_t data = 0;
    std::vector<char> got;
    char line[200] = "";
};

TEST_F(Part, EveryPartOfEachShapeAndHeader)
{
    const struct {
        const char *descr, *shape;
        size_t bytes;
    } files[] = {{"<f8", "(5,)", 40}, {"<f4", "(3, 7)", 84}, {"|u1", "(13,)", 13},
                 {"<i8", "(1, 1, 2)", 16}, {"<u8", "()", 8}, {"<f8", "(0, 3)", 0}};
    for (const auto &one : files)
        for (bool padded : {true, false}) {
            write(one.descr, one.shape, one.bytes, padded);
            ASSERT_EQ(plx_part_open(&part, path.c_str()), 0) << line;
            EXPECT_EQ(part.header.data, data);
            for (size_t from = 0; from <= one.bytes; from++)
                for (size_t size = 0; from + size <= one.bytes; size++) {
                    ASSERT_EQ(read(from, size), 0) << one.shape << from << ' ' << size << line;
                    ASSERT_TRUE(right(from)) << one.shape << from << ' ' << size;
                }
            plx_part_close(&part);
        }
}

TEST_F(Part, BeyondFourGibibytes)
{
    const size_t values = ((size_t)5 << 30) / 8, last = (values - 1) * 8;
    write("<f8", "(" + std::to_string(values) + ",)", 0);
    int fd = open(path.c_str(), O_WRONLY);
    ASSERT_EQ(ftruncate(fd, static_cast<off_t>(data + values * 8)), 0); // no block is taken
    ASSERT_EQ(pwrite(fd, "lastitem", 8, static_cast<off_t>(data + last)), 8);
    close(fd);
    ASSERT_EQ(plx_part_open(&part, path.c_str()), 0) << line;
    EXPECT_EQ(part.header.values, values);
    ASSERT_EQ(read(last, 8), 0) << line;
    EXPECT_EQ(memcmp(got.data() + 1, "lastitem", 8), 0);
    ASSERT_EQ(read((size_t)1 << 31, 16), 0);
    EXPECT_EQ(memcmp(got.data() + 1, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16), 0);
}

TEST_F(Part, AChangedFileIsRefused)
{
    write("<f8", "(5,)", 40);
    set_time(1);
    ASSERT_EQ(plx_part_open(&part, path.c_str()), 0);
    ASSERT_EQ(read(0, 40), 0);
    set_time(2);
    EXPECT_EQ(read(0, 40), 66);                         // within the same second
    EXPECT_NE(strstr(line, "it changed while it was read"), nullptr) << line;
    EXPECT_EQ(read(0, 0), 66);                          // also for who has nothing to read
    set_time(1);
    EXPECT_EQ(read(8, 8), 0);
    ASSERT_EQ(truncate(path.c_str(), static_cast<off_t>(data + 16)), 0);
    set_time(1);
    EXPECT_EQ(read(8, 32), 66);                         // it ends too early
    EXPECT_EQ(read(8, 8), 66);                          // what is left is of another file
}

TEST_F(Part, RanksTellTheirFilesApart)
{
    write("<f8", "(5,)", 40);
    set_time(1);
    ASSERT_EQ(plx_part_open(&part, path.c_str()), 0);
    plx_part_facts first = part.facts;
    plx_part_close(&part);
    const struct {
        const char *descr, *shape;
        size_t bytes;
        const char *why;
    } others[] = {{"<f8", "(6,)", 48, "has another length"},
                  {"<i8", "(5,)", 40, "has another header"}};
    for (const auto &other : others) {
        write(other.descr, other.shape, other.bytes);
        set_time(1);
        plx_cli_error_hold(line, sizeof line);
        ASSERT_EQ(plx_part_open(&part, path.c_str()), 0);
        EXPECT_EQ(plx_part_same(&part, &first), 66);
        EXPECT_NE(strstr(line, other.why), nullptr) << line;
        plx_part_close(&part);
    }
    write("<f8", "(5,)", 40);
    plx_cli_error_hold(line, sizeof line);
    ASSERT_EQ(plx_part_open(&part, path.c_str()), 0);
    EXPECT_EQ(plx_part_same(&part, &first), 66);
    EXPECT_NE(strstr(line, "was written at another time"), nullptr) << line;
    plx_part_close(&part);
    set_time(999);                                      // copies keep whole seconds at most
    ASSERT_EQ(plx_part_open(&part, path.c_str()), 0);
    EXPECT_EQ(plx_part_same(&part, &first), 0);
}

TEST_F(Part, WhatIsNoFileIsRefused)
{
    EXPECT_EQ(plx_part_open(&part, path.c_str()), 65);  // empty
    plx_part_close(&part);
    EXPECT_EQ(plx_part_open(&part, "/tmp"), 66);
    plx_part_close(&part);
    EXPECT_EQ(plx_part_open(&part, (path + "no").c_str()), 66);
    plx_part_close(&part);
    write("<f8", "(5,)", 39);
    EXPECT_EQ(plx_part_open(&part, path.c_str()), 65);
}

}  // namespace
