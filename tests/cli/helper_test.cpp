// SPDX-License-Identifier: MIT
// The helper: what a command wrote and how it ended, limits, stops, and that nothing of it is left.
#include <gtest/gtest.h>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

extern "C" {
#include "cli/batch/helper.h"
}

namespace {

using clock_type = std::chrono::steady_clock;

double since(clock_type::time_point begun)
{
    return std::chrono::duration<double>(clock_type::now() - begun).count();
}

bool becomes(const std::function<bool()> &true_now, double seconds = 20)
{
    const auto begun = clock_type::now();
    while (!true_now()) {
        if (since(begun) > seconds)
            return false;
        poll(nullptr, 0, 2);
    }
    return true;
}

struct process {
    pid_t pid, parent;
    char state;
    std::string name, line;         // its arguments, each ended by a blank
};

std::vector<process> processes()
{
    std::vector<process> all;
    DIR *folder = opendir("/proc");
    for (dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        const std::string path = std::string("/proc/") + entry->d_name;
        std::ifstream file(path + "/stat"), arguments(path + "/cmdline");
        std::stringstream text, words;
        text << file.rdbuf();
        words << arguments.rdbuf();
        const std::string stat = text.str();
        const size_t open = stat.find('('), close = stat.rfind(')');
        if (!isdigit(entry->d_name[0]) || close == std::string::npos)
            continue;
        process one = {atoi(entry->d_name), atoi(stat.c_str() + close + 4), stat[close + 2],
                       stat.substr(open + 1, close - open - 1), words.str()};
        std::replace(one.line.begin(), one.line.end(), '\0', ' ');
        all.push_back(one);
    }
    closedir(folder);
    return all;
}

std::vector<pid_t> children_of(pid_t parent, const char *name = nullptr)
{
    std::vector<pid_t> pids;
    for (const process &one : processes())
        if (one.parent == parent && (!name || one.name == name))
            pids.push_back(one.pid);
    return pids;
}

std::set<pid_t> below(pid_t root)
{
    const std::vector<process> all = processes();
    std::set<pid_t> found = {root};
    for (size_t before = 0; before < found.size();) {
        before = found.size();
        for (const process &one : all)
            if (found.count(one.parent))
                found.insert(one.pid);
    }
    return found;
}

int with_argument(const std::string &mark)
{
    int n = 0;
    for (const process &one : processes())
        n += one.state != 'Z' && one.line.find("sleep " + mark + " ") == 0;
    return n;
}

// A length of sleep that no other process on this machine has.
std::string mark()
{
    static int count;
    return std::to_string(3000 + ++count) + "." + std::to_string(getpid());
}

size_t open_files(pid_t pid)
{
    size_t n = 0;
    DIR *folder = opendir(("/proc/" + std::to_string(pid) + "/fd").c_str());
    for (dirent *entry = readdir(folder); entry; entry = readdir(folder))
        n += entry->d_name[0] != '.';
    closedir(folder);
    return n;
}

struct told {
    bool known = false;
    plx_helper_end end;
    std::string text[2];
};

struct limits {
    double timeout_s = 0;
    bool (*stopped)(void *) = nullptr;
    void *user = nullptr;
};

told ask(plx_helper *helper, uint64_t index, const std::string &item, limits limit = {},
         void *out = nullptr)
{
    told told;
    plx_helper_ask ask = {};
    ask.index = index;
    ask.item = item.data();
    ask.size = item.size();
    ask.timeout_s = limit.timeout_s;
    ask.stopped = limit.stopped;
    ask.user = limit.user;
    ask.out = out;
    told.known = plx_helper_run(helper, &ask, &told.end);
    for (int i = 0; i < 2; i++)
        if (told.end.file[i] >= 0) {
            told.text[i].resize(told.end.output[i]);
            ssize_t got = pread(told.end.file[i], &told.text[i][0], told.text[i].size(), 0);
            EXPECT_EQ(got, static_cast<ssize_t>(told.text[i].size()));
            close(told.end.file[i]);
        }
    return told;
}

class Helper : public testing::Test {
protected:
    void SetUp() override { signal(SIGPIPE, SIG_DFL); }
    void TearDown() override { stop(); }

