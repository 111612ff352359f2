// SPDX-License-Identifier: MIT
// The command's talk: one line whatever it quotes, and one rank that talks.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <string>

extern "C" {
#include "cli/error.h"
#include "cli/place.h"
}

namespace {

class Place : public testing::Test {
protected:
    void TearDown() override
    {
        for (const char *name : names)
            unsetenv(name);
    }
    void SetUp() override { TearDown(); }
    static void set(const char *name, const char *value) { setenv(name, value, 1); }
    static constexpr const char *names[] = {"OMPI_COMM_WORLD_RANK",
                                            "OMPI_COMM_WORLD_SIZE",
                                            "PMIX_RANK",
                                            "PMI_RANK",
                                            "PMI_SIZE",
                                            "SLURM_PROCID",
                                            "SLURM_STEP_ID",
                                            "SLURM_STEP_NUM_TASKS"};
};

std::string line_of(const char *text)
{
    testing::internal::CaptureStderr();
    EXPECT_EQ(plx_cli_error(65, "%s", text), 65);
    return testing::internal::GetCapturedStderr();
}

TEST_F(Place, AloneIsRankZeroOfOne)
{
    plx_cli_place place = plx_cli_where();
    EXPECT_FALSE(place.launched);
    EXPECT_EQ(place.rank, 0);
    EXPECT_EQ(place.ranks, 1);
}

TEST_F(Place, EachLauncherIsKnown)
{
    set("OMPI_COMM_WORLD_RANK", "2"), set("OMPI_COMM_WORLD_SIZE", "4");
    EXPECT_EQ(plx_cli_where().rank, 2);
    EXPECT_EQ(plx_cli_where().ranks, 4);
    TearDown();
    set("PMIX_RANK", "1"), set("SLURM_STEP_NUM_TASKS", "3");
    EXPECT_EQ(plx_cli_where().rank, 1);
    EXPECT_EQ(plx_cli_where().ranks, 3);
    TearDown();
    set("PMI_RANK", "5");
    EXPECT_TRUE(plx_cli_where().launched);
    EXPECT_EQ(plx_cli_where().ranks, 6);
    TearDown();
    set("SLURM_PROCID", "1"), set("SLURM_STEP_ID", "0"), set("SLURM_STEP_NUM_TASKS", "2");
    EXPECT_EQ(plx_cli_where().rank, 1);
}

TEST_F(Place, AShellInsideAnAllocationIsNoRank)
{
    set("SLURM_PROCID", "0"), set("SLURM_STEP_ID", "0"), set("SLURM_STEP_NUM_TASKS", "1");
    EXPECT_FALSE(plx_cli_where().launched);
    TearDown();
    set("SLURM_PROCID", "0"), set("SLURM_STEP_NUM_TASKS", "8");
    EXPECT_FALSE(plx_cli_where().launched);
}

TEST_F(Place, OnlyRankZeroTalksAndTheOthersWait)
{
    set("OMPI_COMM_WORLD_RANK", "1"), set("OMPI_COMM_WORLD_SIZE", "2");
    auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(line_of("x"), "");
    EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(900));
    testing::internal::CaptureStderr();
    plx_cli_note("x");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    set("OMPI_COMM_WORLD_RANK", "0");
    EXPECT_EQ(line_of("x"), "parallax: x\n");
    testing::internal::CaptureStderr();
    plx_cli_note("%d", 7);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "parallax: note: 7\n");
}

TEST_F(Place, WhatALineQuotesCannotMakeAnother)
{
    EXPECT_EQ(line_of("a\nb\x1b[31m%n\x7f"), "parallax: a\\x0ab\\x1b[31m%n\\x7f\n");
    EXPECT_EQ(line_of("na\xc3\xafve"), "parallax: na\xc3\xafve\n");
    std::string huge = line_of(std::string(100000, '\x01').c_str());
    EXPECT_LT(huge.size(), 4200u);
    EXPECT_EQ(huge.find('\n'), huge.size() - 1);
    EXPECT_EQ(huge.substr(huge.size() - 4), "...\n");
}

}  // namespace
