// SPDX-License-Identifier: MIT
// plx_map: out stands by item, whatever the model, workers, ranks, grain and schedule.
#include "suite.hpp"

#include <algorithm>

class Map : public Law
{
};
EVERY_MODEL(Map);

static constexpr size_t GUARD = 64;

TEST_P(Map, EqualsOneWholeBlockAndTouchesNothingElse)
{
    for (const Cut &cut : cuts()) {
        std::vector<double> in = reals(cut.n + 1);
        std::vector<unsigned char> out(cut.n * sizeof(Stamped) + 2 * GUARD, 0xa5);
        plx_job job{};
        job.kernel = &stamp;
        job.n = cut.n;
        job.in = team.root() ? in.data() : nullptr;
        job.out = team.root() ? out.data() + GUARD : nullptr;
        job.grain = cut.grain;
        job.schedule = cut.schedule;
        plx_report report;
        plx_status status = plx_map(team, &job, &report);
        std::vector<unsigned char> expected =
            whole_map(stamp, 0, cut.n, in.data(), nullptr, nullptr);
        std::vector<unsigned char> guard(GUARD, 0xa5);
        EXPECT_EQ(PLX_OK, status) << report.why;
        EXPECT_EQ(cut.n, report.done) << text(cut);
        EXPECT_EQ(0u, report.failed + report.not_run);
        if (team.root()) {
            bool same = std::equal(expected.begin(), expected.end(), out.data() + GUARD);
            EXPECT_TRUE(same) << text(cut);
            EXPECT_EQ(0, std::memcmp(out.data(), guard.data(), GUARD)) << text(cut);
            EXPECT_EQ(0, std::memcmp(out.data() + out.size() - GUARD, guard.data(), GUARD))
                << text(cut);
        }
    }
}

TEST_P(Map, ItemsMayDifferInLength)
{
    for (const Cut &cut : cuts()) {
        std::vector<size_t> at;
        std::string in = strings(cut.n, at);
        std::vector<unsigned char> out(cut.n * words.out_size + 1);
        plx_job job{};
        job.kernel = &words;
        job.n = cut.n;
        if (team.root()) {
            job.in = in.data();
            job.at = at.data();
            job.out = out.data();
        }
        job.grain = cut.grain;
        job.schedule = cut.schedule;
        plx_status status = plx_map(team, &job, nullptr);
        std::vector<unsigned char> expected =
            whole_map(words, 0, cut.n, in.data(), at.data(), nullptr);
        EXPECT_EQ(PLX_OK, status);
        if (team.root())
            EXPECT_TRUE(std::equal(expected.begin(), expected.end(), out.data())) << text(cut);
    }
}

TEST_P(Map, EachRankMayPassItsOwnShare)
{
    for (const Cut &cut : cuts()) {
        std::vector<double> in = reals(cut.n + 1);
        std::vector<Stamped> out(cut.n + 1);
        plx_job job{};
        job.kernel = &stamp;
        job.n = cut.n;
        job.grain = cut.grain;
        job.where = PLX_LOCAL;
        size_t lo = 0, hi = 0;
        plx_status shared = plx_share(team, &job, &lo, &hi);
        job.in = in.data() + lo;
        job.out = out.data() + lo;
        plx_status status = plx_map(team, &job, nullptr);
        std::vector<unsigned char> expected =
            whole_map(stamp, lo, hi, in.data() + lo, nullptr, nullptr);
        EXPECT_EQ(PLX_OK, shared);
        EXPECT_EQ(PLX_OK, status);
        auto *mine = reinterpret_cast<const unsigned char *>(out.data() + lo);
        EXPECT_TRUE(std::equal(expected.begin(), expected.end(), mine)) << text(cut);
    }
}

TEST_P(Map, SharesCoverEveryItemOnce)
{
    plx_job job{};
    job.kernel = &stamp;
    job.n = 1003;
    job.grain = 10;
    size_t lo = 0, hi = 0;
    plx_share(team, &job, &lo, &hi);
    uint64_t mine = hi - lo;
    uint64_t seen = 0;
    // Sum of the shares, by a reduce in which each rank passes its own.
    std::vector<uint64_t> ones(1003, 1);
    job.kernel = &affine_in;
    job.where = PLX_LOCAL;
    job.in = ones.data();
    uint64_t acc[2];
    job.out = acc;
    plx_report report;
    plx_status status = plx_reduce(team, &job, &report);
    seen = report.done;
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(1003u, seen);
    EXPECT_EQ(0u, lo % 10);
    EXPECT_TRUE(hi % 10 == 0 || hi == 1003) << hi;
    EXPECT_LE(mine, 1003u);
}

TEST_P(Map, ScratchIsAWorkersOwnAndPrepareIsReleasedOnce)
{
    prepared = released = 0;
    std::vector<unsigned char> out(500, 9);
    plx_job job{};
    job.kernel = &scratchy;
    job.n = out.size();
    job.grain = 3;
    job.schedule = PLX_DYNAMIC;
    job.out = team.root() ? out.data() : nullptr;
    plx_status status = plx_map(team, &job, nullptr);
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(1, prepared);
    EXPECT_EQ(1, released);
    if (team.root())
        EXPECT_EQ(std::vector<unsigned char>(500, 1), out);
}

TEST_P(Map, EveryWorkerIsReported)
{
    std::vector<double> in = reals(5000);
    std::vector<Stamped> out(5000);
    std::vector<plx_worker> workers(64);
    plx_job job{};
    job.kernel = &stamp;
    job.n = in.size();
    job.grain = 10;
    job.in = in.data();
    job.out = out.data();
    job.schedule = PLX_STATIC;
    job.by_worker = workers.data();
    job.by_worker_cap = workers.size();
    plx_report report;
    plx_status status = plx_map(team, &job, &report);
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(plx_team_ranks(team), report.ranks);
    EXPECT_EQ(report.workers, report.ranks * plx_team_threads(team));
    EXPECT_LT(0, report.elapsed_s);
    if (!team.root())
        return;
    size_t items = 0;
    for (int w = 0; w < report.workers; w++) {
        EXPECT_EQ(w / report.threads, workers[(size_t)w].rank);
        EXPECT_EQ(w % report.threads, workers[(size_t)w].thread);
        items += workers[(size_t)w].items;
    }
    EXPECT_EQ(5000u, items);
}

TEST_P(Map, RoomForFewerWorkersThanThereAre)
{
    int all = plx_team_ranks(team) * plx_team_threads(team);
    for (size_t cap = 1; cap < 4; cap++) {
        std::vector<unsigned char> out(500);
        std::vector<plx_worker> workers(cap + 40, plx_worker{-7, -7, 7, 7, 7});
        plx_job job{};
        job.kernel = &scratchy;
        job.n = out.size();
        job.grain = 3;
        job.out = out.data();
        job.by_worker = workers.data();
        job.by_worker_cap = cap;
        plx_status status = plx_map(team, &job, nullptr);
        EXPECT_EQ(PLX_OK, status);
        for (size_t w = 0; w < workers.size() && team.root(); w++)
            if (w >= cap)
                EXPECT_EQ(-7, workers[w].rank) << "beyond the room for " << cap;
            else if (w < (size_t)all)
                EXPECT_EQ((int)w / plx_team_threads(team), workers[w].rank);
    }
}
