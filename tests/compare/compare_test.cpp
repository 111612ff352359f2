// SPDX-License-Identifier: MIT
// compare/: equal answers first, then time. A fake program plays models that are wrong or broken.
#include <signal.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "fake.h"

namespace
{

TEST_F(Fake, EveryModelOncePerRoundInAnOrderOfItsOwn)
{
    ASSERT_EQ(compare({"serial", "omp", "pthread", "mpi"}), 0) << why;
    EXPECT_EQ(plx_compare_exit(&result), 0);
    ASSERT_EQ(result.order_count, 4u * 7u);
    std::set<std::vector<size_t>> orders;
    for (size_t round = 0; round < 7; round++) {
        std::vector<size_t> order(result.order + 4 * round, result.order + 4 * round + 4),
            sorted = order;
        std::sort(sorted.begin(), sorted.end());
        EXPECT_EQ(sorted, (std::vector<size_t>{0, 1, 2, 3}));
        orders.insert(order);
    }
    EXPECT_GE(orders.size(), 3u);
    // the log tells the same: four launches for the answers, then the rounds as recorded
    std::vector<std::string> lines = lines_of(log);
    ASSERT_EQ(lines.size(), 4u + 28u);
    EXPECT_EQ(lines[0], "serial");
    for (size_t i = 0; i < 28; i++)
        EXPECT_EQ(lines[4 + i], result.rows[result.order[i]].model) << i;
    for (size_t r = 0; r < 4; r++)
        EXPECT_EQ(result.rows[r].samples, 7u);
}

TEST_F(Fake, TheSeedAloneGivesTheOrder)
{
    std::vector<size_t> orders[3];
    for (int i = 0; i < 3; i++) {
        plan.seed = i == 2 ? 5 : 4;
        plan.repeats = 1;
        ASSERT_EQ(compare({"omp", "pthread", "mpi"}), 0) << why;
        orders[i].assign(result.order, result.order + result.order_count);
        plx_compare_free(&result);
    }
    EXPECT_EQ(orders[0], orders[1]);
    EXPECT_NE(orders[0], orders[2]);
}

TEST_F(Fake, NumbersOfTheTable)
{
    set("S_omp", "0.005"); // the fake adds a microsecond per launch: serial 0.010002 .. 0.010008
    ASSERT_EQ(compare({"serial", "omp"}), 0) << why;
    const plx_compare_row &serial = row("serial"), &omp = row("omp");
    EXPECT_DOUBLE_EQ(serial.work.median, 0.010000005);
    EXPECT_DOUBLE_EQ(serial.work.low, 0.010000002);
    EXPECT_DOUBLE_EQ(serial.work.high, 0.010000008);
    EXPECT_DOUBLE_EQ(serial.speedup, 1);
    EXPECT_NEAR(omp.speedup, 2, 1e-5);
    EXPECT_NEAR(omp.efficiency, 1, 1e-5);
    EXPECT_DOUBLE_EQ(omp.open_median_s, 0.002);
    EXPECT_DOUBLE_EQ(omp.launch_median_s, 0.25);
    ASSERT_EQ(result.pairs_count, 1u);
    EXPECT_EQ(result.pairs[0].outcome, PLX_COMPARE_SLOWER); // a is serial
    EXPECT_NEAR(result.pairs[0].ratio.median, 2, 1e-5);
    EXPECT_NE(std::string(result.text).find("omp is faster than serial: 2.000 times"),
              std::string::npos)
        << result.text;
}

TEST_F(Fake, WorkersAreThoseTheProgramReallyHad)
{
    plan.workers = 4;
    set("omp", "slots");
    ASSERT_EQ(compare({"omp"}), 0) << why;
    EXPECT_EQ(row("omp").workers, 3);
    EXPECT_EQ(row("omp").threads, 3);
    EXPECT_NEAR(row("omp").efficiency, row("omp").speedup / 3, 1e-12);
}

TEST_F(Fake, AWrongAnswerIsRefusedAndNeverTimed)
{
    const std::map<std::string, std::string> wrong = {
        {"value", "value is 43 under omp, 42 under serial"},
        {"other", "other is 8 under omp, 7 under serial"},
        {"fewer", "other is nothing under omp, 7 under serial"},
        {"digest", "digest 00112233aabbccde under omp"},
    };
    for (const auto &[does, words] : wrong) {
        unlink(log.c_str());
        set("omp", does);
        ASSERT_EQ(compare({"serial", "omp", "pthread"}), 0) << why;
        EXPECT_EQ(plx_compare_exit(&result), 78) << does;
        EXPECT_EQ(row("omp").state, PLX_COMPARE_DIFFERS) << does;
        EXPECT_NE(std::string(row("omp").why).find(words), std::string::npos) << row("omp").why;
        EXPECT_NE(std::string(result.text).find(words), std::string::npos) << result.text;
        EXPECT_EQ(launches("omp"), 2u) << does; // the second one for its bytes
        EXPECT_EQ(launches("pthread"), 8u) << does;
        EXPECT_EQ(row("pthread").state, PLX_COMPARE_TIMED);
        EXPECT_EQ(result.pairs_count, 1u);
        plx_compare_free(&result);
    }
}

TEST_F(Fake, WrongOnlyLaterIsWrong)
{
    set("omp", "late"); // its fourth launch, in the third round
    ASSERT_EQ(compare({"omp", "pthread"}), 0) << why;
    EXPECT_EQ(plx_compare_exit(&result), 78);
    EXPECT_EQ(row("omp").state, PLX_COMPARE_DIFFERS);
    EXPECT_STREQ(row("omp").why,
                 "round 3: value is 43 under omp, 42 under serial; launched again, its bytes are "
                 "the same: it is wrong now and then");
    EXPECT_EQ(row("omp").samples, 0u);
    EXPECT_EQ(launches("omp"), 5u);
    EXPECT_EQ(row("pthread").samples, 7u);
    EXPECT_EQ(result.pairs_count, 1u);
}

TEST_F(Fake, SerialThatContradictsItselfIsNoBase)
{
    set("serial", "late");
    EXPECT_EQ(compare({"omp"}), 78);
    EXPECT_NE(std::string(why).find("serial, round 3: value is 43"), std::string::npos) << why;
}

TEST_F(Fake, AnAbsentModelIsListedAndTheRestGoesOn)
{
    set("mpi", "absent");
    ASSERT_EQ(compare({"omp", "mpi"}), 0) << why;
    EXPECT_EQ(plx_compare_exit(&result), 0);
    EXPECT_EQ(row("mpi").state, PLX_COMPARE_MISSING);
    EXPECT_STREQ(row("mpi").why, "model mpi: this build has no MPI");
    EXPECT_NE(std::string(result.text).find("mpi: not available: model mpi: this build"),
              std::string::npos);
    EXPECT_EQ(launches("mpi"), 1u);
    EXPECT_EQ(row("omp").state, PLX_COMPARE_TIMED);
}

TEST_F(Fake, ABrokenModelIsListedWithItsLine)
{
    const std::map<std::string, std::pair<std::string, int>> broken = {
        {"crash", {"ended by signal 11: about to crash", 70}},
        {"garbage", {"not JSON", 70}},
        {"silent", {"printed nothing", 70}},
        {"refuse", {"-P ops=x: not a number", 65}},
        {"status", {"\"status\"", 70}},
    };
    for (const auto &[does, want] : broken) {
        set("omp", does);
        ASSERT_EQ(compare({"omp", "pthread"}), 0) << does << why;
        EXPECT_EQ(row("omp").state, PLX_COMPARE_FAILED) << does;
        EXPECT_NE(std::string(row("omp").why).find(want.first), std::string::npos)
            << row("omp").why;
        EXPECT_EQ(plx_compare_exit(&result), want.second) << does;
        EXPECT_EQ(row("pthread").state, PLX_COMPARE_TIMED);
        plx_compare_free(&result);
    }
}

TEST_F(Fake, AHangIsEndedAndListed)
{
    plan.limit_s = 0.5;
    plan.rounds = 1;
    set("omp", "hang");
    ASSERT_EQ(compare({"omp", "pthread"}), 0) << why;
    EXPECT_EQ(row("omp").state, PLX_COMPARE_FAILED);
    EXPECT_STREQ(row("omp").why, "took longer than 0.5 s and was ended");
    EXPECT_EQ(row("pthread").state, PLX_COMPARE_TIMED);
    EXPECT_EQ(lines_of(log + ".pids").size(), 2u);
    EXPECT_TRUE(all_gone());
}

TEST_F(Fake, WithoutSerialThereIsNoReport)
{
    set("serial", "refuse");
    EXPECT_EQ(compare({"omp"}), 65);
    EXPECT_STREQ(why, "-P ops=x: not a number");
    EXPECT_EQ(launches("omp"), 0u);
    set("serial", "garbage");
    plx_compare_free(&result);
    EXPECT_EQ(compare({"omp"}), 70);
    plan.program = "/nowhere/at-all";
    plx_compare_free(&result);
    EXPECT_EQ(compare({"omp"}), 71);
    EXPECT_NE(std::string(why).find("/nowhere/at-all"), std::string::npos) << why;
}

TEST_F(Fake, ASignalEndsTheRunningLaunchAndTheComparison)
{
    set("omp", "hang-late");
    std::thread later([this] {
        for (int tries = 0; tries < 1000 && lines_of(log + ".pids").empty(); tries++)
            usleep(10000);
        kill(getpid(), SIGTERM);
    });
    int code = compare({"omp", "pthread"});
    later.join();
    EXPECT_EQ(code, 143);
    EXPECT_STREQ(why, "");
    EXPECT_EQ(lines_of(log + ".pids").size(), 1u);
    EXPECT_TRUE(all_gone());
}

TEST_F(Fake, FewRoundsTellNothing)
{
    plan.rounds = 5;
    set("S_omp", "0.001");
    ASSERT_EQ(compare({"omp"}), 0) << why;
    EXPECT_FALSE(row("omp").work.known);
    EXPECT_EQ(result.pairs[0].outcome, PLX_COMPARE_SAME);
    EXPECT_FALSE(result.pairs[0].ratio.known);
    EXPECT_NE(std::string(result.text).find("Too few"), std::string::npos) << result.text;
}

TEST_F(Fake, EqualsAreNotToldApart)
{
    ASSERT_EQ(compare({"omp", "omp"}), 0) << why;
    for (size_t i = 0; i < result.pairs_count; i++)
        EXPECT_EQ(result.pairs[i].outcome, PLX_COMPARE_SAME);
    EXPECT_NE(std::string(result.text).find("No difference found between serial, omp and omp#2."),
              std::string::npos)
        << result.text;
}

} // namespace