    void start(const std::string &command, int channels = 1, bool shell = false)
    {
        const char *why = nullptr;
        stop();
        words = plx_words_read(command.c_str(), shell, &why);
        ASSERT_NE(words, nullptr) << why;
        plx_helper_how how = {};
        how.channels = channels;
        how.words = words;
        ASSERT_EQ(plx_helper_start(&helper, &how), 0);
    }
    void stop()
    {
        plx_helper_stop(helper);
        plx_words_free(words);
        helper = nullptr;
        words = nullptr;
    }
    told run(const std::string &item, limits limit = {}) { return ask(helper, 0, item, limit); }
    static pid_t one_below(pid_t parent) // it may not be there yet
    {
        std::vector<pid_t> pids;
        becomes([&] { return !(pids = children_of(parent, "parallax-help")).empty(); });
        return pids.at(0);
    }
    pid_t first() const { return one_below(getpid()); }
    pid_t lane() const { return one_below(first()); }

    plx_helper *helper = nullptr;
    plx_words *words = nullptr;
};

TEST_F(Helper, OutputsAreWholeAndApart)
{
    start("sh -c 'echo out $1; echo err $1 >&2' sh {}");
    told both = run("a b");
    EXPECT_TRUE(both.known);
    EXPECT_FALSE(both.end.failed) << both.end.why;
    EXPECT_EQ(both.text[0], "out a b\n");
    EXPECT_EQ(both.text[1], "err a b\n");
    start("sh -c 'echo $1 >&2' sh {}");
    for (const char *item : {"one", "longer than one", "x"}) {
        told one = run(item);
        EXPECT_EQ(one.end.file[0], -1);
        EXPECT_EQ(one.text[0], "");
        EXPECT_EQ(one.text[1], item + std::string("\n"));
    }
    start("sh -c 'echo long; echo b > /dev/stdout; echo c'"); // which opens it anew, and cuts it
    EXPECT_EQ(run("").text[0], "b\nc\n");
}

TEST_F(Helper, SaysHowACommandEnded)
{
    start("sh -c 'exit $1' sh {}");
    for (int code : {0, 3, 255}) {
        told one = run(std::to_string(code));
        EXPECT_EQ(one.end.code, code);
        EXPECT_EQ(one.end.signal, 0);
        EXPECT_EQ(one.end.failed, code != 0);
        EXPECT_EQ(std::string(one.end.why), code ? "exit code " + std::to_string(code) : "");
    }
    start("sh -c 'kill -$1 $$' sh {}");
    for (int number : {SIGKILL, SIGTERM, SIGSEGV}) {
        told one = run(std::to_string(number));
        EXPECT_EQ(one.end.code, 128 + number);
        EXPECT_EQ(one.end.signal, number);
        EXPECT_TRUE(one.end.failed);
        EXPECT_FALSE(one.end.timed_out);
        EXPECT_EQ(std::string(one.end.why),
                  "signal " + std::to_string(number) + " (" + strsignal(number) + ")");
    }
}

TEST_F(Helper, WhatCannotBeStartedEndsAsInAShell)
{
    char folder[] = "/tmp/plx_helper_XXXXXX";
    ASSERT_NE(mkdtemp(folder), nullptr);
    const std::string inside = folder + std::string("/"), script = inside + "script";
    std::ofstream(script) << "echo by sh \"$1\"\n";
    start("{} 'an argument'");
    EXPECT_EQ(run("no_such_program_here").end.code, 127);
    EXPECT_EQ(std::string(run("no_such_program_here").end.why), "no_such_program_here: not found");
    EXPECT_EQ(run(inside + "missing").end.code, 127);
    EXPECT_EQ(run(script).end.code, 126);
    EXPECT_EQ(run(folder).end.code, 126);
    chmod(script.c_str(), 0755);
    EXPECT_EQ(run(script).text[0], "by sh an argument\n");
    EXPECT_EQ(run("echo").text[0], "an argument\n");

    // A fixed one is found in the first place, then in the second; then nowhere.
    const std::string old_path = getenv("PATH"), a = inside + "a", b = inside + "b";
    for (const std::string &place : {a, b}) {
        mkdir(place.c_str(), 0755);
        std::ofstream(place + "/tool") << "#!/bin/sh\necho " + place + "\n";
        chmod((place + "/tool").c_str(), 0755);
    }
    setenv("PATH", (a + ":" + b + ":" + old_path).c_str(), 1);
    start("tool");
    setenv("PATH", old_path.c_str(), 1);
    EXPECT_EQ(run("").text[0], a + "\n");
    unlink((a + "/tool").c_str());
    EXPECT_EQ(run("").text[0], b + "\n");
    unlink((b + "/tool").c_str());
    EXPECT_EQ(run("").end.code, 127);
    stop();
    EXPECT_EQ(system(("rm -r " + std::string(folder)).c_str()), 0);
}

TEST_F(Helper, ACommandGetsAPlainWorld)
{
    sigset_t usr;
    sigemptyset(&usr);
    sigaddset(&usr, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr, nullptr);
    for (int number : {SIGINT, SIGQUIT, SIGCHLD})
        signal(number, SIG_IGN);
    const int open_here = open("/dev/null", O_RDONLY); // not close-on-exec
    start("cat /proc/self/status");
    const std::string status = run("/dev/stdin").text[0];
    for (const char *set : {"SigBlk", "SigIgn", "SigCgt"})
        EXPECT_NE(status.find(std::string(set) + ":\t0000000000000000\n"), std::string::npos) << status;
    start("sh -c 'ls /proc/self/fd; readlink /proc/self/fd/0; "
          "test $(cut -d\\  -f5 /proc/$$/stat) = $$ && echo leads'");
    EXPECT_EQ(run("").text[0], "0\n1\n2\n3\n/dev/null\nleads\n");
    stop();
    close(open_here);
    for (int number : {SIGINT, SIGQUIT, SIGCHLD})
        signal(number, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &usr, nullptr);
}

TEST_F(Helper, LongOutputsAndLongArguments)
{
    start("head -c {} /dev/zero");
    plx_helper_ask ask = {};
    plx_helper_end end;
    ask.item = "100000000";
    ask.size = 9;
    ASSERT_TRUE(plx_helper_run(helper, &ask, &end));
    struct stat about;
    ASSERT_EQ(fstat(end.file[0], &about), 0);
    EXPECT_EQ(about.st_size, 100000000);
    EXPECT_EQ(about.st_nlink, 0u); // nothing to be left behind
    EXPECT_EQ(end.output[0], 100000000u);
    close(end.file[0]);
    start("printf %s {}");
    for (size_t size : {size_t{1}, size_t{65536}, size_t{131071}}) {
        const std::string item(size, 'x');
        EXPECT_EQ(run(item).text[0], item);
    }
}

// In sh: until the last one that was started has a group of its own.
const std::string away_it_is = "while test $(cut -d\\  -f5 /proc/$!/stat) != $!; do :; done";

TEST_F(Helper, WhoIsLeftBehindWritesIntoNoOthersOutput)
{
    start("sh -c 'if test $1 = 0; then setsid sh -c \"sleep 0.2; echo late; echo late >&2\" & " +
          away_it_is + "; else sleep 0.5; echo mine; fi' sh {}");
    EXPECT_EQ(run("0").text[0], "");
    const told one = run("1");
    EXPECT_EQ(one.text[0], "mine\n");
    EXPECT_EQ(one.text[1], "");
}

TEST_F(Helper, LimitsAreKept)
{
    const int rounds = 10, at_once = 4;
    start("sleep {}", at_once);
    std::vector<double> late(rounds * at_once);
    std::vector<std::thread> threads;
    for (int t = 0; t < at_once; t++)
        threads.emplace_back([&, t] {
            for (int round = 0; round < rounds; round++) {
                const auto begun = clock_type::now();
                const told one = run("10", {0.2});
                late[static_cast<size_t>(t * rounds + round)] = since(begun) - 0.2;
                EXPECT_TRUE(one.end.timed_out && one.end.failed);
                EXPECT_EQ(one.end.signal, SIGTERM);
                EXPECT_GE(one.end.elapsed_s, 0.2);
            }
        });
    for (std::thread &thread : threads)
        thread.join();
    std::sort(late.begin(), late.end());
    const double median = late[late.size() / 2];
    printf("40 time-outs of 0.2 s: median %.2f ms late, last %.2f ms\n", median * 1e3,
           late.back() * 1e3);
    EXPECT_LT(median, 0.5);
    EXPECT_GE(late[0], 0);
}

TEST_F(Helper, WhoIsDeafToTermIsKilled)
{
    start("sh -c 'trap \"\" TERM; kill -STOP $$; while :; do sleep 0.05; done'");
    const told one = run("", {0.1});
    EXPECT_TRUE(one.end.timed_out);
    EXPECT_EQ(one.end.signal, SIGKILL);
    EXPECT_GE(one.end.elapsed_s, 0.6);
    EXPECT_EQ(std::string(one.end.why).find("timed out after 0."), 0u) << one.end.why;
    start("sh -c 'trap \"echo cleaned; exit 5\" TERM; kill -STOP $$; sleep 100 & wait'");
    const told clean = run("", {0.3});
    EXPECT_EQ(clean.text[0], "cleaned\n");
    EXPECT_EQ(clean.end.code, 5);
    EXPECT_EQ(clean.end.signal, 0);
    EXPECT_TRUE(clean.end.timed_out && clean.end.failed);
}

TEST_F(Helper, NothingOfAGroupIsLeft)
{
    const std::string late = mark(), left = mark();
    start("sh -c 'sleep " + late + " & sleep " + late + "'");
    EXPECT_TRUE(run("", {0.3}).end.timed_out);
    EXPECT_TRUE(becomes([&] { return with_argument(late) == 0; }));
    start("sh -c 'sleep " + left + " & exit 0'");
    EXPECT_FALSE(run("").end.failed);
    EXPECT_TRUE(becomes([&] { return with_argument(left) == 0; }));
}

TEST_F(Helper, WhatLeftItsGroupEndsWithTheHelper)
{
    const std::string away = mark();
    start("sh -c 'setsid sleep $1 & " + away_it_is + "' sh {}");
    run(away);
    EXPECT_TRUE(becomes([&] { return with_argument(away) == 1; }));
    run(away); // and it is let be
    EXPECT_TRUE(becomes([&] { return with_argument(away) == 2; }));
    stop();
    EXPECT_EQ(with_argument(away), 0);
}

bool stop_now(void *)
{
    return true;
}

bool stop_when(void *mark)
{
    return with_argument(*static_cast<std::string *>(mark)) > 0;
}

TEST_F(Helper, AStopEndsWhatRuns)
{
    std::string soft = mark(), hard = mark();
    start("sleep {}");
    const told one = run(soft, {0, stop_when, &soft});
    EXPECT_TRUE(one.known && one.end.stopped && one.end.failed);
    EXPECT_EQ(one.end.signal, SIGTERM);
    EXPECT_FALSE(one.end.timed_out);
    start("sh -c 'trap \"\" TERM; sleep " + hard + "'");
    const told other = run("", {0, stop_when, &hard});
    EXPECT_TRUE(other.end.stopped);
    EXPECT_EQ(other.end.signal, SIGKILL);
    EXPECT_EQ(with_argument(hard), 0);
}

TEST_F(Helper, AStopThatComesLateMeansNothing)
{
    start("sleep {}");
    int ended = 0;
    for (int i = 0; i < 30; i++) { // after 10 ms a worker first looks up
        const std::string about_10_ms = std::to_string(0.004 + 0.0005 * i);
        told asked = run(about_10_ms, {0, stop_now, nullptr}), next = run("0.001");
        EXPECT_TRUE(asked.known && next.known);
        EXPECT_FALSE(next.end.stopped || next.end.failed) << next.end.why;
        ended += asked.end.stopped;
    }
    printf("%d of 30 were stopped\n", ended);
}

TEST_F(Helper, MoreThreadsThanChannels)
{
    const int each = 40;
    start("printf %s {#}", 3);
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; t++)
        threads.emplace_back([&, t] {
            for (int i = t * each; i < (t + 1) * each; i++)
                good += ask(helper, static_cast<uint64_t>(i), "x").text[0] == std::to_string(i + 1);
        });
    for (std::thread &thread : threads)
        thread.join();
    EXPECT_EQ(good, 8 * each);
}

