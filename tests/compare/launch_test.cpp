// SPDX-License-Identifier: MIT
// compare/launch.c: what comes back from processes that end well, badly, or not at all.
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <string>
#include <thread>

#include "alive.h"

extern "C" {
#include "compare/interrupt.h"
#include "compare/launch.h"
}

namespace
{

struct Shell {
    plx_launch launch = {};
    double took_s = 0;
    explicit Shell(std::string script, double limit_s = 20)
    {
        char sh[] = "sh", c[] = "-c", *argv[] = {sh, c, script.data(), nullptr};
        long long from = plx_launch_now_ns();
        plx_launch_run(argv, limit_s, &launch);
        took_s = static_cast<double>(plx_launch_now_ns() - from) * 1e-9;
    }
    ~Shell()
    {
        free(launch.out);
    }
    std::string out() const
    {
        return launch.out ? std::string(launch.out, launch.out_size) : "";
    }
};

TEST(Launch, OutputsAndCode)
{
    Shell shell("printf 'a\\nb'; echo first >&2; printf last >&2; exit 7");
    EXPECT_EQ(shell.launch.end, PLX_LAUNCH_EXITED);
    EXPECT_EQ(shell.launch.code, 7);
    EXPECT_EQ(shell.out(), "a\nb");
    EXPECT_STREQ(shell.launch.last, "last");
    EXPECT_LT(shell.took_s, 10);
}

TEST(Launch, OurOwnLineWinsOverALaunchersWords)
{
    Shell shell(
        "echo parallax: one >&2; echo parallax: two >&2; echo mpirun noticed >&2; echo >&2");
    EXPECT_STREQ(shell.launch.last, "parallax: two");
}

TEST(Launch, ALongLineIsCutAndControlBytesAreBlanks)
{
    Shell shell("printf 'a\\033b\\n' >&2");
    EXPECT_STREQ(shell.launch.last, "a b");
    Shell longer("i=0; while [ $i -lt 1000 ]; do printf x >&2; i=$((i+1)); done");
    EXPECT_EQ(std::string(longer.launch.last), std::string(255, 'x'));
}

TEST(Launch, ManyBytesOnBothOutputsAtOnce)
{
    Shell shell("head -c 3000000 /dev/zero | tr '\\0' e >&2 & head -c 3000000 /dev/zero | tr '\\0' "
                "o; wait");
    EXPECT_EQ(shell.launch.end, PLX_LAUNCH_EXITED);
    EXPECT_EQ(shell.launch.out_size, 3000000u);
    EXPECT_EQ(shell.out().find_first_not_of('o'), std::string::npos);
}

TEST(Launch, EndlessOutputIsEnded)
{
    Shell shell("cat /dev/zero", 60);
    EXPECT_EQ(shell.launch.end, PLX_LAUNCH_TOO_MUCH);
}

TEST(Launch, SignalOfTheChild)
{
    Shell shell("kill -KILL $$");
    EXPECT_EQ(shell.launch.end, PLX_LAUNCH_KILLED);
    EXPECT_EQ(shell.launch.code, SIGKILL);
}

TEST(Launch, AProgramThatIsNotThere)
{
    char name[] = "/nowhere/at-all", *argv[] = {name, nullptr};
    plx_launch launch;
    plx_launch_run(argv, 5, &launch);
    EXPECT_EQ(launch.end, PLX_LAUNCH_NOT_STARTED);
    EXPECT_NE(std::string(launch.last).find("/nowhere/at-all: No such file"), std::string::npos);
    EXPECT_EQ(launch.out, nullptr);
}

TEST(Launch, AHangIsEndedWithItsWholeGroup)
{
    // deaf to TERM, and so is its child: only KILL on the group helps
    Shell shell("trap '' TERM; sleep 1000 & echo $!; wait; wait; sleep 1000", 0.3);
    EXPECT_EQ(shell.launch.end, PLX_LAUNCH_TOO_LONG);
    EXPECT_LT(shell.took_s, 15);
    EXPECT_TRUE(is_gone(static_cast<pid_t>(std::stol(shell.out()))));
}

TEST(Launch, SilentButAliveIsAHangToo)
{
    Shell shell("exec >&- 2>&-; sleep 1000", 0.3);
    EXPECT_EQ(shell.launch.end, PLX_LAUNCH_TOO_LONG);
    EXPECT_LT(shell.took_s, 15);
}

TEST(Launch, AGrandchildThatKeepsTheOutputDoesNotKeepUs)
{
    Shell shell("sleep 1000 & echo done", 60);
    EXPECT_EQ(shell.launch.end, PLX_LAUNCH_EXITED);
    EXPECT_EQ(shell.out(), "done\n");
    EXPECT_LT(shell.took_s, 20);
}

// A launcher that is asked twice drops everything: mpirun's ranks would outlive us.
TEST(Launch, WhoIsToEndIsAskedOnce)
{
    // the first, which has the lower number, takes a second to end, the other two
    char folder[] = "/tmp/plx-launch-XXXXXX";
    ASSERT_NE(mkdtemp(folder), nullptr);
    std::string script = "trap 'echo asked' TERM; cd " + std::string(folder) +
                         "; : >$$; sleep 0.2; i=0; [ $(ls | sort -n | head -n 1) = $$ ] && i=20; "
                         "while [ $i -lt 40 ]; do sleep 0.05; i=$((i + 1)); done";
    char sh[] = "sh", c[] = "-c", *argv[] = {sh, c, script.data(), nullptr};
    plx_launch_what what = {argv, nullptr};
    plx_launch launches[2];
    plx_launch_run_many(&what, 2, 0.5, launches);
    std::filesystem::remove_all(folder);
    for (plx_launch &launch : launches) {
        EXPECT_EQ(launch.end, PLX_LAUNCH_TOO_LONG);
        EXPECT_STREQ(launch.out ? launch.out : "asked\n", "asked\n");
        free(launch.out);
    }
}

TEST(Launch, ASignalToUsEndsTheLaunch)
{
    plx_interrupt interrupt;
    plx_interrupt_begin(&interrupt);
    std::thread later([] {
        usleep(200000);
        kill(getpid(), SIGTERM);
    });
    Shell shell("sleep 1000", 60);
    later.join();
    int number = plx_interrupt_signal();
    plx_interrupt_end(&interrupt);
    EXPECT_EQ(shell.launch.end, PLX_LAUNCH_INTERRUPTED);
    EXPECT_EQ(number, SIGTERM);
    EXPECT_LT(shell.took_s, 15);
}

TEST(Launch, StandardInputIsEmptyWhateverOursHolds)
{
    int ends[2], before = dup(STDIN_FILENO);
    ASSERT_EQ(pipe(ends), 0);
    ASSERT_EQ(write(ends[1], "typed\n", 6), 6);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    Shell shell("cat; echo end");
    dup2(before, STDIN_FILENO);
    close(before);
    EXPECT_EQ(shell.out(), "end\n");
}

TEST(Launch, SeveralAtOnceEachWithItsOwnOutput)
{
    char sh[] = "sh", c[] = "-c", script[] = "sleep 0.5; echo $$; echo parallax: $$ >&2; exit 3",
         *argv[] = {sh, c, script, nullptr};
    plx_launch launches[4];
    const plx_launch_what what = {argv, nullptr};
    plx_launch_run_many(&what, 4, 20, launches);
    std::set<std::string> pids;
    for (plx_launch &launch : launches) {
        EXPECT_EQ(launch.end, PLX_LAUNCH_EXITED);
        EXPECT_EQ(launch.code, 3);
        std::string out = launch.out ? launch.out : "";
        EXPECT_EQ("parallax: " + out, std::string(launch.last) + "\n");
        pids.insert(out);
        free(launch.out);
    }
    EXPECT_EQ(pids.size(), 4u);
}

TEST(Launch, OfSeveralThatHangNobodyIsLeft)
{
    char sh[] = "sh", c[] = "-c", script[] = "trap '' TERM; echo $$; while :; do sleep 1000; done",
         *argv[] = {sh, c, script, nullptr};
    plx_launch launches[3];
    const plx_launch_what what = {argv, nullptr};
    plx_launch_run_many(&what, 3, 0.3, launches);
    for (plx_launch &launch : launches) {
        EXPECT_EQ(launch.end, PLX_LAUNCH_TOO_LONG);
        EXPECT_TRUE(is_gone(static_cast<pid_t>(std::stol(launch.out ? launch.out : "0"))));
        free(launch.out);
    }
}

TEST(Launch, TheEnvironmentIsChangedAndOursIsNot)
{
    setenv("PLX_TEST_OLD", "old", 1);
    setenv("PLX_TEST_OLDER", "older", 1);
    setenv("PLX_TEST_GONE", "here", 1);
    char sh[] = "sh", c[] = "-c",
         script[] = "echo \"$PLX_TEST_OLD $PLX_TEST_OLDER ${PLX_TEST_GONE-gone} $PLX_TEST_NEW\"",
         *argv[] = {sh, c, script, nullptr};
    const char *changes[] = {"PLX_TEST_OLD=new", "PLX_TEST_GONE", "PLX_TEST_NEW=1", nullptr};
    const plx_launch_what what = {argv, changes};
    plx_launch launch;
    plx_launch_run_many(&what, 1, 20, &launch);
    EXPECT_STREQ(launch.out, "new older gone 1\n");
    EXPECT_STREQ(getenv("PLX_TEST_OLD"), "old");
    free(launch.out);
    for (const char *name : {"PLX_TEST_OLD", "PLX_TEST_OLDER", "PLX_TEST_GONE"})
        unsetenv(name);
}

TEST(Launch, ProcessorTimeIsThatOfAllItWaitedFor)
{
    Shell idle("sleep 0.2"), busy("i=0; (while [ $i -lt 100000 ]; do i=$((i+1)); done)");
    EXPECT_GE(idle.launch.cpu_s, 0);
    EXPECT_LT(idle.launch.cpu_s, 0.1);
    EXPECT_GT(busy.launch.cpu_s, 0.01);
}

}  // namespace
