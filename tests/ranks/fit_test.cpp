// SPDX-License-Identifier: MIT
// mpi/fit.c: the words for a set of ranks. Apart: ranks that mpirun started from different
// programs; ctest runs those tests with PLX_TEST_APART, the words that every rank must give.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "inside.h"
#include "plx/kernels.h"
#include "plx/object.h"
#include "plx/plx.h"

static std::string named(const std::vector<int> &set, int ranks, size_t size = 80)
{
    std::vector<int> differs((size_t)ranks);
    for (int r : set)
        differs[(size_t)r] = 1;
    std::vector<char> text(size + 5, '#');
    plx_fit_name(differs.data(), ranks, text.data(), size);
    EXPECT_EQ("#####", std::string(text.data() + size, 5)) << "written beyond its room";
    EXPECT_LT(std::strlen(text.data()), size);
    return text.data();
}

TEST(Fit, NamesRanks)
{
    EXPECT_EQ("rank 1 runs", named({1}, 2));
    EXPECT_EQ("rank 0 runs", named({0}, 1));
    EXPECT_EQ("ranks 1 and 3 run", named({1, 3}, 5));
    EXPECT_EQ("ranks 1 and 2 run", named({1, 2}, 3));
    EXPECT_EQ("ranks 1, 2 and 4 run", named({1, 2, 4}, 5));
    EXPECT_EQ("ranks 1 to 3 run", named({1, 2, 3}, 4));
    EXPECT_EQ("ranks 1 and 3 to 5 run", named({1, 3, 4, 5}, 7));
    EXPECT_EQ("ranks 1 to 3, 5, 7 and 9 to 12 run", named({1, 2, 3, 5, 7, 9, 10, 11, 12}, 13));
    EXPECT_EQ("ranks 1 to 9999 run", [] {
        std::vector<int> all;
        for (int r = 1; r < 10000; r++)
            all.push_back(r);
        return named(all, 10000);
    }());
}

TEST(Fit, CountsThoseThereIsNoRoomFor)
{
    std::vector<int> odd;
    for (int r = 1; r < 1000; r += 2)
        odd.push_back(r);
    for (size_t size = 40; size < 400; size++) {
        std::string text = named(odd, 1000, size);
        size_t others = text.find(" and "), commas = 0;
        ASSERT_NE(std::string::npos, others) << text;
        for (char c : text.substr(0, others))
            commas += c == ',';
        std::string rest = " and " + std::to_string(500 - commas - 1) + " others run";
        EXPECT_EQ(rest, text.substr(others)) << size;
        EXPECT_EQ(0u, text.find("ranks 1")) << size;
    }
}

static const char *apart_words()
{
    return std::getenv("PLX_TEST_APART");
}

class Apart : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        if (!apart_words())
            GTEST_SKIP() << "not started from different programs";
        EXPECT_EQ(PLX_OK, plx_open("mpi+pthread", 2, &team));
        job.kernel = plx_kernel_find("prime_sieve");
        job.n = 1000;
        job.out = &result;
    }
    void TearDown() override
    {
        plx_close(team);
    }
    void expect_refused(plx_status status)
    {
        EXPECT_EQ(PLX_MISMATCH, status);
        EXPECT_STREQ(apart_words(), report.why);
        EXPECT_EQ(0u, report.n + report.done + report.failed + report.not_run);
        EXPECT_EQ(77u, result) << "nothing ran";
        report = plx_report{};
    }
    plx_team *team = nullptr;
    plx_job job{};
    plx_report report{};
    uint64_t result = 77;
};

static plx_status give_none(void *, size_t, void *, size_t *, size_t *got)
{
    *got = 0;
    return PLX_OK;
}

TEST_F(Apart, EveryCallIsRefusedInTheSameWords)
{
    expect_refused(plx_reduce(team, &job, &report));
    expect_refused(plx_map(team, &job, &report));
    plx_task task{};
    task.kernel = job.kernel;
    task.hi = 100;
    task.out = &result;
    plx_job fan{};
    fan.n = 1;
    expect_refused(plx_fan(team, &fan, &task, nullptr, &report));
    plx_stream stream{};
    stream.source = give_none;
    expect_refused(plx_batch(team, &job, &stream, &report));
}

TEST_F(Apart, TheTeamSaysSoAndNothingIsSent)
{
    plx_team_info info;
    plx_team_about(team, &info);
    EXPECT_STREQ(apart_words(), info.apart);
    EXPECT_EQ(2, info.workers) << "its own";
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    plx_status mine = rank == 0 ? PLX_OK : PLX_INTERNAL, agreed = PLX_MISMATCH;
    if (rank < 2) // two ranks would wait for the others
        agreed = plx_agree(team, mine);
    EXPECT_EQ(rank == 1 ? PLX_INTERNAL : PLX_MISMATCH, agreed);
    plx_object *object = nullptr;
    char why[108] = "";
    EXPECT_EQ(PLX_MISMATCH, plx_object_open(team, "./none.so", &object, why, sizeof why));
    EXPECT_EQ(nullptr, object);
    EXPECT_STREQ(apart_words(), why);
}

TEST(Together, TheSameProgramIsNotApart)
{
    if (apart_words())
        GTEST_SKIP() << "started from different programs";
    plx_team *team = nullptr;
    EXPECT_EQ(PLX_OK, plx_open("mpi", 1, &team));
    plx_team_info info;
    plx_team_about(team, &info);
    EXPECT_EQ(nullptr, info.apart);
    EXPECT_EQ(info.ranks, info.workers);
    EXPECT_EQ(PLX_OK, plx_agree(team, PLX_OK));
    plx_close(team);
}
