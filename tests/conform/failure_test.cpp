// SPDX-License-Identifier: MIT
// The lowest failed item is the answer, in every model; a bad job is refused before any kernel
// runs; all ranks return the same.
#include "suite.hpp"

class Failure : public Law
{
  protected:
    plx_status run(plx_pattern pattern, Picky ctx, size_t n, size_t grain, bool keep_going,
                   plx_schedule schedule)
    {
        out.assign(n, 77);
        acc = 77;
        failures.assign(8, plx_failure{});
        plx_job job{};
        job.kernel = &picky;
        job.n = n;
        job.ctx = &ctx;
        job.grain = grain;
        job.keep_going = keep_going;
        job.schedule = schedule;
        job.failures = failures.data();
        job.failures_cap = failures.size();
        job.out = pattern == PLX_REDUCE ? &acc : out.data();
        return pattern == PLX_REDUCE ? plx_reduce(team, &job, &report)
                                     : plx_map(team, &job, &report);
    }
    std::vector<uint64_t> out;
    uint64_t acc;
    std::vector<plx_failure> failures;
    plx_report report;
};
EVERY_MODEL(Failure);

static const plx_schedule schedules[] = {PLX_GUIDED, PLX_STATIC, PLX_DYNAMIC};

TEST_P(Failure, LowestItemIsTheAnswer)
{
    for (plx_schedule schedule : schedules)
        for (size_t grain : {size_t{1}, size_t{7}, size_t{0}})
            for (plx_pattern pattern : {PLX_MAP, PLX_REDUCE}) {
                plx_status status = run(pattern, {423, 31}, 1000, grain, false, schedule);
                EXPECT_EQ(PLX_ITEM_FAILED, status);
                EXPECT_EQ(423u, report.done);
                EXPECT_EQ(1u, report.failed);
                EXPECT_EQ(576u, report.not_run);
                EXPECT_EQ(1u, report.failures);
                EXPECT_EQ(423u, failures[0].item);
                EXPECT_EQ(24, failures[0].code);
                EXPECT_STREQ("bad 423", failures[0].why);
                EXPECT_EQ(77u, acc) << "a stopped reduce leaves out untouched";
                for (size_t i = 0; i < 423 && pattern == PLX_MAP && team.root(); i++)
                    EXPECT_EQ(i * 3 + 1, out[i]) << i;
            }
}

TEST_P(Failure, KeepGoingListsTheLowestAndLosesNothingElse)
{
    for (plx_schedule schedule : schedules)
        for (size_t grain : {size_t{1}, size_t{7}, size_t{0}}) {
            plx_status mapped = run(PLX_MAP, {5, 31}, 1000, grain, true, schedule);
            plx_report map = report;
            std::vector<plx_failure> listed = failures;
            plx_status reduced = run(PLX_REDUCE, {5, 31}, 1000, grain, true, schedule);
            EXPECT_EQ(PLX_ITEM_FAILED, mapped);
            EXPECT_EQ(PLX_ITEM_FAILED, reduced);
            EXPECT_EQ(33u, map.failed);
            EXPECT_EQ(967u, map.done);
            EXPECT_EQ(8u, map.failures);
            EXPECT_EQ(33u, report.failed);
            for (size_t i = 0; i < 8; i++) {
                EXPECT_EQ(5 + 31 * i, listed[i].item);
                EXPECT_EQ(5 + 31 * i, failures[i].item);
                EXPECT_EQ("bad " + std::to_string(5 + 31 * i), listed[i].why);
                EXPECT_EQ(1, listed[i].tries);
            }
            uint64_t sum = 0;
            for (size_t i = 0; i < 1000; i++)
                sum += i >= 5 && (i - 5) % 31 == 0 ? 0 : i * i;
            EXPECT_EQ(sum, acc) << "a failed item is left out of the fold";
        }
}

TEST_P(Failure, AFailedItemIsZeroed)
{
    run(PLX_MAP, {5, 31}, 1000, 7, true, PLX_GUIDED);
    for (size_t i = 0; i < 1000 && team.root(); i++)
        EXPECT_EQ(i >= 5 && (i - 5) % 31 == 0 ? 0 : i * 3 + 1, out[i]) << i;
}

TEST_P(Failure, FirstAndLastItem)
{
    for (size_t item : {size_t{0}, size_t{999}}) {
        plx_status status = run(PLX_MAP, {item, 2000}, 1000, 7, false, PLX_GUIDED);
        EXPECT_EQ(PLX_ITEM_FAILED, status);
        EXPECT_EQ(item, report.done);
        EXPECT_EQ(item, failures[0].item);
    }
}

TEST_P(Failure, TheTeamWorksAfterwards)
{
    run(PLX_REDUCE, {3, 5}, 1000, 7, false, PLX_DYNAMIC);
    plx_status status = run(PLX_REDUCE, {0, 0}, 10, 7, false, PLX_DYNAMIC);
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(285u, acc);
    EXPECT_EQ(10u, report.done);
}

