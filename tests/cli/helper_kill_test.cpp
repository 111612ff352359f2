// SPDX-License-Identifier: MIT
// The tool or a process of the helper's is killed: the others notice, and nothing of it is left.
#include "helping.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <atomic>
#include <thread>

namespace {

using namespace helping;

// Whose parents end become this process's, which reaps them: so what is left at all is seen.
class HelperKilled : public Helper {
protected:
    void SetUp() override
    {
        Helper::SetUp();
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        sleeps = mark();
    }
    void TearDown() override
    {
        Helper::TearDown();
        prctl(PR_SET_CHILD_SUBREAPER, 0);
    }
    void start_sleeps(int channels, const std::string &how = "")
    {
        start("sh -c 'sleep " + sleeps + " & " + how + " sh -c \"sleep " + sleeps +
                  "; :\" & sleep " + sleeps + "'", channels);
    }
    bool sleeping() const { return with_argument(sleeps) == 3; }
    // These, and whoever else was left: a zombie would be taken for a helper by who looks for one.
    static bool are_gone(const std::set<pid_t> &pids)
    {
        const auto begun = clock_type::now();
        const bool gone = becomes([&] {
            pid_t ended;
            while ((ended = waitpid(-1, nullptr, WNOHANG)) > 0) {
            }
            if (ended == 0)
                return false;
            for (const process &one : processes())
                if (pids.count(one.pid))
                    return false;
            return true;
        });
        for (const pid_t pid : pids)
            if (!gone)
                kill(pid, SIGKILL);
        printf("%zu processes gone after %.1f ms\n", pids.size(), since(begun) * 1e3);
        return gone;
    }
    std::string sleeps;
};

TEST_F(HelperKilled, TheTool)
{
    const pid_t tool = fork();
    if (tool == 0) {
        start_sleeps(2, "setsid");
        run("");
        _exit(0);
    }
    ASSERT_TRUE(becomes([&] { return sleeping(); }));
    std::set<pid_t> all = below(tool);
    EXPECT_GE(all.size(), 8u); // with three of the helper's, a shell and the sleeps
    kill(tool, SIGKILL);
    EXPECT_TRUE(are_gone(all));
}

// What a rank does not hear at once: its helper ends what runs, and the rank by a TERM.
TEST_F(HelperKilled, TheLauncher)
{
    const pid_t launcher = fork();
    if (launcher == 0) {
        if (fork() == 0) {
            signal(SIGTERM, SIG_DFL); // plx_cli_error_wait() in an earlier test ignores it
            launched = true;
            start_sleeps(2, "setsid");
            run("");
        }
        for (;;)
            pause();
    }
    ASSERT_TRUE(becomes([&] { return sleeping(); }));
    const std::set<pid_t> all = below(launcher);
    EXPECT_GE(all.size(), 9u);
    kill(launcher, SIGKILL);
    EXPECT_TRUE(are_gone(all));
}

// At least what they started themselves ends with them.
TEST_F(HelperKilled, TheToolAndTheHelperAtOnce)
{
    const pid_t tool = fork();
    if (tool == 0) {
        start("sleep {}", 2);
        run(sleeps);
        _exit(0);
    }
    ASSERT_TRUE(becomes([&] { return with_argument(sleeps) == 1; }));
    const std::set<pid_t> all = below(tool);
    for (const process &one : processes())
        if (all.count(one.pid) && one.name != "sleep")
            kill(one.pid, SIGSTOP); // so that none of them can act
    for (const process &one : processes())
        if (all.count(one.pid) && one.name != "sleep")
            kill(one.pid, SIGKILL);
    EXPECT_TRUE(are_gone(all));
}

TEST_F(HelperKilled, TheProcessThatHasTheChannel)
{
    start_sleeps(1, "setsid");
    const pid_t own = lane();
    std::set<pid_t> all;
    std::thread killer([&] {
        EXPECT_TRUE(becomes([&] { return sleeping(); }));
        all = below(first());
        kill(own, SIGKILL);
    });
    EXPECT_FALSE(run("").known);
    killer.join();
    EXPECT_FALSE(run("").known);
    EXPECT_TRUE(are_gone(all));
}

TEST_F(HelperKilled, AllOfTheHelper)
{
    start_sleeps(1);
    const pid_t other = first(), own = lane();
    std::set<pid_t> all;
    std::thread killer([&] {
        EXPECT_TRUE(becomes([&] { return sleeping(); }));
        all = below(other);
        kill(other, SIGKILL);
        kill(own, SIGKILL);
    });
    EXPECT_FALSE(run("").known);
    killer.join();
    EXPECT_TRUE(are_gone(all));
}

bool is_set(void *flag)
{
    return *static_cast<std::atomic<bool> *>(flag);
}

TEST_F(HelperKilled, OneChannelIsNotHeldOpenByAnother)
{
    std::atomic<bool> over{false};
    std::atomic<int> unknown{0};
    start("sleep {}", 2);
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; t++)
        threads.emplace_back([&] { unknown += !run(sleeps, {0, is_set, &over}).known; });
    EXPECT_TRUE(becomes([&] { return with_argument(sleeps) == 2; }));
    const std::set<pid_t> all = below(first());
    const std::vector<pid_t> lanes = children_of(first(), "parallax-help");
    kill(first(), SIGKILL);
    kill(*std::max_element(lanes.begin(), lanes.end()), SIGKILL);
    EXPECT_TRUE(becomes([&] { return unknown == 1; }));
    over = true;
    for (std::thread &thread : threads)
        thread.join();
    EXPECT_EQ(unknown, 1);
    stop();
    EXPECT_TRUE(are_gone(all));
}

TEST_F(HelperKilled, ItsFirstProcessWhichIsNotNeeded)
{
    start("echo {}", 2);
    const pid_t gone = first();
    ASSERT_TRUE(becomes([&] { return children_of(gone, "parallax-help").size() == 2; }));
    const std::set<pid_t> all = below(gone);
    EXPECT_EQ(run("a").text[0], "a\n");
    kill(gone, SIGKILL);
    EXPECT_TRUE(becomes([&] { return children_of(gone).empty(); }));
    EXPECT_EQ(run("b").text[0], "b\n");
    stop();
    EXPECT_TRUE(are_gone(all));
}

}  // namespace
