// SPDX-License-Identifier: MIT
// What is found out before the rounds: the laws of a user's kernel, and a number of items.
#include "fake.h"

namespace {

class Probe : public Fake {
protected:
    Probe()
    {
        plan.rounds = 1;
        plan.repeats = 1;
    }
    void choose()
    {
        plan.n_given = false;
        plan.choose_n = true;
    }
};

TEST_F(Probe, AUsersKernelIsCheckedFirst)
{
    plan.file = "./k.so";
    ASSERT_EQ(compare({"serial"}), 0) << why;
    EXPECT_EQ(lines_of(log), (std::vector<std::string>{"check", "serial", "serial"}));
    EXPECT_EQ(lines_of(log + ".words")[0], "check ./k.so -n 10 --seed 1 --json");
}

TEST_F(Probe, ABrokenLawEndsTheComparison)
{
    plan.file = "./k.so";
    set("CHECK", "broken");
    EXPECT_EQ(compare({"serial"}), 65);
    EXPECT_STREQ(why, "kernel 'k': law 'repeat' broken");
    EXPECT_EQ(lines_of(log), (std::vector<std::string>{"check"}));
}

TEST_F(Probe, SoDoesACrash)
{
    plan.file = "./k.so";
    set("CHECK", "crash");
    EXPECT_EQ(compare({"serial"}), 70);
    EXPECT_NE(std::string(why).find("laws: ended by signal 11"), std::string::npos) << why;
}

TEST_F(Probe, SoDoesACheckThatSaysNothing)
{
    plan.file = "./k.so";
    set("CHECK", "silent");
    EXPECT_EQ(compare({"serial"}), 65);
    EXPECT_NE(std::string(why).find("it ended the process"), std::string::npos) << why;
}

TEST_F(Probe, ABuiltInKernelIsNotChecked)
{
    ASSERT_EQ(compare({"serial"}), 0) << why;
    EXPECT_EQ(lines_of(log), (std::vector<std::string>{"serial", "serial"}));
}

// The answer's launches have the n at which a serial call takes from 0.05 s on, in one figure.
TEST_F(Probe, ItemsUntilACallIsLongEnough)
{
    choose();
    set("ITEM_US", "3");
    ASSERT_EQ(compare({"serial"}), 0) << why;
    EXPECT_STREQ(result.about.n, "40000");
}

TEST_F(Probe, OneItemMayBeEnough)
{
    choose();
    set("ITEM_US", "300000");
    ASSERT_EQ(compare({"serial"}), 0) << why;
    EXPECT_STREQ(result.about.n, "1");
}

TEST_F(Probe, TheKernelsOwnNumberStands)
{
    choose();
    ASSERT_EQ(compare({"serial"}), 0) << why;
    EXPECT_STREQ(result.about.n, "10");
    EXPECT_FALSE(result.about.n_chosen);
    EXPECT_EQ(lines_of(log).size(), 3u);
}

// Items that cost nothing: what memory holds is the end.
TEST_F(Probe, NotMoreThanMemoryHolds)
{
    choose();
    plan.kernel = plx_kernel_find("square");
    plan.pattern = "map";
    set("ITEM_US", "0");
    ASSERT_EQ(compare({"serial"}), 0) << why;
    EXPECT_STREQ(result.about.n, "67108864");
}

TEST_F(Probe, NotMoreThanTheKernelTakes)
{
    choose();
    set("ITEM_US", "1");
    set("MOST", "5000");
    ASSERT_EQ(compare({"serial"}), 0) << why;
    EXPECT_STREQ(result.about.n, "100");
}

TEST_F(Probe, ARefusalOfOneItemIsTold)
{
    choose();
    set("ITEM_US", "1");
    set("MOST", "0");
    EXPECT_EQ(compare({"serial"}), 65);
    EXPECT_STREQ(why, "n is too large");
}

} // namespace