TEST_F(Helper, KeepsNoFileAndNoZombie)
{
    start("sh -c 'test $1 -lt 100 || echo $1' sh {}");
    run("0");
    const pid_t own = lane();
    const size_t here = open_files(getpid()), there = open_files(own);
    for (int i = 0; i < 700; i++) // with and without output, and those that cannot be started
        EXPECT_TRUE(run(std::to_string(i % 200)).known);
    run("0");
    EXPECT_EQ(open_files(getpid()), here);
    EXPECT_EQ(open_files(own), there);
    EXPECT_EQ(children_of(own).size(), 0u);
    start("no_such_program_here");
    run("0");
    const size_t failing = open_files(lane());
    for (int i = 0; i < 300; i++)
        EXPECT_EQ(run("0").end.code, 127);
    EXPECT_EQ(open_files(lane()), failing);
    EXPECT_TRUE(becomes([&] { return children_of(lane()).empty(); }));
}

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
    static bool are_gone(const std::set<pid_t> &pids)
    {
        const auto begun = clock_type::now();
        const bool gone = becomes([&] {
            while (waitpid(-1, nullptr, WNOHANG) > 0) {
            }
            for (const process &one : processes())
                if (pids.count(one.pid))
                    return false;
            return true;
        });
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
    std::set<pid_t> all = below(gone);
    EXPECT_EQ(run("a").text[0], "a\n");
    kill(gone, SIGKILL);
    EXPECT_TRUE(becomes([&] { return children_of(gone).empty(); }));
    EXPECT_EQ(run("b").text[0], "b\n");
    stop();
    EXPECT_TRUE(are_gone(all));
}