TEST_P(Failure, RefusedOnOneRankIsRefusedOnAll)
{
    for (int64_t rank = 0; rank < plx_team_ranks(team); rank++) {
        std::vector<unsigned char> room(100, 9);
        Refusal ctx{rank};
        plx_job job{};
        job.kernel = &refuses;
        job.n = 100;
        job.out = room.data();
        job.ctx = &ctx;
        plx_status status = plx_map(team, &job, &report);
        EXPECT_EQ(PLX_REFUSED, status);
        EXPECT_STREQ("refuses: not here", report.why);
        EXPECT_EQ(100u, report.not_run);
        EXPECT_EQ(std::vector<unsigned char>(100, 9), room);
    }
}

TEST_P(Failure, BadJobsRunNothing)
{
    std::vector<double> in = reals(10);
    std::vector<Stamped> room(10);
    plx_kernel nameless = stamp, small = stamp, neither = stamp;
    nameless.name = "No Name";
    small.size = 8;
    neither.map = nullptr;
    struct Case {
        plx_status status;
        const plx_kernel *kernel;
        size_t n;
        const void *in;
        int schedule;
        size_t cap;
    };
    for (const Case &c : {Case{PLX_BAD_JOB, nullptr, 10, in.data(), 0, 0},
                          Case{PLX_BAD_JOB, &affine, 10, nullptr, 0, 0},
                          Case{PLX_BAD_KERNEL, &nameless, 10, in.data(), 0, 0},
                          Case{PLX_BAD_KERNEL, &small, 10, in.data(), 0, 0},
                          Case{PLX_BAD_KERNEL, &neither, 10, in.data(), 0, 0},
                          Case{PLX_BAD_JOB, &stamp, 10, nullptr, 0, 0},
                          Case{PLX_BAD_JOB, &stamp, 10, in.data(), 9, 0},
                          Case{PLX_BAD_JOB, &stamp, 10, in.data(), 0, 5},
                          Case{PLX_TOO_BIG, &stamp, SIZE_MAX / 2, in.data(), 0, 0},
                          Case{PLX_BAD_JOB, &picky, 10, nullptr, 0, 0}}) {
        plx_job job{};
        job.kernel = c.kernel;
        job.n = c.n;
        job.in = c.in;
        job.out = room.data();
        job.schedule = (plx_schedule)c.schedule;
        job.failures_cap = c.cap;
        plx_status status = plx_map(team, &job, &report);
        EXPECT_EQ(c.status, status) << report.why;
        EXPECT_STRNE("", report.why);
    }
    EXPECT_EQ(PLX_BAD_JOB, plx_map(nullptr, nullptr, nullptr));
}

TEST_P(Failure, RanksMustRunTheSameKernel)
{
    if (plx_team_ranks(team) == 1)
        GTEST_SKIP() << "one rank";
    uint64_t pair[2];
    std::vector<uint64_t> in = integers(10);
    plx_job job{};
    job.kernel = team.root() ? &affine : &affine_in;
    job.n = 10;
    job.in = in.data();
    job.out = pair;
    plx_status status = plx_reduce(team, &job, &report);
    plx_kernel other = affine;
    job.kernel = &other;
    job.n = team.root() ? 10 : 99; // not a mismatch: n is rank 0's
    plx_status same = plx_reduce(team, &job, nullptr);
    EXPECT_EQ(PLX_MISMATCH, status);
    EXPECT_STRNE("", report.why);
    EXPECT_EQ(PLX_OK, same);
}

// What one rank alone gets wrong, or passes otherwise than rank 0: no hang, one status, and the
// next call is not disturbed by a message left behind.
class Alone : public Failure
{
  protected:
    plx_job good()
    {
        sums.assign(4, 0);
        plx_job job{};
        job.kernel = &affine;
        job.n = 1000;
        job.out = sums.data();
        return job;
    }
    void expect_healthy()
    {
        plx_job job = good();
        std::vector<plx_worker> rows(64);
        job.by_worker = rows.data();
        job.by_worker_cap = team.root() ? rows.size() : 0;
        job.schedule = PLX_STATIC;
        plx_report last;
        EXPECT_EQ(PLX_OK, plx_reduce(team, &job, &last));
        size_t items = 0;
        for (const plx_worker &row : rows)
            items += row.items;
        if (team.root())
            EXPECT_EQ(1000u, items);
    }
    void expect_told(plx_status expected, plx_status status)
    {
        EXPECT_EQ(expected, status) << report.why;
        EXPECT_EQ(1000u, report.n);
        EXPECT_EQ(1000u, report.not_run);
        EXPECT_EQ(0u, report.done + report.failed + report.failures);
        expect_healthy();
    }
    bool last() const
    {
        return my_rank == plx_team_ranks(team) - 1;
    }
    std::vector<uint64_t> sums;
};
EVERY_MODEL(Alone);

