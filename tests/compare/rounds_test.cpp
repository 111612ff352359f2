// SPDX-License-Identifier: MIT
// compare/rounds.c and what it stands on: budget, factors in the environment, other processes'
// load, copies of serial at once, the first wrong byte. The fake program says what it saw.
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "fake.h"

extern "C" {
#include "compare/bound.h"
#include "compare/differ.h"
#include "compare/load.h"
}

namespace
{

class Rounds : public Fake
{
  protected:
    ~Rounds() override
    {
        for (const auto &name : outside)
            unsetenv(name.c_str());
    }

    void environment(const std::string &name, const std::string &value)
    {
        outside.push_back(name);
        setenv(name.c_str(), value.c_str(), 1);
    }

    std::set<std::string> seen() const
    {
        std::vector<std::string> lines = lines_of(log + ".env");
        return std::set<std::string>(lines.begin(), lines.end());
    }

    std::vector<std::string> outside;
};

TEST_F(Rounds, EveryPlaceOnceInEachSquare)
{
    plan.rounds = 8;
    ASSERT_EQ(compare({"serial", "omp", "pthread", "mpi"}), 0) << why;
    for (size_t square = 0; square < 2; square++)
        for (size_t place = 0; place < 4; place++) {
            std::set<size_t> rows;
            for (size_t line = 0; line < 4; line++)
                rows.insert(result.order[16 * square + 4 * line + place]);
            EXPECT_EQ(rows.size(), 4u) << square << " " << place;
        }
    EXPECT_EQ(result.end, PLX_COMPARE_ROUNDS);
    EXPECT_EQ(result.rounds, 8);
    EXPECT_EQ(result.budget_s, 0);
    EXPECT_GT(result.took_s, 0);
}

TEST_F(Rounds, PhasesOfEveryLaunchAreKept)
{
    set("WORK", R"({"operations": 1e9, "bytes": 4096})");
    plan.rounds = 2;
    ASSERT_EQ(compare({"omp"}), 0) << why;
    for (size_t i = 0; i < 2; i++) {
        EXPECT_EQ(row("omp").phases[i].hand_out_s, 0.02);
        EXPECT_EQ(row("omp").phases[i].transfer_s, 0.01);
        EXPECT_EQ(row("omp").phases[i].cpu_s, 0.02);
    }
    EXPECT_EQ(result.about.operations, 1e9);
    EXPECT_EQ(result.about.bytes, 4096);
}

TEST_F(Rounds, ATinyBudgetIsRefusedWithWhatItNeeds)
{
    set("NAP", "0.05");
    plan.rounds = 0;
    plan.budget_s = 0.1;
    EXPECT_EQ(compare({"omp", "pthread"}), 64);
    EXPECT_EQ(std::string(why).find("--budget 0.1s: two rounds need about "), 0u) << why;
    EXPECT_EQ(lines_of(log).size(), 3u); // the answers, and no round
}

TEST_F(Rounds, TheBudgetEndsTheRounds)
{
    set("NAP", "0.1");
    plan.rounds = 0;
    plan.budget_s = 2.5;
    set("NOISE", "1"); // or it would be narrow enough at once
    ASSERT_EQ(compare({"omp"}), 0) << why;
    EXPECT_GE(result.rounds, 2);
    EXPECT_EQ(result.budget_s, 2.5);
    EXPECT_EQ(row("omp").samples, static_cast<size_t>(result.rounds));
    EXPECT_EQ(result.order_count, 2u * static_cast<size_t>(result.rounds));
    // a round takes 200 ms of naps at least, so whatever the machine does there is no room for 16
    EXPECT_LE(result.rounds, 15);
}

TEST_F(Rounds, NarrowIntervalsEndTheRoundsLongBeforeTheBudget)
{
    plan.rounds = 0;
    plan.budget_s = 600;
    ASSERT_EQ(compare({"omp"}), 0) << why;
    EXPECT_EQ(result.end, PLX_COMPARE_NARROW);
    EXPECT_GE(result.rounds, 6);
    EXPECT_LE(result.rounds, 20);
    EXPECT_TRUE(result.pairs[0].ratio.known);
    EXPECT_EQ(result.pairs[0].outcome, PLX_COMPARE_SAME);
}

TEST_F(Rounds, NoLaunchIsBoundToACoreByTheEnvironment)
{
    environment("OMP_PROC_BIND", "close");
    environment("OMP_PLACES", "cores");
    environment("OMP_NUM_THREADS", "3");
    environment("OMP_WAIT_POLICY", "PASSIVE");
    plan.rounds = 1;
    ASSERT_EQ(compare({"omp", "pthread"}), 0) << why;
    EXPECT_EQ(seen(), (std::set<std::string>{"serial wait=PASSIVE bind= places= yield=",
                                             "omp wait=PASSIVE bind= places= yield=",
                                             "pthread wait=PASSIVE bind= places= yield="}));
    EXPECT_STREQ(result.host.removed, "OMP_PROC_BIND=close OMP_PLACES=cores");
    EXPECT_STREQ(result.host.kept, "OMP_NUM_THREADS=3");
    // what the user's environment says of waiting is the default
    EXPECT_STREQ(row("omp").level[PLX_FACTOR_WAIT], "passive");
    EXPECT_STREQ(row("pthread").level[PLX_FACTOR_WAIT], "");
}

TEST_F(Rounds, FactorsReachTheLaunches)
{
    const char *wait[] = {"active", "passive", "default"}, *bind[] = {"core"};
    const plx_compare_factor factors[] = {{"wait", wait, 3}, {"bind", bind, 1}};
    environment("OMP_WAIT_POLICY", "ACTIVE");
    plan.factors = factors;
    plan.factors_count = 2;
    plan.rounds = 1;
    plan.ranks = 1;
    ASSERT_EQ(compare({"omp", "mpi", "mpi+omp", "pthread"}), 0) << why;
    EXPECT_EQ(seen(), (std::set<std::string>{
                          "serial wait=ACTIVE bind= places= yield=",
                          "pthread wait=ACTIVE bind= places= yield=",
                          "omp wait=active bind=close places=cores yield=",
                          "omp wait=passive bind=close places=cores yield=",
                          "omp wait= bind=close places=cores yield=",
                          "mpi wait=ACTIVE bind= places= yield=0",
                          "mpi wait=ACTIVE bind= places= yield=1",
                          "mpi wait=ACTIVE bind= places= yield=",
                          "mpi+omp wait=active bind= places= yield=0",
                          "mpi+omp wait=passive bind= places= yield=1",
                          "mpi+omp wait= bind= places= yield=",
                      }));
    EXPECT_STREQ(row("mpi wait=passive").level[PLX_FACTOR_WAIT], "passive");
    EXPECT_STREQ(getenv("OMP_WAIT_POLICY"), "ACTIVE"); // ours is as it was
}

TEST_F(Rounds, EachGrainHasASerialRowOfItsOwn)
{
    const char *grain[] = {"5", "50"};
    const plx_compare_factor factor = {"grain", grain, 2};
    plan.factors = &factor;
    plan.factors_count = 1;
    plan.rounds = 6;
    set("S_serial", "0.02");
    ASSERT_EQ(compare({"omp"}), 0) << why;
    ASSERT_EQ(result.rows_count, 4u);
    EXPECT_STREQ(result.rows[1].label, "serial grain=50");
    for (size_t r = 0; r < 4; r++)
        EXPECT_EQ(result.rows[r].state, PLX_COMPARE_TIMED) << result.rows[r].why;
    EXPECT_STREQ(row("omp grain=50").level[PLX_FACTOR_GRAIN], "50");
    EXPECT_STREQ(result.rows[result.base].model, "serial");
}

TEST_F(Rounds, TheFirstWrongByteIsNamed)
{
    set("omp", "digest");
    set("BYTES_omp", "0123456789abXdef");
    plan.rounds = 1;
    plan.kernel = plx_kernel_find("square"); // items of eight bytes
    ASSERT_EQ(compare({"omp"}), 0) << why;
    EXPECT_NE(std::string(row("omp").why)
                  .find("; byte 12 is 0x58 under omp, 0x63 under serial (item 1)"),
              std::string::npos)
        << row("omp").why;
    EXPECT_EQ(plx_compare_exit(&result), 78);
    plx_compare_free(&result);
    set("BYTES_omp", "0123456789");
    plan.kernel = plx_kernel_find("sum_squares"); // a fold, whose first eight bytes are the sum
    ASSERT_EQ(compare({"omp"}), 0) << why;
    EXPECT_NE(std::string(row("omp").why).find("; byte 10 is missing under omp, 0x61 under serial"),
              std::string::npos)
        << row("omp").why;
    // the folder that held the bytes is gone
    for (const auto &line : lines_of(log + ".words")) {
        size_t at = line.find("--bytes ");
        struct stat found;
        if (at == std::string::npos)
            continue;
        std::string path = line.substr(at + 8);
        EXPECT_NE(stat(path.substr(0, path.rfind('/')).c_str(), &found), 0) << path;
    }
}

TEST(Differ, FilesByteByByte)
{
    const std::string mine_alone = ::testing::TempDir() + "plx-" + std::to_string(getpid());
    const std::string paths[2] = {mine_alone + "-mine", mine_alone + "-theirs"};
    auto find = [&paths](const std::string &mine, const std::string &theirs) {
        std::ofstream(paths[0], std::ios::binary) << mine;
        std::ofstream(paths[1], std::ios::binary) << theirs;
        return plx_differ_files(paths[0].c_str(), paths[1].c_str());
    };
    for (size_t size : {0u, 1u, 65535u, 65536u, 65537u, 200000u}) {
        std::string bytes(size, 'x');
        plx_differ_found same = find(bytes, bytes), longer = find(bytes + "y", bytes);
        EXPECT_TRUE(same.read && same.same) << size;
        EXPECT_FALSE(longer.same);
        EXPECT_EQ(longer.at, size);
        EXPECT_EQ(longer.mine, 'y');
        EXPECT_EQ(longer.theirs, -1);
        for (size_t at : {size_t{0}, size / 2, size - 1}) {
            std::string other = bytes;
            if (at >= size)
                continue;
            other[at] = '\xff';
            plx_differ_found found = find(bytes, other);
            EXPECT_EQ(found.at, at) << size;
            EXPECT_EQ(found.mine, 'x');
            EXPECT_EQ(found.theirs, 255);
        }
    }
    unlink(paths[0].c_str());
    EXPECT_FALSE(plx_differ_files(paths[0].c_str(), paths[1].c_str()).read);
    unlink(paths[1].c_str());
}

TEST(Load, ProcStatIsReadAsDocumented)
{
    // user nice system idle iowait irq softirq steal guest guest_nice
    EXPECT_EQ(plx_load_busy("cpu  100 20 30 4000 500 6 7 8 90 9\ncpu0 1 1 1\n", 100), 1.71);
    EXPECT_EQ(plx_load_busy("cpu  100 20 30 4000 500 6 7 8\n", 1000), 0.171);
    EXPECT_LT(plx_load_busy("", 100), 0);
    EXPECT_LT(plx_load_busy("cpu  100 20 30\n", 100), 0);
    EXPECT_LT(plx_load_busy("cpu0 100 20 30 4000 500 6 7 8\n", 100), 0);
}

TEST(Load, WhatIsNotOursIsOthers)
{
    plx_load_sum sum = {};
    plx_compare_load load = {};
    plx_load_moment a = {100, 5, 10}, b = {103, 5.5, 12}, c = {107, 5.5, 14};
    plx_load_count(&sum, &load, &a, &b, 1.5, "first"); // 3 s of the machine, 2 s of them ours
    plx_load_count(&sum, &load, &b, &c, 1, "second");  // 4 s, 1 s of them ours
    plx_load_finish(&sum, &load);
    EXPECT_DOUBLE_EQ(load.during, 4.0 / 4);
    EXPECT_STREQ(load.where, "second");
    EXPECT_LT(load.most, 1.5); // two ticks less
    EXPECT_GT(load.most, 1.4);
    // a machine that does not tell
    plx_load_moment mute = {-1, 0, 20};
    plx_load_count(&sum, &load, &c, &mute, 0, "third");
    plx_load_finish(&sum, &load);
    EXPECT_LT(load.during, 0);
    EXPECT_LT(load.most, 0);
    EXPECT_STREQ(load.where, "");
}

TEST_F(Rounds, AnotherProcessIsNoticed)
{
    if (plx_load_now().busy_s < 0)
        GTEST_SKIP() << "/proc/stat does not tell how busy the machine is";
    pid_t spinner = fork();
    if (spinner == 0)
        for (;;)
            continue;
    set("NAP", "0.3");
    plan.rounds = 2;
    int code = compare({"omp"});
    kill(spinner, SIGKILL);
    waitpid(spinner, nullptr, 0);
    ASSERT_EQ(code, 0) << why;
    EXPECT_GT(result.load.during, 0.3);
    EXPECT_GE(result.load.most, 0.3);
    EXPECT_NE(std::string(result.load.where).find(", round "), std::string::npos);
    EXPECT_LT(result.load.before, 0); // bare: not measured
}

TEST_F(Rounds, CopiesOfSerialRunAtOnceInEachRound)
{
    if (plx_cores() < 2)
        GTEST_SKIP() << "one core has no ceiling above one";
    set("NAP", "0.2");
    set("WORK", R"({"operations": 1, "bytes": 1000000000})");
    plan.bare = false;
    plan.rounds = 2;
    ASSERT_EQ(compare({"omp"}), 0) << why;
    EXPECT_EQ(result.bound.copies, 2);
    EXPECT_NEAR(result.bound.ceiling.median, 2, 1e-3); // the fake's time does not suffer
    EXPECT_FALSE(result.bound.ceiling.known);
    // the answer, two rounds, two copies in each of them
    EXPECT_EQ(launches("serial"), 1u + 2u + 4u);
    EXPECT_EQ(result.order_count, 4u);
    size_t running = 0, most = 0;
    for (const auto &line : lines_of(log + ".span")) {
        running += line == "begin" ? 1 : static_cast<size_t>(-1);
        most = std::max(most, running);
    }
    EXPECT_EQ(most, 2u);
    // two launches of square beside it, whose bytes are those that it tells
    EXPECT_NEAR(result.bound.bytes_per_s, 1e9 / 0.010001, 1e8);
    EXPECT_EQ(launches("pthread"), 2u);
    EXPECT_GE(result.load.before, -1);
}

TEST_F(Rounds, CopiesThatTellNothingAreNotRun)
{
    plan.bare = false;
    plan.rounds = 1;
    ASSERT_EQ(compare({"serial"}), 0) << why; // nobody to measure by it
    EXPECT_EQ(result.bound.copies, 0);
    plx_compare_free(&result);
    plan.workers = 1;
    ASSERT_EQ(compare({"omp"}), 0) << why;
    EXPECT_EQ(result.bound.copies, 0);
    plx_compare_free(&result);
    plan.workers = 2;
    plan.kernel = plx_kernel_find("wait"); // it waits: cores are no bound
    ASSERT_EQ(compare({"omp"}), 0) << why;
    EXPECT_EQ(result.bound.copies, 0);
    EXPECT_EQ(result.bound.bytes_per_s, 0);
}

TEST_F(Rounds, ASignalEndsTheCopiesToo)
{
    if (plx_cores() < 2)
        GTEST_SKIP() << "one core has no copies";
    set("serial", "hang-late"); // its third launch: a copy, or the one beside it
    plan.bare = false;
    std::thread later([this] {
        for (int tries = 0; tries < 1000 && lines_of(log + ".pids").empty(); tries++)
            usleep(10000);
        kill(getpid(), SIGTERM);
    });
    int code = compare({"omp"});
    later.join();
    EXPECT_EQ(code, 143);
    EXPECT_FALSE(lines_of(log + ".pids").empty());
    EXPECT_TRUE(all_gone());
}

} // namespace