TEST_F(Helper, WhereDescriptorsAreShortItWaits)
{
    start("echo {}");
    EXPECT_EQ(run("a").text[0], "a\n");
    const rlimit none = {3, 4096}, many = {1024, 4096};
    const pid_t own = lane();
    ASSERT_EQ(prlimit(own, RLIMIT_NOFILE, &none, nullptr), 0);
    std::thread later([&] {
        poll(nullptr, 0, 300);
        prlimit(own, RLIMIT_NOFILE, &many, nullptr);
    });
    const auto begun = clock_type::now();
    EXPECT_EQ(run("b").text[0], "b\n");
    EXPECT_GE(since(begun), 0.25);
    later.join();
    ASSERT_EQ(prlimit(own, RLIMIT_NOFILE, &none, nullptr), 0);
    told stopped = run("c", {0, stop_now, nullptr}), failed = run("d");
    EXPECT_TRUE(stopped.end.stopped);
    EXPECT_EQ(failed.end.code, 126);
    EXPECT_NE(std::string(failed.end.why).find(strerror(EMFILE)), std::string::npos)
        << failed.end.why;
}

TEST_F(Helper, TheFolderForOutputs)
{
    char folder[] = "/tmp/plx_helper_XXXXXX";
    ASSERT_NE(mkdtemp(folder), nullptr);
    const char *old = getenv("TMPDIR");
    const std::string before = old ? old : "";
    setenv("TMPDIR", folder, 1);
    start("sh -c 'echo a; readlink /proc/$$/fd/1'");
    EXPECT_EQ(run("").text[0].find("a\n" + std::string(folder)), 0u);
    rmdir(folder);
    const told gone = run("");
    EXPECT_EQ(gone.end.code, 126);
    EXPECT_NE(std::string(gone.end.why).find(folder), std::string::npos) << gone.end.why;
    plx_helper_how how = {};
    plx_helper *none = nullptr;
    how.channels = 1;
    how.words = words;
    testing::internal::CaptureStderr();
    EXPECT_EQ(plx_helper_start(&none, &how), 73);
    EXPECT_EQ(testing::internal::GetCapturedStderr().find("parallax: TMPDIR '"), 0u);
    EXPECT_EQ(none, nullptr);
    if (old)
        setenv("TMPDIR", before.c_str(), 1);
    else
        unsetenv("TMPDIR");
}

