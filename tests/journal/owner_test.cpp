/* SPDX-License-Identifier: MIT */
/* Who owns a journal: one of any takers, and the next one as soon as the last is gone. */
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "inside.h"
#include "oracle.h"
#include "writing.hpp"

extern "C" {
#include "journal/owner.h"
}

namespace fs = std::filesystem;
using oracle::Folder;

namespace {

struct Take {
    plx_owner *owner = nullptr;
    plx_status status;
    std::string why;
    explicit Take(const std::string &folder, bool take_over = false)
    {
        char text[PLX_JOURNAL_WHY] = "";
        status = plx_owner_take(&owner, folder.c_str(), take_over, text);
        why = text;
        EXPECT_EQ(owner != nullptr, status == PLX_OK);
    }
    ~Take() { plx_owner_give(owner); }
    Take(const Take &) = delete;
};

std::set<std::string> names(const std::string &folder)
{
    std::set<std::string> found;
    for (const auto &file : fs::directory_iterator(folder))
        found.insert(file.path().filename());
    return found;
}

/* A process that does this and then waits to be ended, as it was when this returned. */
class Child {
public:
    pid_t pid;
    explicit Child(const std::function<bool()> &work)
    {
        int ends[2];
        EXPECT_EQ(pipe(ends), 0);
        pid = fork();
        if (pid == 0) {
            const char well = work() ? 'y' : 'n';
            if (write(ends[1], &well, 1) == 1)
                pause();
            _exit(0);
        }
        char well = 0;
        EXPECT_EQ(read(ends[0], &well, 1), 1);
        EXPECT_EQ(well, 'y');
        close(ends[0]);
        close(ends[1]);
    }
    void end(bool reap = true)
    {
        kill(pid, SIGKILL);
        siginfo_t info;
        waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | (reap ? 0 : WNOWAIT));
        if (reap)
            pid = -1;
    }
    ~Child()
    {
        if (pid > 0)
            end();
    }
    Child(const Child &) = delete;
};

/* Taken and never given back. */
bool take_for_ever(const std::string &folder)
{
    plx_owner *owner;
    char why[PLX_JOURNAL_WHY];
    return plx_owner_take(&owner, folder.c_str(), false, why) == PLX_OK;
}

plx_owner_file self()
{
    plx_owner_file file;
    plx_owner_file_self(&file, true);
    return file;
}

void save(const Folder &folder, const std::string &name, const plx_owner_file &file)
{
    char text[512];
    folder.save(name, std::string(text, plx_owner_file_text(&file, text)));
}

void age(const Folder &folder, const std::string &name, double seconds)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec -= static_cast<time_t>(seconds);
    const struct timespec times[2] = {now, now};
    ASSERT_EQ(utimensat(AT_FDCWD, (folder.path + "/" + name).c_str(), times, 0), 0);
}

