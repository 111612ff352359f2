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

}  // namespace
