// SPDX-License-Identifier: MIT
// Many things that go wrong on some ranks and not on others, in one launch, drawn from fixed seeds:
// every rank must hear the same of each, nothing may hang, stay in the network or leak, and the
// next call on the same team must be right. PLX_FAULTS_ONLY=NUMBER tries one injection alone.
#include "faults.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

#include <gtest/gtest.h>
#include <mpi.h>

static char under_way[1024]; // which injection, told by the alarm if it hangs

static void tell_hang(int)
{
    ssize_t ignored = write(STDERR_FILENO, under_way, strlen(under_way));
    (void)ignored;
    _exit(EXIT_FAILURE);
}

// A call takes some milliseconds; how many depends on the machine, a hang does not.
static void expect_end(const std::string &what)
{
    constexpr unsigned hang_s = 60;
    std::string line = "rank " + std::to_string(my_rank) + ": hangs: " + what + "\n";
    std::snprintf(under_way, sizeof under_way, "%s", what.empty() ? "" : line.c_str());
    std::signal(SIGALRM, tell_hang);
    alarm(what.empty() ? 0 : hang_s);
}

static plx_status open_agreed(const char *model, plx_team **team, bool &agreed)
{
    plx_status status = plx_open(model, std::strcmp(model, "mpi") == 0 ? 1 : 2, team);
    int range[] = {(int)status, -(int)status};
    MPI_Allreduce(MPI_IN_PLACE, range, 2, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    agreed = range[0] == -range[1] && (status == PLX_OK) == (*team != nullptr);
    return status;
}

static std::vector<const char *> models()
{
    std::vector<const char *> all;
    plx_model_info info;
    for (size_t i = 0; plx_model_at(i, &info); i++)
        if (info.available && std::strncmp(info.name, "mpi", 3) == 0)
            all.push_back(info.name);
    return all;
}

// A team for some calls, by turns of every model; then a new one, whose rooms are empty again.
class Faults : public ::testing::Test
{
  protected:
    static constexpr int calls_per_team = 12;

    void SetUp() override
    {
        MPI_Comm_size(MPI_COMM_WORLD, &ranks);
        before = memory_live();
        int share = ranks > 3 ? 3 : 1; // many ranks on few cores take their time
#ifdef PLX_SANITIZED
        share *= 3;
#endif
        injections = 600 / share;
        sweeps = (ranks > 3 ? 6 : 9) * PATTERNS;
    }
    bool next_team()
    {
        bool agreed;
        model = all[teams++ % all.size()];
        EXPECT_EQ(PLX_OK, open_agreed(model, &team, agreed));
        return team != nullptr;
    }
    // False on any rank: this was the last call, as nothing is worth anything after it.
    bool try_one(const Plan &p, const std::string &name)
    {
        std::string what = name + " under " + model + ": " + text(p);
        expect_end(what);
        Outcome outcome = carry_out(team, p);
        expect_end("");
        short_of_memory = outcome.short_of_memory;
        EXPECT_TRUE(outcome.good) << what << ": "
                                  << (outcome.why.empty() ? "wrong on another rank" : outcome.why);
        if (!outcome.why.empty() && my_rank != 0)
            std::fprintf(stderr, "rank %d: %s: %s\n", my_rank, what.c_str(), outcome.why.c_str());
        return outcome.good;
    }
    void close_team(const std::string &what)
    {
        plx_close(team);
        EXPECT_EQ(before, memory_live()) << "allocations left of " << what;
    }
    Plan swept(std::mt19937_64 &chance, int i) const;
    std::mt19937_64 chance_of(int number) const
    {
        return std::mt19937_64(1000003u * (unsigned)number + (unsigned)ranks);
    }

    int ranks, injections, sweeps;
    long before;
    std::vector<const char *> all = models();
    size_t teams = 0;
    const char *model = nullptr;
    plx_team *team = nullptr;
    bool short_of_memory = false;
};

TEST_F(Faults, EveryRankHearsTheSame)
{
    const char *only = std::getenv("PLX_FAULTS_ONLY");
    bool well = true;
    for (int first = 0; first < injections && well; first += calls_per_team) {
        ASSERT_TRUE(next_team());
        for (int i = first; i < first + calls_per_team && well; i++) {
            std::mt19937_64 chance = chance_of(i);
            Plan bad = draw(chance, ranks), good = draw(chance, ranks);
            add_faults(bad, chance, ranks);
            std::string name = "injection " + std::to_string(i);
            if (!only || std::atoi(only) == i)
                well = try_one(bad, name) && try_one(good, "the call after " + name);
        }
        close_team("the calls from " + std::to_string(first));
    }
}

// Every pattern without items, with good ones, with some that fail; first on rank 0, then the last.
Plan Faults::swept(std::mt19937_64 &chance, int i) const
{
    Plan p = draw(chance, ranks);
    p.pattern = patterns[i % PATTERNS];
    int kind = i / PATTERNS % 3, turn = i / PATTERNS / 3;
    p.items = p.pattern == PLX_FAN && p.items == Items::varies ? Items::none : p.items;
    p.where = p.is_cut() ? p.where : PLX_ROOT;
    p.n = kind == 0 ? 0 : p.pattern == PLX_FAN ? most_tasks / 2 : 1 + p.n % 60;
    for (size_t item = 1; kind == 2 && item < most_items; item += 4)
        p.bad[item] = true;
    p.keep_going = p.keep_going || kind == 2;
    p.faults = {{Wrong::no_memory, turn == 0 ? 0 : turn == 1 ? ranks - 1 : turn % ranks, 0, 1}};
    return p;
}

// Each allocation of a call in turn, on one rank alone.
TEST_F(Faults, EveryAllocation)
{
    bool well = true;
    for (int i = 0; i < sweeps && well; i++) {
        std::mt19937_64 chance = chance_of(i);
        Plan p = swept(chance, i);
        do {
            p.faults[0].number++;
            ASSERT_TRUE(next_team());
            well = try_one(p, "sweep " + std::to_string(i));
            close_team(text(p));
        } while (well && short_of_memory);
    }
}

// Memory that one rank lacks while a team opens: none opens.
TEST_F(Faults, OpeningIsForAllOrNone)
{
    for (const char *its_model : all)
        for (int rank = 0; rank < ranks; rank++) {
            int any = true;
            for (long countdown = 1; any; countdown++) {
                expect_end("opening");
                memory_arm(my_rank == rank ? countdown : 0, countdown % 2 ? 1 : 1000000);
                bool agreed;
                plx_status status = open_agreed(its_model, &team, agreed);
                any = memory_disarm();
                MPI_Allreduce(MPI_IN_PLACE, &any, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
                EXPECT_TRUE(agreed)
                    << its_model << ": allocation " << countdown << " of rank " << rank;
                EXPECT_EQ(any ? PLX_NO_MEMORY : PLX_OK, status);
                plx_close(team);
                EXPECT_EQ(before, memory_live()) << its_model;
                any = any && agreed;
            }
        }
    expect_end("");
}

int main(int argc, char **argv)
{
    ::testing::InitGoogleTest(&argc, argv);
    plx_team *all = nullptr;
    if (plx_open("mpi", 1, &all) != PLX_OK)
        return EXIT_FAILURE;
    my_rank = plx_team_rank(all);
    if (my_rank != 0) {
        auto &listeners = ::testing::UnitTest::GetInstance()->listeners();
        delete listeners.Release(listeners.default_result_printer());
    }
    int failed = RUN_ALL_TESTS();
    failed = plx_agree(all, failed ? PLX_INTERNAL : PLX_OK) != PLX_OK;
    plx_close(all);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