bool holds(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

TEST(Owner, OneAtATime)
{
    Folder folder;
    {
        Take first(folder.path);
        ASSERT_EQ(first.status, PLX_OK) << first.why;
        EXPECT_EQ(names(folder.path), std::set<std::string>{"owner.1"});
        Take second(folder.path);
        EXPECT_EQ(second.status, PLX_TIMED_OUT);
        EXPECT_EQ(second.why, folder.path + ": in use by process " + std::to_string(getpid()) +
                                  " of this host");
        EXPECT_EQ(Take(folder.path, true).status, PLX_TIMED_OUT); /* it lives */
        EXPECT_TRUE(plx_owner_holds(first.owner));
    }
    Take third(folder.path);
    EXPECT_EQ(third.status, PLX_OK) << third.why;
    EXPECT_EQ(names(folder.path), std::set<std::string>{"owner.2"});
}

TEST(Owner, MakesTheFolder)
{
    Folder folder;
    for (const std::string name : {"/j", "/k/", "/l//"}) {
        Take take(folder.path + name);
        EXPECT_EQ(take.status, PLX_OK) << take.why;
        EXPECT_TRUE(fs::exists(folder.path + name + "/owner.1"));
    }
    Take orphan(folder.path + "/none/j");
    EXPECT_EQ(orphan.status, PLX_BAD_JOB);
    EXPECT_TRUE(holds(orphan.why, folder.path + "/none/j: ")) << orphan.why;
    folder.save("file", "");
    Take file(folder.path + "/file");
    EXPECT_EQ(file.status, PLX_NO_INPUT);
    EXPECT_TRUE(holds(file.why, "/file: no folder")) << file.why;
    EXPECT_EQ(Take(folder.path + "/file/j").status, PLX_BAD_JOB);
    EXPECT_EQ(Take("").status, PLX_BAD_JOB);
}

TEST(Owner, ADeadOneIsFollowedAtOnce)
{
    Folder folder;
    Child child([&] { return take_for_ever(folder.path); });
    EXPECT_TRUE(holds(Take(folder.path).why, "process " + std::to_string(child.pid)));
    EXPECT_EQ(Take(folder.path, true).status, PLX_TIMED_OUT);
    child.end(false); /* a zombie has a pid, and writes no more */
    EXPECT_EQ(Take(folder.path).status, PLX_OK);
    child.end();
    EXPECT_EQ(Take(folder.path).status, PLX_OK);
    EXPECT_EQ(names(folder.path), std::set<std::string>{"owner.3"});
}

TEST(Owner, APidThatIsUsedAgainIsAnother)
{
    Folder folder;
    Child child([] { return true; });
    plx_owner_file file = self();
    file.who.pid = child.pid;
    file.who.start += 1000000; /* it started at another time than this */
    save(folder, "owner.7", file);
    Take take(folder.path);
    EXPECT_EQ(take.status, PLX_OK) << take.why;
    EXPECT_EQ(names(folder.path), std::set<std::string>{"owner.8"});
}

/* One on another host, since another boot, in another container: only its lease says anything. */
TEST(Owner, ALeaseOfElsewhere)
{
    plx_owner_file host = self(), boot = self(), pids = self();
    strcpy(host.who.host, "elsewhere");
    boot.who.boot[0] ^= 1;
    strcpy(pids.pids, "pid:[1]");
    for (const auto &file : {host, boot, pids}) {
        Folder folder;
        save(folder, "owner.3", file);
        Take fresh(folder.path);
        EXPECT_EQ(fresh.status, PLX_TIMED_OUT);
        EXPECT_TRUE(holds(fresh.why, "of host " + std::string(file.who.host) + ", for "))
            << fresh.why;
        age(folder, "owner.3", 50);
        Take later(folder.path);
        EXPECT_EQ(later.status, PLX_TIMED_OUT);
        EXPECT_TRUE(holds(later.why, " 10 s more") || holds(later.why, " 9 s more")) << later.why;
        EXPECT_EQ(names(folder.path), std::set<std::string>{"owner.3"});
        age(folder, "owner.3", -3600);
        EXPECT_EQ(Take(folder.path).status, PLX_TIMED_OUT);
        age(folder, "owner.3", 61);
        EXPECT_EQ(Take(folder.path).status, PLX_OK);
        EXPECT_EQ(names(folder.path), std::set<std::string>{"owner.4"});
        save(folder, "owner.5", file);
        EXPECT_EQ(Take(folder.path, true).status, PLX_OK);
        EXPECT_EQ(names(folder.path), std::set<std::string>{"owner.6"});
    }
}

/* Whatever stands in a file: it is somebody's until its lease has passed. */
TEST(Owner, GarbageIsSomebodyElsewhere)
{
    char text[512];
    const plx_owner_file mine = self();
    const std::string good(text, plx_owner_file_text(&mine, text));
    std::vector<std::string> bad = {"", "\n", std::string(100000, 'x'), std::string(100, '\0'),
                                    good + "x", good + std::string(1, '\0'), "\xff\xfe" + good};
    for (size_t cut = 0; cut < good.size(); cut++)
        bad.push_back(good.substr(0, cut));
    for (const std::string from : {"host ", "pid ", "start ", "boot ", "pids ", "state held"}) {
        std::string changed = good;
        changed.replace(changed.find(from), from.size(), from + std::string(70, '-'));
        bad.push_back(changed);
    }
    Folder folder;
    for (const auto &words : bad) {
        folder.save("owner.1", words);
        plx_owner_file file;
        const int fd = open(folder.path.c_str(), O_RDONLY | O_DIRECTORY);
        plx_owner_file_read(fd, 1, &file);
        close(fd);
        EXPECT_FALSE(file.readable) << words;
        EXPECT_TRUE(file.held);
    }
    folder.save("owner.1", good.substr(0, good.size() / 2));
    Take fresh(folder.path);
    EXPECT_EQ(fresh.status, PLX_TIMED_OUT);
    EXPECT_TRUE(holds(fresh.why, ": its owner.1 cannot be understood; it counts for "))
        << fresh.why;
    age(folder, "owner.1", 61);
    EXPECT_EQ(Take(folder.path).status, PLX_OK);
    Folder odd;
    fs::create_directory(odd.path + "/owner.4");
    for (const std::string name : {"owner.", "owner.05", "owner.-6", "owner.7x", "owner.0",
                                   "owner.18446744073709551615", "owner.99999999999999999999"})
        odd.save(name, "");
    EXPECT_EQ(Take(odd.path).status, PLX_IO);
    EXPECT_EQ(Take(odd.path).why, odd.path + ": reading its owner.4 failed: Is a directory");
    EXPECT_EQ(Take(odd.path, true).status, PLX_OK);
    EXPECT_TRUE(fs::exists(odd.path + "/owner.5"));
}

TEST(Owner, OfTwoThreadsOneWins)
{
    Folder folder;
    for (int round = 0; round < 100; round++) {
        std::atomic<int> ready{0}, won{0}, refused{0}, tried{0};
        auto take = [&] {
            for (ready++; ready < 2;)
                std::this_thread::yield();
            Take mine(folder.path);
            won += mine.status == PLX_OK;
            refused += mine.status == PLX_TIMED_OUT;
            for (tried++; tried < 2;)
                std::this_thread::yield();
        };
        std::thread other(take);
        take();
        other.join();
        EXPECT_EQ(won, 1) << round;
        EXPECT_EQ(refused, 1) << round;
    }
}

/* Each takes it, makes a file that must not be there, and dies or gives it back: no two at once. */
TEST(Owner, OfManyProcessesOneAtATime)
{
    Folder folder, marks;
    const std::string journal = folder.path, mark = marks.path + "/mark";
    auto live = [&](int seed) {
        int taken = 0;
        for (int i = 0; i < 60; i++) {
            plx_owner *owner;
            char why[PLX_JOURNAL_WHY];
            const plx_status status = plx_owner_take(&owner, journal.c_str(), i % 2, why);
            if (status == PLX_TIMED_OUT)
                continue;
            if (status != PLX_OK)
                return 100;
            const int fd = open(mark.c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600);
            if (fd < 0)
                return 101;
            close(fd);
            taken++;
            if (!plx_owner_holds(owner))
                return 102;
            unlink(mark.c_str());
            if (i > 20 && (i + seed) % 10 == 0)
                _exit(taken); /* without giving it back */
            plx_owner_give(owner);
        }
        return taken;
    };
    int taken = 0;
    for (int round = 0; round < 5; round++) {
        std::vector<pid_t> children;
        for (int c = 0; c < 4; c++) {
            const pid_t pid = fork();
            if (pid == 0)
                _exit(live(c));
            children.push_back(pid);
        }
        for (const pid_t child : children) {
            int status;
            waitpid(child, &status, 0);
            ASSERT_TRUE(WIFEXITED(status));
            EXPECT_LT(WEXITSTATUS(status), 100);
            taken += WEXITSTATUS(status);
        }
        EXPECT_EQ(Take(journal).status, PLX_OK);
    }
    EXPECT_GT(taken, 5);
    EXPECT_EQ(names(journal).size(), 1u);
    std::printf("%d times taken by one of 4 processes\n", taken);
}

TEST(Owner, LostToAHigherNumber)
{
    Folder folder;
    Take take(folder.path);
    EXPECT_TRUE(plx_owner_holds(take.owner));
    save(folder, "owner.2", self());
    fs::remove(folder.path + "/owner.1");
    EXPECT_FALSE(plx_owner_holds(take.owner));
    plx_owner_give(take.owner);
    take.owner = nullptr;
    EXPECT_EQ(names(folder.path), std::set<std::string>{"owner.2"});
    EXPECT_EQ(Take(folder.path).status, PLX_TIMED_OUT); /* what was given back is not the other's */
}

/* Its age as soon as it is below 900 seconds, or after some; it is made 1000. */
double renewed(const Folder &folder, const std::string &name, int looks)
{
    const int fd = open(folder.path.c_str(), O_RDONLY | O_DIRECTORY);
    double old = 1000;
    age(folder, name, old);
    for (int look = 0; old >= 900 && look < looks; look++) {
        usleep(10000);
        EXPECT_TRUE(plx_owner_file_age(fd, std::stoull(name.substr(6)), &old));
    }
    close(fd);
    return old;
}

/* By itself, whatever is done meanwhile; what another has taken is left as it is. */
TEST(Owner, ItsLeaseIsRenewedUntilItIsGivenBack)
{
    enum { SOME = 50, MANY = 2000 };
    Folder folder;
    plx_owner *owner;
    char why[PLX_JOURNAL_WHY];
    ASSERT_EQ(plx_owner_take_for(&owner, folder.path.c_str(), false, 0.01, why), PLX_OK) << why;
    for (int time = 0; time < 3; time++)
        ASSERT_LT(renewed(folder, "owner.1", MANY), 900) << time;
    EXPECT_EQ(names(folder.path), std::set<std::string>{"owner.1"});
    save(folder, "owner.2", self());
    usleep(50000); /* one renewal may be under way */
    EXPECT_GT(renewed(folder, "owner.1", SOME), 900);
    EXPECT_GT(renewed(folder, "owner.2", SOME), 900);
    plx_owner_give(owner);
    fs::remove(folder.path + "/owner.2");
    EXPECT_GT(renewed(folder, "owner.1", SOME), 900);
}

/* Else this test would take days. */
TEST(Owner, GivingBackDoesNotWaitForTheNextRenewal)
{
    Folder folder;
    for (int time = 0; time < 3; time++) {
        plx_owner *owner;
        char why[PLX_JOURNAL_WHY];
        ASSERT_EQ(plx_owner_take_for(&owner, folder.path.c_str(), false, 1e6, why), PLX_OK) << why;
        usleep(30000); /* so that its thread waits by now */
        plx_owner_give(owner);
    }
}

TEST(Owner, OldDraftsAreRemovedAndNewOnesAreNot)
{
    Folder folder;
    folder.save("owner-draft-a-1-2-3", "");
    folder.save("owner-draft-b-1-2-3", "");
    folder.save("mine.txt", "");
    age(folder, "owner-draft-a-1-2-3", 100);
    age(folder, "mine.txt", 100);
    Take take(folder.path);
    EXPECT_EQ(names(folder.path),
              (std::set<std::string>{"owner.1", "owner-draft-b-1-2-3", "mine.txt"}));
}

/* ---- those who still write ---- */

plx_writer *open_writer(const std::string &folder, int rank)
{
    plx_writer *writer;
    char why[PLX_JOURNAL_WHY];
    const plx_writer_how how = {folder.c_str(), "{}", 1, rank, PLX_DURABLE_GROUP,
                                nullptr, nullptr, nullptr};
    return plx_writer_open(&writer, &how, why) == PLX_OK ? writer : nullptr;
}

double seconds()
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

TEST(Owner, WaitsForThoseWhoWrite)
{
    Folder folder;
    Child rank([&] { return open_writer(folder.path, 1) != nullptr; });
    const double begun = seconds();
    Take refused(folder.path, true);
    EXPECT_EQ(refused.status, PLX_TIMED_OUT);
    EXPECT_TRUE(holds(refused.why, "in use by process " + std::to_string(rank.pid))) << refused.why;
    EXPECT_GT(seconds() - begun, 4.9);
    std::thread killer([&] {
        usleep(300000);
        rank.end();
    });
    EXPECT_EQ(Take(folder.path).status, PLX_OK);
    killer.join();
}

TEST(Owner, DoesNotWaitForThoseWhoHaveEnded)
{
    Folder folder;
    char why[PLX_JOURNAL_WHY];
    Child rank([&] {
        plx_writer *writer = open_writer(folder.path, 1);
        return writer && plx_writer_close(writer, nullptr, why) == PLX_OK;
    });
    plx_writer *mine = open_writer(folder.path, 2); /* nor for itself */
    const double begun = seconds();
    EXPECT_EQ(Take(folder.path).status, PLX_OK);
    EXPECT_LT(seconds() - begun, 4);
    plx_writer_close(mine, nullptr, why);
    folder.save("s000001-r9-0.plxj", "garbage");
    folder.save("s000001-r8-0.plxj", "");
    fs::create_directory(folder.path + "/s000001-r7-0.plxj");
    EXPECT_EQ(Take(folder.path).status, PLX_OK);
}

TEST(Owner, WhereMemoryIsShortNobodyIsOverlooked)
{
    Folder folder;
    Child rank([&] { return open_writer(folder.path, 1) != nullptr; });
    for (long n = 1; n < 5; n++) { /* at the first look and, 50 ms later, at the second */
        inside_arm(INSIDE_MEMORY, n, 1, ENOMEM);
        Take refused(folder.path);
        EXPECT_EQ(inside_disarm(), 1) << n;
        EXPECT_EQ(refused.status, PLX_NO_MEMORY) << n << refused.why;
    }
}

TEST(Owner, WhereFilesAreShortNobodyIsOverlooked)
{
    Folder folder;
    Child rank([&] { return open_writer(folder.path, 1) != nullptr; });
    for (long n = 1; n < 5; n++) { /* the folder, its list, the segment, and which boot this is */
        inside_arm(INSIDE_IO, n, 1, ENFILE);
        Take refused(folder.path);
        EXPECT_EQ(inside_disarm(), 1) << n;
        EXPECT_EQ(refused.status, n == 1 ? PLX_NO_INPUT : PLX_IO) << n << refused.why;
    }
}

/* ---- when the system fails ---- */

TEST(Owner, ALinkThatIsToldTwiceIsOurs)
{
    Folder folder;
    inside_link_twice();
    Take take(folder.path);
    EXPECT_EQ(take.status, PLX_OK) << take.why;
    EXPECT_EQ(names(folder.path), std::set<std::string>{"owner.1"});
}

TEST(Owner, EachCallFails)
{
    int runs = 0;
    for (const inside_kind kind : {INSIDE_IO, INSIDE_MEMORY})
        for (const int error : {EIO, ENOSPC, EDQUOT, EINTR, EACCES, static_cast<int>(INSIDE_SHORT)})
            for (long n = 1;; n++, runs++) {
                Folder folder;
                save(folder, "owner.1", [] {
                    plx_owner_file file = self();
                    file.held = false;
                    return file;
                }());
                const auto before = std::distance(fs::directory_iterator("/proc/self/fd"), {});
                inside_arm(kind, n, 1, error);
                {
                    Take take(folder.path);
                    const bool fired = inside_disarm() > 0;
                    if (take.status == PLX_OK) {
                        EXPECT_EQ(Take(folder.path).status, PLX_TIMED_OUT);
                    } else {
                        EXPECT_TRUE(holds(take.why, folder.path + ": ")) << take.why;
                        EXPECT_TRUE(take.status == PLX_IO || take.status == PLX_BAD_JOB ||
                                    take.status == PLX_NO_MEMORY || take.status == PLX_NO_INPUT ||
                                    take.status == PLX_SYSTEM)
                            << take.status;
                    }
                    if (!fired)
                        break;
                }
                EXPECT_EQ(std::distance(fs::directory_iterator("/proc/self/fd"), {}), before)
                    << inside_failed() << n;
                EXPECT_EQ(Take(folder.path).status, PLX_OK) << inside_failed() << n;
            }
    std::printf("%d takings with a fault\n", runs);
    EXPECT_GT(runs, 50);
}

/* What cannot be looked at is not lost; what cannot be given back is free once we are gone. */
TEST(Owner, KeepingAndGivingWithFaults)
{
    for (long n = 1; n < 12; n++) {
        Folder folder;
        plx_owner *owner;
        char why[PLX_JOURNAL_WHY];
        ASSERT_EQ(plx_owner_take(&owner, folder.path.c_str(), false, why), PLX_OK);
        inside_arm(INSIDE_IO, n, 1, EIO);
        EXPECT_TRUE(plx_owner_holds(owner));
        plx_owner_give(owner);
        inside_disarm();
        const auto left = names(folder.path);
        EXPECT_EQ(left.count("owner.1"), 1u);
    }
}

} // namespace
