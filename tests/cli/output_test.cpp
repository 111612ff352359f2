// SPDX-License-Identifier: MIT
// An output is whole or not there, and never in place of a file that nobody allowed to replace.
#include <gtest/gtest.h>

#include <cstdlib>
#include <dirent.h>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

extern "C" {
#include "cli/npy.h"
#include "cli/output.h"
}

namespace {

class Output : public testing::Test {
protected:
    void SetUp() override
    {
        char path[] = "/tmp/plx_output_XXXXXX";
        ASSERT_NE(mkdtemp(path), nullptr);
        folder = path;
        file = folder + "/o.npy";
        testing::internal::CaptureStderr();
    }
    void TearDown() override
    {
        testing::internal::GetCapturedStderr();
        for (const std::string &name : names())
            unlink((folder + "/" + name).c_str());
        rmdir(folder.c_str());
    }
    std::set<std::string> names() const
    {
        std::set<std::string> all;
        DIR *dir = opendir(folder.c_str());
        while (dirent *entry = readdir(dir))
            all.insert(entry->d_name);
        closedir(dir);
        all.erase(".");
        all.erase("..");
        return all;
    }
    std::string text(const std::string &path) const
    {
        std::ifstream in(path, std::ios::binary);
        std::stringstream all;
        all << in.rdbuf();
        return all.str();
    }
    int write(bool force)
    {
        plx_output output = {};
        int code = plx_output_open(&output, file.c_str(), force, PLX_F64, 2);
        if (code == 0)
            code = plx_output_write(&output, values, sizeof values);
        if (code == 0)
            code = plx_output_keep(&output);
        plx_output_drop(&output);
        return code;
    }
    void put(const std::string &path, const char *what) { std::ofstream(path) << what; }

