// SPDX-License-Identifier: MIT
// What is written in pieces arrives whole, and what is read ends where the file does.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

extern "C" {
#include "cli/whole.h"
}

namespace {

std::vector<unsigned char> many(size_t n)
{
    std::vector<unsigned char> bytes(n);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (unsigned char)(i * 31 + i / 251);
    return bytes;
}

// A pipe holds less than this, and says EAGAIN instead of waiting.
TEST(Whole, APipeThatDoesNotBlockTakesAll)
{
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    ASSERT_EQ(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    const std::vector<unsigned char> sent = many(3000000);
    std::vector<unsigned char> got(sent.size() + 1);
    size_t have = 0;
    std::thread reader([&] {
        for (ssize_t n; (n = read(ends[0], got.data() + have, got.size() - have)) > 0;)
            have += (size_t)n;
    });
    EXPECT_TRUE(plx_whole_write(ends[1], sent.data(), sent.size())) << strerror(errno);
    close(ends[1]);
    reader.join();
    close(ends[0]);
    got.resize(have);
    EXPECT_EQ(got, sent);
}

TEST(Whole, PlacesOfAFile)
{
    char name[] = "/tmp/plx_whole_XXXXXX";
    const int fd = mkstemp(name);
    ASSERT_GE(fd, 0);
    unlink(name);
    char text[16] = "";
    EXPECT_TRUE(plx_whole_put(fd, "world", 5, 6));
    EXPECT_TRUE(plx_whole_write(fd, "hello", 5)); // no place was gone to
    EXPECT_EQ(plx_whole_read(fd, text, sizeof text, 0), 11);
    EXPECT_EQ(std::string(text, 11), std::string("hello\0world", 11));
    EXPECT_EQ(plx_whole_read(fd, text, 3, 8), 3);
    EXPECT_EQ(std::string(text, 3), "rld");
    EXPECT_EQ(plx_whole_read(fd, text, 3, 11), 0);
    close(fd);
}

TEST(Whole, ErrorsSayWhy)
{
    const int full = open("/dev/full", O_RDWR), null = open("/dev/null", O_RDONLY);
    char text[4];
    EXPECT_FALSE(plx_whole_write(full, "abc", 3));
    EXPECT_EQ(errno, ENOSPC);
    EXPECT_FALSE(plx_whole_put(null, "abc", 3, 0));
    EXPECT_EQ(errno, EBADF);
    close(full);
    close(null);
    EXPECT_EQ(plx_whole_read(null, text, sizeof text, 0), -1);
    EXPECT_EQ(errno, EBADF);
}

} // namespace