TEST_P(Alone, RoomForWorkersOnOneRank)
{
    std::vector<plx_worker> rows(8);
    for (bool at_root : {true, false}) {
        plx_job job = good();
        if (team.root() == at_root) {
            job.by_worker = rows.data();
            job.by_worker_cap = rows.size();
        }
        EXPECT_EQ(PLX_OK, plx_reduce(team, &job, nullptr));
        job.kernel = last() && !team.root() ? &affine_in : &affine;
        plx_status status = plx_reduce(team, &job, &report);
        if (plx_team_ranks(team) > 1)
            expect_told(PLX_MISMATCH, status);
        else
            EXPECT_EQ(PLX_OK, status);
    }
}

TEST_P(Alone, RoomThatIsMissing)
{
    for (size_t plx_job::*cap :
         {&plx_job::failures_cap, &plx_job::by_worker_cap, &plx_job::slices_cap}) {
        plx_job job = good();
        job.*cap = last() ? 4 : 0;
        expect_told(PLX_BAD_JOB, plx_reduce(team, &job, &report));
        EXPECT_STREQ("failures_cap, by_worker_cap or slices_cap without room", report.why);
    }
}

TEST_P(Alone, NoJobAtAll)
{
    plx_job job = good();
    plx_status status = plx_reduce(team, last() ? nullptr : &job, &report);
    EXPECT_EQ(PLX_BAD_JOB, status);
    EXPECT_STREQ("job is missing", report.why);
    expect_healthy();
}

TEST_P(Alone, AnotherPattern)
{
    if (plx_team_ranks(team) == 1)
        GTEST_SKIP() << "one rank";
    plx_job job = good();
    Picky ctx{0, 0};
    std::vector<uint64_t> room(1000);
    job.kernel = &picky;
    job.ctx = &ctx;
    job.out = room.data();
    plx_status status = last() ? plx_map(team, &job, &report) : plx_reduce(team, &job, &report);
    expect_told(PLX_MISMATCH, status);
}

TEST_P(Alone, TheWordsAreTheStatuss)
{
    if (plx_team_ranks(team) == 1)
        GTEST_SKIP() << "one rank";
    std::vector<unsigned char> room(1000);
    Refusal here{0};
    plx_job job = good();
    job.kernel = last() ? &scratchy : &refuses; // refused on rank 0, a mismatch on the last
    job.ctx = &here;
    job.out = room.data();
    plx_status status = plx_map(team, &job, &report);
    expect_told(PLX_MISMATCH, status);
    EXPECT_NE(std::string::npos, std::string(report.why).find("another kernel")) << report.why;
}

TEST_P(Alone, AMismatchNamesEveryRank)
{
    int ranks = plx_team_ranks(team);
    if (ranks == 1)
        GTEST_SKIP() << "one rank";
    plx_job job = good();
    job.kernel = my_rank % 2 ? &affine_in : &affine;
    plx_status status = plx_reduce(team, &job, &report);
    std::string who = ranks < 4   ? "rank 1 runs"
                      : ranks < 6 ? "ranks 1 and 3 run"
                      : ranks < 8 ? "ranks 1, 3 and 5 run"
                                  : "ranks 1, 3, 5";
    EXPECT_EQ(PLX_MISMATCH, status);
    std::string why = report.why;
    if (ranks < 8)
        EXPECT_EQ(who + " another kernel, task list or pattern than rank 0", why);
    else
        EXPECT_EQ(0u, why.find(who)) << why;
    expect_healthy();
}

TEST_P(Alone, ThreadsOutOfRange)
{
    plx_team *other = nullptr;
    plx_status status =
        plx_open(GetParam().model.c_str(), last() ? -1 : GetParam().threads, &other);
    EXPECT_EQ(PLX_BAD_JOB, status);
    EXPECT_EQ(nullptr, other);
    plx_close(other);
    expect_healthy();
}

TEST_P(Failure, GrainOfAJobWithoutItsContext)
{
    plx_kernel kernel = *plx_kernel_find("busy");
    kernel.params = nullptr; // so that there are no defaults
    plx_job job{};
    job.kernel = &kernel;
    job.n = 1000;
    EXPECT_EQ(1u, plx_grain(&job));
}

TEST_P(Failure, AgreeIsTheWorst)
{
    int last = plx_team_ranks(team) - 1;
    plx_status worst = plx_agree(team, my_rank == last ? PLX_IO : PLX_OK);
    EXPECT_EQ(PLX_IO, worst);
    EXPECT_EQ(PLX_OK, plx_agree(team, PLX_OK));
}