// ---- kernels in processes of their own ----

struct odd_out {
    uint64_t index, item, scratch, shared;
};

enum { REFUSE_N = 1, CRASH_N = 2 };

int prepare_odd(size_t n, const void *, void **shared, const char **why)
{
    static uint64_t made = 77;
    *shared = &made;
    *why = "n may not be 1";
    if (n == CRASH_N)
        raise(SIGKILL);
    return n == REFUSE_N;
}

size_t scratch_of_odd(size_t, const void *)
{
    return 8;
}

void map_odd(const plx_block *block)
{
    const uint64_t item = *static_cast<const uint64_t *>(block->in);
    uint64_t *scratch = static_cast<uint64_t *>(block->scratch);
    auto *out = static_cast<odd_out *>(block->out);
    *out = {block->lo, item, *scratch, *static_cast<const uint64_t *>(block->shared)};
    ++*scratch;
    EXPECT_EQ(block->hi, block->lo + 1);
    EXPECT_EQ(plx_resource(block), nullptr);
    switch (item) {
    case 1: plx_fail(block, block->lo, 42, "it is one"); break;
    case 2: raise(SIGSEGV); break;
    case 3: exit(3);
    case 4: while (!plx_stopped(block)) { } break;
    case 5: signal(SIGTERM, SIG_IGN); for (;;) pause();
    case 6: printf("printed\n"); fprintf(stderr, "said\n"); break;
    case 7: exit(0);
    case 11: fork(); for (;;) pause();
    case 8: *static_cast<uint64_t *>(const_cast<void *>(block->ctx)) = 1; break;
    case 9: out->shared = *static_cast<const uint64_t *>(block->ctx); break;
    }
}

