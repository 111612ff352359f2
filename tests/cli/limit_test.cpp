// SPDX-License-Identifier: MIT
// cli/batch/limit.c: when a job ends, asked of squeue and qstat that the test puts in their place.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>

extern "C" {
#include "cli/batch/limit.h"
}

namespace {

namespace fs = std::filesystem;

constexpr double margin = PLX_LIMIT_MARGIN_S;

// No batch system's variables, and a folder of tools before the others on PATH.
class Limit : public testing::Test {
protected:
    void SetUp() override
    {
        path = getenv("PATH");
        char name[] = "/tmp/plx-limit-XXXXXX";
        folder = mkdtemp(name);
        setenv("PATH", (folder.string() + ":" + path).c_str(), 1);
        clear();
    }
    void TearDown() override
    {
        clear();
        setenv("PATH", path.c_str(), 1);
        fs::remove_all(folder);
    }
    static void clear()
    {
        for (const char *name : {"SLURM_JOB_ID", "SLURM_JOB_END_TIME", "PBS_JOBID"})
            unsetenv(name);
    }

    // What it was asked is in folder/asked.
    void tool(const char *name, const std::string &body)
    {
        const fs::path file = folder / name;
        std::ofstream(file) << "#!/bin/sh\necho \"$*\" >" << folder.string() << "/asked\n"
                            << body << "\n";
        chmod(file.c_str(), 0755);
    }
    std::string asked() const
    {
        std::string line;
        std::ifstream from(folder / "asked");
        std::getline(from, line);
        return line;
    }

    // Its exit code; seconds and what was said are kept.
    int limit(const char *text)
    {
        seconds = -1;
        testing::internal::CaptureStderr();
        const int code = plx_batch_limit(text, &seconds);
        said = testing::internal::GetCapturedStderr();
        EXPECT_EQ(code == 0, said.empty()) << said;
        return code;
    }

    fs::path folder;
    std::string path, said;
    double seconds = -1;
};

TEST_F(Limit, ATimeIsThatTime)
{
    EXPECT_EQ(limit("90"), 0);
    EXPECT_EQ(seconds, 90);
    EXPECT_EQ(limit("00:30:00"), 0);
    EXPECT_EQ(seconds, 1800);
    EXPECT_EQ(limit("Auto"), 64);
    EXPECT_NE(said.find("--deadline 'Auto': not allowed"), std::string::npos) << said;
}

TEST_F(Limit, WithoutABatchSystemAutoIsRefused)
{
    EXPECT_EQ(limit("auto"), 64);
    EXPECT_NE(said.find("no scheduler here tells an end"), std::string::npos) << said;
    setenv("SLURM_JOB_ID", "7;touch x", 1);     // goes into no command line
    tool("squeue", "echo 10:00");
    EXPECT_EQ(limit("auto"), 64);
    EXPECT_EQ(asked(), "");
}

TEST_F(Limit, SlurmTellsTheEndInTheEnvironment)
{
    tool("squeue", "echo 10:00");
    setenv("SLURM_JOB_ID", "7", 1);
    setenv("SLURM_JOB_END_TIME", std::to_string(time(nullptr) + 3600).c_str(), 1);
    EXPECT_EQ(limit("auto"), 0);
    EXPECT_LE(seconds, 3600 - margin);
    EXPECT_GT(seconds, 3600 - margin - 30);
    EXPECT_EQ(asked(), "");
    setenv("SLURM_JOB_END_TIME", std::to_string(time(nullptr) - 10).c_str(), 1);
    EXPECT_EQ(limit("auto"), 0);
    EXPECT_EQ(seconds, 1e-3);
}

TEST_F(Limit, SqueueIsAskedElse)
{
    const struct {
        const char *told;
        double left;
    } rows[] = {{"0:41", 41},          {"59:00", 3540},       {"1:00:00", 3600},
                {"1-02:03:04", 93784}, {"12-00:00:01", 1036801}, {"00:30", 30}};
    setenv("SLURM_JOB_ID", "12345", 1);
    for (const auto &row : rows) {
        tool("squeue", std::string("echo ") + row.told);
        EXPECT_EQ(limit("auto"), 0) << row.told;
        EXPECT_EQ(seconds, row.left - margin) << row.told;
        EXPECT_EQ(asked(), "-h -o %L -j 12345");
    }
    tool("squeue", "echo UNLIMITED");
    EXPECT_EQ(limit("auto"), 0);
    EXPECT_EQ(seconds, 0);
    for (const char *over : {"0:00", "INVALID", "0:03"}) {
        tool("squeue", std::string("echo ") + over);
        EXPECT_EQ(limit("auto"), 0);
        EXPECT_EQ(seconds, 1e-3) << over;
    }
}

TEST_F(Limit, AnAnswerThatIsNoneIsTriedAgainLater)
{
    setenv("SLURM_JOB_ID", "12345", 1);
    for (const char *body : {"echo NOT_SET", "echo 1:2:3:4", "echo 5-", "echo -5", "echo 1:",
                             "echo 10:0x", "exit 1", ":", "echo 10:00 >&2; exit 1"}) {
        tool("squeue", body);
        EXPECT_EQ(limit("auto"), 75) << body;
        EXPECT_NE(said.find("squeue does not tell when job 12345 ends"), std::string::npos) << said;
    }
    // timeout, but no squeue
    fs::remove(folder / "squeue");
    fs::create_symlink("/usr/bin/timeout", folder / "timeout");
    setenv("PATH", folder.c_str(), 1);
    EXPECT_EQ(limit("auto"), 69);
    EXPECT_NE(said.find("squeue is missing here"), std::string::npos) << said;
}

std::string date(time_t at)
{
    char text[64];
    strftime(text, sizeof text, "%a %b %e %H:%M:%S %Y", localtime(&at));
    return text;
}

TEST_F(Limit, PbsTellsTheWallTimeAndTheStart)
{
    const std::string head = "echo 'Job Id: 7.server'\n"
                             "echo '    Resource_List.walltime = 02:00:00'\n";
    setenv("PBS_JOBID", "7[3].server-1.site", 1);
    for (const time_t ago : {0, 60, 7000, 7300}) {
        tool("qstat", head + "echo '    stime = " + date(time(nullptr) - ago) + "'");
        EXPECT_EQ(limit("auto"), 0) << said;
        const double left = 7200 - static_cast<double>(ago) - margin;
        if (left > 0) {
            EXPECT_LE(seconds, left);
            EXPECT_GT(seconds, left - 30);
        } else {
            EXPECT_EQ(seconds, 1e-3);
        }
        EXPECT_EQ(asked(), "-f 7[3].server-1.site");
    }
    tool("qstat", head + "echo '    stime = Sun Foo 22 20:36:56 2026'");
    EXPECT_EQ(limit("auto"), 75);
    tool("qstat", head);
    EXPECT_EQ(limit("auto"), 75);
    tool("qstat", "echo '    stime = " + date(time(nullptr)) + "'");
    EXPECT_EQ(limit("auto"), 0);
    EXPECT_EQ(seconds, 0);
    tool("qstat", head + "echo '    Walltime.Remaining = 3593'");
    EXPECT_EQ(limit("auto"), 0);
    EXPECT_EQ(seconds, 3593 - margin);
}

} // namespace
