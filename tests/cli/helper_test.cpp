// SPDX-License-Identifier: MIT
// The helper's commands: what they wrote, how they ended, what they see; limits, stops, shortages.
#include "helping.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

namespace {

using namespace helping;

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
        EXPECT_NE(status.find(std::string(set) + ":\t0000000000000000\n"), std::string::npos)
            << status;
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

bool stop_from_60_ms_on(void *begun)
{
    return since(*static_cast<clock_type::time_point *>(begun)) > 0.06;
}

TEST_F(Helper, WhoIsDeafToTermIsKilled)
{
    start("sh -c 'trap \"\" TERM; kill -STOP $$; while :; do sleep 0.05; done'");
    clock_type::time_point begun = clock_type::now();
    const told one = run("", {0.07, stop_from_60_ms_on, &begun}); // as one who is late is asked to
    EXPECT_TRUE(one.end.timed_out);
    EXPECT_EQ(one.end.signal, SIGKILL);
    EXPECT_GE(one.end.elapsed_s, 0.57);
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

}  // namespace
