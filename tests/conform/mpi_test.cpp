// SPDX-License-Identifier: MIT
// What only ranks have: data that is spread, communicators of the user's, defaults that share a
// host's cores.
#ifdef PLX_HAVE_MPI
#include "suite.hpp"

#include <cstdlib>
#include <fstream>

#include "plx/on_comm.h"

static bool under_mpi()
{
    const char *models = std::getenv("PLX_TEST_MODELS");
    return models && std::string(models) == "mpi";
}

static size_t resident_bytes()
{
    std::ifstream statm("/proc/self/statm");
    size_t all = 0, resident = 0;
    statm >> all >> resident;
    return resident * 4096;
}

static size_t high_water;

static void look(const plx_block *b, void *acc)
{
    size_t now = resident_bytes();
    high_water = now > high_water ? now : high_water;
    auto *in = static_cast<const double *>(b->in);
    for (size_t i = 0; i < b->hi - b->lo; i++)
        *static_cast<double *>(acc) += in[i];
}

static void sum_of_ones(plx_schedule schedule)
{
    Team team("mpi");
    static plx_kernel sum{};
    sum.size = sizeof sum;
    sum.name = "sum";
    sum.in_size = sum.acc_size = 8;
    sum.fold = look;
    sum.combine = [](void *left, const void *right, const void *) {
        *static_cast<double *>(left) += *static_cast<const double *>(right);
    };
    size_t n = size_t{8} << 20, ranks = (size_t)plx_team_ranks(team);
    std::vector<double> in(team.root() ? n : 0, 1.0);
    size_t before = high_water = resident_bytes();
    double total = 0;
    plx_job job{};
    job.kernel = &sum;
    job.n = n;
    job.in = in.data();
    job.out = &total;
    job.schedule = schedule;
    plx_status status = plx_reduce(team, &job, nullptr);
    size_t grown = high_water - before;
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ((double)n, total);
    if (!team.root())
        EXPECT_LT(grown, 8 * n / ranks + (size_t{6} << 20));
    if (!team.root() && schedule == PLX_STATIC)
        EXPECT_GT(grown, 8 * n / ranks / 2) << "the test sees memory at all";
}

// 64 MiB at rank 0: each other rank holds its share and not the whole; of hand-outs two at a time.
TEST(Mpi, EachRankReceivesItsShare)
{
#ifdef PLX_SANITIZED
    GTEST_SKIP() << "a sanitizer holds freed memory back";
#endif
    if (!under_mpi())
        GTEST_SKIP() << "not under mpirun";
    sum_of_ones(PLX_STATIC);
    sum_of_ones(PLX_GUIDED);
}

TEST(Mpi, TeamsOnCommunicators)
{
    if (!under_mpi())
        GTEST_SKIP() << "not under mpirun";
    int rank, size;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    MPI_Comm half;
    MPI_Comm_split(MPI_COMM_WORLD, rank % 2, -rank, &half);
    plx_team *team = nullptr;
    plx_status opened = plx_open_on(half, "pthread", 2, &team);
    MPI_Comm_free(&half);
    uint64_t primes = 0;
    plx_job job{};
    job.kernel = plx_kernel_find("prime_sieve");
    job.n = 10000 + (size_t)(rank % 2) * 90000; // each half its own job
    job.grain = 500;
    job.out = &primes;
    plx_status status = plx_reduce(team, &job, nullptr);
    int ranks = plx_team_ranks(team), mine = plx_team_rank(team);
    plx_close(team);
    EXPECT_EQ(PLX_OK, opened);
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(rank % 2 ? 9592u : 1229u, primes);
    EXPECT_EQ((size + 1 - rank % 2) / 2, ranks);
    EXPECT_EQ(ranks - 1 - rank / 2, mine);
    EXPECT_EQ(PLX_BAD_JOB, plx_open_on(MPI_COMM_WORLD, "mpi", 1, &team));
    EXPECT_EQ(PLX_BAD_JOB, plx_open_on(MPI_COMM_WORLD, nullptr, 1, &team));
}

TEST(Mpi, DefaultThreadsShareTheHost)
{
    if (!under_mpi())
        GTEST_SKIP() << "not under mpirun";
    Team team("mpi+pthread", 0);
    EXPECT_EQ(PLX_OK, team.status);
    EXPECT_GE(plx_team_threads(team), 1);
    EXPECT_LE(plx_team_threads(team), plx_cores());
}
#endif