void map_length(const plx_block *block)
{
    *static_cast<uint64_t *>(block->out) = block->at[1] - block->at[0];
}

class HelperKernel : public testing::Test {
protected:
    void start(size_t n)
    {
        kernel.size = sizeof kernel;
        kernel.name = "odd";
        kernel.in_size = 8;
        kernel.out_size = sizeof(odd_out);
        kernel.ctx_size = 8;
        kernel.prepare = prepare_odd;
        kernel.scratch_size = scratch_of_odd;
        kernel.map = map_odd;
        start_it(n);
    }
    void start_it(size_t n)
    {
        plx_helper_how how = {};
        how.channels = 2;
        how.kernel = &kernel;
        how.ctx = &ctx;
        how.n = n;
        ASSERT_EQ(plx_helper_start(&helper, &how), 0);
    }
    void TearDown() override { plx_helper_stop(helper); }
    told run(uint64_t item, limits limit = {})
    {
        out = {9, 9, 9, 9};
        return ask(helper, 5, std::string(reinterpret_cast<char *>(&item), 8), limit, &out);
    }
    plx_kernel kernel = {};
    uint64_t ctx = 11;
    odd_out out = {};
    plx_helper *helper = nullptr;
};

TEST_F(HelperKernel, EachItemIsOnItsOwn)
{
    start(100);
    EXPECT_EQ(plx_helper_refused(helper), nullptr);
    for (uint64_t item : {10, 8, 9, 10}) { // 8 writes over what is read only: its own copy
        const told one = run(item);
        EXPECT_TRUE(one.known);
        EXPECT_FALSE(one.end.failed) << one.end.why;
        EXPECT_EQ(out.index, 5u);
        EXPECT_EQ(out.item, item);
        EXPECT_EQ(out.scratch, 0u);
        EXPECT_EQ(out.shared, item == 9 ? 11u : 77u);
    }
    const told said = run(6);
    EXPECT_EQ(said.text[0], "printed\n");
    EXPECT_EQ(said.text[1], "said\n");
}

