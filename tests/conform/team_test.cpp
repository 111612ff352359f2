// SPDX-License-Identifier: MIT
// Teams: no global state, a busy team says so, the true number of threads, no thread made by a
// second call.
#include "suite.hpp"

#include <dirent.h>
#include <unistd.h>

#include <set>

class Teams : public Law
{
};
EVERY_MODEL(Teams);

static std::set<std::string> threads_now()
{
    std::set<std::string> ids;
    DIR *folder = opendir("/proc/self/task");
    while (dirent *entry = readdir(folder))
        if (entry->d_name[0] != '.')
            ids.insert(entry->d_name);
    closedir(folder);
    return ids;
}

static plx_status count_primes(plx_team *team, uint64_t *primes, size_t n = 200000)
{
    plx_job job{};
    job.kernel = plx_kernel_find("prime_sieve");
    job.n = n;
    job.grain = 1000;
    job.out = primes;
    return plx_reduce(team, &job, nullptr);
}

TEST_P(Teams, HaveTheThreadsAskedFor)
{
    EXPECT_EQ(PLX_OK, team.status);
    EXPECT_EQ(GetParam().threads, plx_team_threads(team));
    EXPECT_EQ(my_rank, plx_team_rank(team));
}

TEST_P(Teams, ASecondCallCreatesNoThread)
{
    uint64_t primes = 0;
    count_primes(team, &primes);
    std::set<std::string> before = threads_now();
    for (int i = 0; i < 10; i++)
        count_primes(team, &primes);
    // Those of an earlier team may still be ending; none may be new.
    for (const std::string &id : threads_now())
        EXPECT_EQ(1u, before.count(id)) << "thread " << id;
    EXPECT_EQ(17984u, primes);
}

TEST_P(Teams, TwoMayLiveAtOnce)
{
    Team other(GetParam());
    uint64_t first = 0, second = 0, third = 0;
    plx_status a = count_primes(team, &first);
    plx_status b = count_primes(other, &second);
    plx_status c = count_primes(team, &third);
    EXPECT_EQ(PLX_OK, a);
    EXPECT_EQ(PLX_OK, b);
    EXPECT_EQ(PLX_OK, c);
    EXPECT_EQ(17984u, first);
    EXPECT_EQ(17984u, second);
    EXPECT_EQ(17984u, third);
}

TEST_P(Teams, OpenAndCloseManyTimes)
{
    int rounds = GetParam().model.rfind("mpi", 0) == 0 ? 100 : 1000;
    size_t before = threads_now().size();
    int failed = 0;
    uint64_t primes = 0;
    for (int i = 0; i < rounds; i++) {
        Team one(GetParam());
        failed += one.status != PLX_OK;
        if (i % 100 == 0)
            failed += count_primes(one, &primes, 1000) != PLX_OK;
    }
    EXPECT_EQ(0, failed);
    EXPECT_EQ(168u, primes);
    // OpenMP keeps its threads; a joined pthread may be seen for a moment longer.
    bool pthreads = GetParam().model.find("pthread") != std::string::npos;
    for (int i = 0; pthreads && i < 200 && threads_now().size() > before; i++)
        usleep(5000);
    if (pthreads)
        EXPECT_LE(threads_now().size(), before);
}

static plx_status call_again(void *user, size_t, size_t, const void *, const plx_failure *, size_t)
{
    auto *state = static_cast<std::pair<plx_team *, plx_status> *>(user);
    uint64_t primes;
    state->second = count_primes(state->first, &primes);
    return PLX_OK;
}

static plx_status give_one(void *user, size_t, void *, size_t *, size_t *got)
{
    auto *state = static_cast<std::pair<plx_team *, plx_status> *>(user);
    *got = state->second == PLX_OK;
    return PLX_OK;
}

TEST_P(Teams, ABusyTeamSaysSo)
{
    std::pair<plx_team *, plx_status> state = {team, PLX_OK};
    Picky ctx{0, 0};
    plx_job job{};
    job.kernel = &picky;
    job.ctx = &ctx;
    plx_stream stream{};
    stream.source = give_one;
    stream.sink = call_again;
    stream.user = &state;
    job.in_flight = 1;
    plx_status status = plx_batch(team, &job, &stream, nullptr);
    EXPECT_EQ(PLX_OK, status);
    if (team.root())
        EXPECT_EQ(PLX_BUSY, state.second);
}

TEST(TeamNames, UnknownAndOutOfRange)
{
    plx_team *team = nullptr;
    EXPECT_EQ(PLX_BAD_JOB, plx_open("openmp", 1, &team));
    EXPECT_EQ(nullptr, team);
    EXPECT_EQ(PLX_BAD_JOB, plx_open("mpi+", 1, &team));
    EXPECT_EQ(PLX_BAD_JOB, plx_open("", 1, &team));
    EXPECT_EQ(PLX_BAD_JOB, plx_open(nullptr, 1, &team));
    EXPECT_EQ(PLX_BAD_JOB, plx_open("pthread", -1, &team));
    EXPECT_EQ(PLX_BAD_JOB, plx_open("pthread", 65537, &team));
    plx_close(nullptr);
}

TEST(TeamNames, WhatIsNotBuiltSaysWhy)
{
    plx_model_info info;
    for (size_t i = 0; plx_model_at(i, &info); i++) {
        const char *why = nullptr;
        EXPECT_EQ(info.available, plx_offers(info.name, PLX_MAP, &why)) << info.name;
        EXPECT_EQ(info.available, info.why == nullptr);
        EXPECT_STREQ(info.why, why);
        plx_team *team = nullptr;
        if (!info.available)
            EXPECT_EQ(PLX_UNSUPPORTED, plx_open(info.name, 1, &team)) << info.name;
    }
    EXPECT_FALSE(plx_offers("nonsense", PLX_MAP, nullptr));
}
