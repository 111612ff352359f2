/* SPDX-License-Identifier: MIT */
/*
 * file_digest: sizes and lines as we wrote them, hashes that xxh64sum printed, and that a path
 * which cannot be read costs its own item alone.
 */
#include "drive.h"

#include <cerrno>
#include <cstdio>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

constexpr size_t piece = 256 * 1024;

struct Digest {
    uint64_t size, lines;
    uint8_t xxh64[8];
};

/* A folder of its own, gone with what is in it. */
class FileDigest : public testing::Test {
protected:
    void SetUp() override
    {
        char path[] = "/tmp/plx_digest_XXXXXX";
        ASSERT_NE(mkdtemp(path), nullptr);
        folder = path;
    }
    void TearDown() override
    {
        for (const std::string &path : made)
            std::remove(path.c_str());
        rmdir(folder.c_str());
    }
    std::string file(const std::string &bytes)
    {
        const std::string path = folder + "/" + std::to_string(made.size());
        FILE *out = std::fopen(path.c_str(), "wb");
        EXPECT_EQ(std::fwrite(bytes.data(), 1, bytes.size(), out), bytes.size());
        std::fclose(out);
        made.push_back(path);
        return path;
    }
    std::vector<Digest> digests(const std::vector<std::string> &paths)
    {
        std::vector<size_t> at = { 0 };
        std::string in;
        for (const std::string &path : paths) {
            in += path;
            at.push_back(in.size());
        }
        drive.at = at.data();
        EXPECT_TRUE(drive.open(paths.size()));
        const Bytes out = drive.map(0, paths.size(), in.data());
        drive.at = nullptr;
        return as<Digest>(out);
    }
    std::string folder;
    std::vector<std::string> made;
    Drive drive{ "file_digest" };
};

std::string hex(const Digest &digest)
{
    char text[17];
    for (size_t i = 0; i < 8; i++)
        std::snprintf(text + 2 * i, 3, "%02x", digest.xxh64[i]);
    return text;
}

/* Bytes that any program can make again: python3 -c 'bytes(i * i % 251 for i in range(n))'. */
std::string pattern(size_t n)
{
    std::string bytes(n, '\0');
    for (size_t i = 0; i < n; i++)
        bytes[i] = static_cast<char>(i % 251 * (i % 251) % 251);
    return bytes;
}

TEST_F(FileDigest, HashesAreThoseOfXxh64sum)
{
    const struct { std::string bytes; const char *hash; } known[] = {
        { "", "ef46db3751d8e999" },
        { "a", "d24ec4f1a98c6e5b" },
        { "\n", "cafc7706cee4572b" },
        { "one\ntwo", "a10bdb1c19a35595" },
        { pattern(31), "f802085ae7e12fa9" },
        { pattern(32), "abe98b5116e5ed4d" },
        { pattern(1000), "2d5f4044a731ebd7" },
        { pattern(piece - 1), "405b314f680533de" },
        { pattern(piece), "5adbb1e58b9cae18" },
        { pattern(piece + 1), "848a20b72dc95f19" },
        { pattern(3 * piece + 5), "cbcbdd641084d050" },
    };
    std::vector<std::string> paths;
    for (const auto &one : known)
        paths.push_back(file(one.bytes));
    const auto found = digests(paths);
    EXPECT_EQ(drive.failures, 0);
    for (size_t i = 0; i < found.size(); i++) {
        EXPECT_EQ(hex(found[i]), known[i].hash) << i;
        EXPECT_EQ(found[i].size, known[i].bytes.size()) << i;
    }
}

/* Newlines at random, none, and everywhere: the lanes of the counter must not run over. */
TEST_F(FileDigest, CountsNewlinesOfAnyLengthAndDensity)
{
    std::mt19937 random(7);
    std::vector<std::string> paths;
    std::vector<uint64_t> lines;
    for (const size_t n : { size_t{0}, size_t{1}, size_t{63}, size_t{64}, size_t{65}, size_t{16319},
                            size_t{16320}, size_t{16321}, size_t{33000}, piece - 1, piece,
                            piece + 1, 2 * piece + 77 })
        for (const unsigned density : { 0u, 3u, 100u }) {
            std::string bytes(n, 'x');
            for (char &c : bytes)
                c = random() % 100 < density ? '\n' : static_cast<char>(random() % 10);
            lines.push_back(static_cast<uint64_t>(std::count(bytes.begin(), bytes.end(), '\n')));
            paths.push_back(file(bytes));
        }
    const auto found = digests(paths);
    for (size_t i = 0; i < found.size(); i++)
        EXPECT_EQ(found[i].lines, lines[i]) << i;
}

TEST_F(FileDigest, APathThatCannotBeReadCostsItsOwnItem)
{
    const std::string good = file("one\ntwo"), fifo = folder + "/fifo";
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    made.push_back(fifo);
    const std::string longest(PATH_MAX - 1, 'x'), longer(PATH_MAX, 'x'), nul("a\0b", 3);
    const auto found = digests({ good, "", folder + "/none", folder, fifo, longest, longer, nul,
                                 good + "/below", "a\nb\x1b[1m", good });
    const struct { int code; std::string why; } want[] = {
        { ENOENT, "No such file or directory: " },
        { ENOENT, "No such file or directory: " + folder + "/none" },
        { EISDIR, "Is a directory: " + folder },
        { EINVAL, "no regular file: " + fifo },
        { ENAMETOOLONG, "File name too long: " + std::string(87, 'x') },
        { ENAMETOOLONG, "File name too long: " + std::string(87, 'x') },
        { EINVAL, "a path holds no NUL byte: a" },
        { ENOTDIR, "Not a directory: " + good + "/below" },
        { ENOENT, "No such file or directory: a?b?[1m" },
    };
    ASSERT_EQ(drive.failed.size(), std::size(want));
    for (size_t i = 0; i < std::size(want); i++) {
        EXPECT_EQ(drive.failed[i].item, i + 1);
        EXPECT_EQ(drive.failed[i].code, want[i].code) << i;
        EXPECT_EQ(drive.failed[i].why, want[i].why) << i;
    }
    for (const size_t i : { size_t{0}, found.size() - 1 }) {
        EXPECT_EQ(found[i].size, 7u);
        EXPECT_EQ(found[i].lines, 1u);
    }
}

TEST_F(FileDigest, LeavesNoFileOpen)
{
    const std::string good = file("x");
    const int before = dup(0);
    close(before);
    digests(std::vector<std::string>(100, good));
    digests({ folder, folder + "/none", good });
    const int after = dup(0);
    close(after);
    EXPECT_EQ(before, after);
}

TEST_F(FileDigest, ReadsNoFurtherOnceStopped)
{
    const std::string good = file(pattern(3 * piece));
    drive.stop_after = 2;       /* before the item, before its first piece, then: stopped */
    const auto found = digests({ good });
    EXPECT_EQ(found[0].size, piece);
    EXPECT_EQ(drive.failures, 0);
}

}