TEST_F(HelperKernel, WhateverItDoesCostsOneItem)
{
    start(100);
    const struct {
        uint64_t item;
        int code, signal;
        const char *why;
    } rows[] = {
        {1, 42, 0, "it is one"},
        {2, 128 + SIGSEGV, SIGSEGV, "signal 11 (Segmentation fault)"},
        {3, 3, 0, "ended the process with exit code 3"},
        {7, 0, 0, "ended the process with exit code 0"},
    };
    for (const auto &row : rows) {
        const told one = run(row.item);
        EXPECT_TRUE(one.known && one.end.failed);
        EXPECT_EQ(one.end.code, row.code);
        EXPECT_EQ(one.end.signal, row.signal);
        EXPECT_EQ(std::string(one.end.why), row.why);
        EXPECT_EQ(out.index, 9u); // nothing of it is taken over
        EXPECT_FALSE(run(10).end.failed);
    }
}

TEST_F(HelperKernel, EndlessOnesEnd)
{
    start(100);
    const told heard = run(4, {0.2}), deaf = run(5, {0.1}), stopped = run(4, {0, stop_now, nullptr});
    EXPECT_TRUE(heard.end.timed_out && heard.end.failed);
    EXPECT_EQ(heard.end.signal, 0);
    EXPECT_TRUE(deaf.end.timed_out);
    EXPECT_EQ(deaf.end.signal, SIGKILL);
    EXPECT_TRUE(stopped.end.stopped);
    EXPECT_EQ(stopped.end.signal, 0);
    EXPECT_FALSE(run(10).end.failed);
}

TEST_F(HelperKernel, WhatItStartedHoldsNothingUp)
{
    start(100);
    EXPECT_EQ(plx_helper_refused(helper), nullptr);
    std::thread killer([] {
        std::set<pid_t> all;
        const pid_t first = children_of(getpid(), "parallax-help").at(0);
        ASSERT_TRUE(becomes([&] { return (all = below(first)).size() == 5; }));
        std::vector<pid_t> lanes = children_of(first);
        kill(first, SIGKILL);
        for (pid_t lane : lanes)
            kill(lane, SIGKILL);
    });
    EXPECT_FALSE(run(11).known);
    killer.join();
}

TEST_F(HelperKernel, ItemsThatDifferInLength)
{
    kernel.size = sizeof kernel;
    kernel.in_size = PLX_VARIES;
    kernel.out_size = 8;
    kernel.map = map_length;
    start_it(0);
    EXPECT_EQ(plx_helper_refused(helper), nullptr);
    for (size_t size : {size_t{0}, size_t{7}, size_t{300000}}) {
        uint64_t length = 9;
        EXPECT_FALSE(ask(helper, 0, std::string(size, 'x'), {}, &length).end.failed);
        EXPECT_EQ(length, size);
    }
}

TEST_F(HelperKernel, ARefusalIsTold)
{
    start(REFUSE_N);
    EXPECT_STREQ(plx_helper_refused(helper), "n may not be 1");
    EXPECT_FALSE(run(10).known);
}

TEST_F(HelperKernel, PreparingThatDiesIsTold)
{
    start(CRASH_N);
    EXPECT_STREQ(plx_helper_refused(helper), "preparing it ended the process");
    EXPECT_FALSE(run(10).known);
}

}  // namespace