    std::string folder, file;
    const double values[2] = {1.5, -2};
    using Names = std::set<std::string>;
};

TEST_F(Output, IsWholeAndLeavesNothingBeside)
{
    ASSERT_EQ(write(false), 0);
    EXPECT_EQ(names(), Names{"o.npy"});
    plx_npy_input input;
    ASSERT_EQ(plx_npy_open(&input, file.c_str()), 0);
    EXPECT_EQ(input.header.values, 2u);
    EXPECT_EQ(static_cast<const double *>(input.values)[1], -2);
    plx_npy_close(&input);
}

TEST_F(Output, ExistingFilesNeedForce)
{
    put(file, "old");
    EXPECT_EQ(plx_output_check(file.c_str(), false), 73);
    EXPECT_EQ(write(false), 73);
    EXPECT_EQ(text(file), "old");
    EXPECT_EQ(write(true), 0);
    EXPECT_EQ(text(file).size(), 144u);
    EXPECT_EQ(names(), Names{"o.npy"});
}

TEST_F(Output, IsNotSeenBeforeItIsKeptAndGoneIfDropped)
{
    plx_output output = {};
    ASSERT_EQ(plx_output_open(&output, file.c_str(), false, PLX_F64, 2), 0);
    EXPECT_EQ(names().count("o.npy"), 0u);
    EXPECT_EQ(names().size(), 1u);
    plx_output_drop(&output);
    EXPECT_EQ(names(), Names{});
}

TEST_F(Output, AFileMadeMeanwhileStays)
{
    plx_output output = {};
    ASSERT_EQ(plx_output_open(&output, file.c_str(), false, PLX_F64, 0), 0);
    put(file, "other");
    EXPECT_EQ(plx_output_keep(&output), 73);
    EXPECT_EQ(text(file), "other");
    EXPECT_EQ(names(), Names{"o.npy"});
}

TEST_F(Output, ALinkIsFollowedNotReplaced)
{
    put(folder + "/real", "old");
    ASSERT_EQ(symlink("real", file.c_str()), 0);
    EXPECT_EQ(write(false), 73);
    EXPECT_EQ(write(true), 0);
    EXPECT_EQ(text(folder + "/real").size(), 144u);
    struct stat st;
    ASSERT_EQ(lstat(file.c_str(), &st), 0);
    EXPECT_TRUE(S_ISLNK(st.st_mode));
    unlink((folder + "/real").c_str());
    EXPECT_EQ(write(true), 73);                 // leads nowhere
}

TEST_F(Output, PlacesThatCannotBe)
{
    EXPECT_EQ(plx_output_check((folder + "/no/o.npy").c_str(), true), 73);
    put(folder + "/plain", "x");
    EXPECT_EQ(plx_output_check((folder + "/plain/o.npy").c_str(), true), 73);
    EXPECT_EQ(plx_output_check(folder.c_str(), true), 73);
    EXPECT_EQ(plx_output_check((folder + "/" + std::string(300, 'x')).c_str(), true), 73);
    file = folder + "/" + std::string(300, 'x');
    EXPECT_EQ(write(true), 73);
    EXPECT_EQ(names(), Names{"plain"});
}

TEST_F(Output, AFullDiskIsAFailedWriteAndAPipeWithoutReaderNoWait)
{
    file = "/dev/full";
    EXPECT_EQ(write(false), 73);
    EXPECT_EQ(write(true), 74);
    file = folder + "/pipe";
    ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
    EXPECT_EQ(write(true), 73);
}

// Three ranks in one process: the first begins, the others know the name alone.
TEST_F(Output, SlicesOfSeveralRanksAreOneFile)
{
    plx_output ranks[3] = {};
    static char name[PLX_OUTPUT_NAME];
    const char text0[] = "abcdefghij";
    ASSERT_EQ(plx_output_begin(&ranks[0], file.c_str(), false), 0);
    ASSERT_EQ(plx_output_share(&ranks[0], 10, name), 0);
    EXPECT_EQ(name[0], '/');
    for (int r : {1, 2})
        ASSERT_EQ(plx_output_join(&ranks[r], "-o", file.c_str(), name), 0);
    EXPECT_EQ(plx_output_put(&ranks[2], text0 + 4, 6, 4), 0);
    EXPECT_EQ(plx_output_put(&ranks[1], text0 + 3, 1, 3), 0);
    EXPECT_EQ(plx_output_put(&ranks[1], text0, 0, 9), 0);        // a slice of nothing
    EXPECT_EQ(plx_output_put(&ranks[0], text0, 3, 0), 0);
    for (plx_output &rank : ranks)
        EXPECT_EQ(plx_output_sync(&rank), 0);
    for (int r : {1, 2})
        EXPECT_EQ(plx_output_shut(&ranks[r]), 0);
    EXPECT_EQ(names().count("o.npy"), 0u);
    EXPECT_EQ(plx_output_keep(&ranks[0]), 0);
    for (plx_output &rank : ranks)
        plx_output_drop(&rank);
    EXPECT_EQ(names(), Names{"o.npy"});
    EXPECT_EQ(text(file), "abcdefghij");
}

TEST_F(Output, ASharedOneIsGoneIfRankZeroDropsItAndStaysIfAnotherDoes)
{
    plx_output first = {}, other = {};
    static char name[PLX_OUTPUT_NAME];
    ASSERT_EQ(plx_output_begin(&first, file.c_str(), false), 0);
    ASSERT_EQ(plx_output_share(&first, (size_t)5 << 30, name), 0);      // beyond 2^32, and empty
    ASSERT_EQ(plx_output_join(&other, "-o", file.c_str(), name), 0);
    EXPECT_EQ(plx_output_put(&other, "end", 3, ((size_t)5 << 30) - 3), 0);
    struct stat st;
    ASSERT_EQ(stat(name, &st), 0);
    EXPECT_EQ(st.st_size, (off_t)5 << 30);
    plx_output_drop(&other);
    EXPECT_EQ(names().size(), 1u);
    plx_output_drop(&first);
    EXPECT_EQ(names(), Names{});
    EXPECT_EQ(plx_output_join(&other, "-o", file.c_str(), name), 73);   // no longer there
    plx_output_drop(&other);
}

TEST_F(Output, SlicesNeedARegularFileAndRoom)
{
    plx_output output = {};
    static char name[PLX_OUTPUT_NAME];
    ASSERT_EQ(plx_output_begin(&output, "/dev/full", true), 0);
    EXPECT_EQ(plx_output_share(&output, 8, name), 73);
    plx_output_drop(&output);
    ASSERT_EQ(plx_output_join(&output, "-o", "/dev/full", "/dev/full"), 0);
    EXPECT_EQ(plx_output_put(&output, "12345678", 8, 8), 74);
    plx_output_drop(&output);
    ASSERT_EQ(plx_output_begin(&output, file.c_str(), true), 0);
    EXPECT_EQ(plx_output_share(&output, SIZE_MAX, name), 74);
    plx_output_drop(&output);
    EXPECT_EQ(names(), Names{});
}

}  // namespace
