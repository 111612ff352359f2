/* SPDX-License-Identifier: MIT */
/* The writer when nothing fails: what comes back, what waits for what, many threads at once. */
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "inside.h"
#include "writing.hpp"

extern "C" {
#include "journal/owner.h"
}

namespace fs = std::filesystem;
using oracle::Entry;
using oracle::Folder;
using writing::entry;
using writing::Writing;

namespace {

const plx_durability ALL[] = {PLX_DURABLE_GROUP, PLX_DURABLE_ITEM, PLX_DURABLE_NONE};

TEST(Writer, EntriesComeBack)
{
    const size_t sizes[] = {0, 1, 7, 8, 65519, 65520, 65521, 200000, 1500000, 6000000};
    for (const plx_durability durability : ALL) {
        Folder folder;
        Writing w(folder.path, durability);
        ASSERT_EQ(w.opened, PLX_OK) << w.why;
        for (size_t i = 0; i < 40; i++)
            ASSERT_EQ(w.put(entry(i, sizes[i % 10], i % 4 == 1 ? sizes[(i + 7) % 10] : 0)), PLX_OK);
        ASSERT_EQ(w.close(), PLX_OK) << w.why;
        EXPECT_EQ(w.broken, 0);
        const auto told = oracle::read(folder.path);
        EXPECT_EQ(told.entries, w.put_ok);
        EXPECT_EQ(told.report.damaged + told.report.unended + told.report.holes, 0u);
        EXPECT_EQ(told.report.bytes, w.report.bytes);
        EXPECT_EQ(w.report.entries, 40u);
        EXPECT_EQ(w.report.segments, 1u);
        for (size_t i = 0; i < 40; i++)
            EXPECT_EQ(w.places[i].offset, told.places[i].offset) << i;
        ASSERT_EQ(told.segments.size(), 1u);
        EXPECT_EQ(told.segments[0].subject, "{\"kernel\": \"toy\"}");
        EXPECT_EQ(told.segments[0].name, "s000001-r0-0.plxj");
    }
}

TEST(Writer, NothingPutIsAWholeSegment)
{
    for (const plx_durability durability : ALL) {
        Folder folder;
        Writing w(folder.path, durability);
        ASSERT_EQ(w.close(), PLX_OK) << w.why;
        const auto told = oracle::read(folder.path);
        EXPECT_EQ(told.report.segments, 1u);
        EXPECT_EQ(told.report.unended + told.report.entries, 0u);
        EXPECT_LT(w.report.sync_median_s, durability == PLX_DURABLE_NONE ? 0 : 1);
    }
}

TEST(Writer, WhatSomebodyRemovedIsNotRecorded)
{
    for (const plx_durability durability : ALL)
        for (const bool later : {false, true}) {
            Folder folder;
            Writing w(folder.path, durability);
            w.put(entry(1));
            if (later)
                w.sync();
            fs::remove(fs::path(folder.path) / "s000001-r0-0.plxj");
            const bool put = w.put(entry(2)) == PLX_OK;
            EXPECT_NE(w.close(), PLX_OK) << put;
            EXPECT_NE(w.why.find("r0-0.plxj: keeping it failed"), std::string::npos) << w.why;
            EXPECT_TRUE(oracle::read(folder.path).entries.empty());
        }
}

TEST(Writer, LargestOfAllAndNoLarger)
{
    Folder folder;
    Writing w(folder.path, PLX_DURABLE_GROUP);
    Entry e = entry(3);
    e.item.assign(PLX_ITEM_MAX, 'i');
    e.result.assign(PLX_RESULT_MAX, 'r');
    e.why.assign(300, 'w');
    ASSERT_EQ(writing::put(w.writer, e), PLX_OK);
    Entry larger = e;
    larger.item += "i";
    EXPECT_EQ(writing::put(w.writer, larger), PLX_TOO_BIG);
    larger = e;
    larger.result += "r";
    EXPECT_EQ(writing::put(w.writer, larger), PLX_TOO_BIG);
    ASSERT_EQ(w.close(), PLX_OK);
    const auto told = oracle::read(folder.path);
    ASSERT_EQ(told.entries.size(), 1u);
    e.why.resize(107);
    EXPECT_EQ(told.entries[0], e);
}

TEST(Writer, SubjectsOfAnyLength)
{
    for (const size_t size : {size_t{0}, size_t{1}, size_t{7}, size_t{8}, size_t{65535}}) {
        Folder folder;
        const std::string subject(size, 's');
        Writing w(folder.path, PLX_DURABLE_GROUP, nullptr, subject.c_str());
        ASSERT_EQ(w.put(entry(1)), PLX_OK);
        ASSERT_EQ(w.close(), PLX_OK);
        const auto told = oracle::read(folder.path);
        ASSERT_EQ(told.segments.size(), 1u);
        EXPECT_EQ(told.segments[0].subject, subject);
        EXPECT_EQ(told.entries, w.put_ok);
    }
    Folder folder;
    Writing w(folder.path, PLX_DURABLE_GROUP, nullptr, std::string(65536, 's').c_str());
    EXPECT_EQ(w.opened, PLX_TOO_BIG);
    EXPECT_TRUE(fs::is_empty(folder.path));
}

/* Until what others do has happened; false after 20 s. */
template <typename Due> bool comes(const Due &due)
{
    for (int i = 0; i < 20000 && !due(); i++)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return due();
}

/* Both would return at once if they did not wait for a sync, which cannot come. */
TEST(Writer, ItemAndSyncWaitForTheDiskAndGroupDoesNot)
{
    Folder folder;
    Writing group(folder.path, PLX_DURABLE_GROUP), item(folder.path, PLX_DURABLE_ITEM);
    inside_gate(1);
    EXPECT_EQ(group.put(entry(1)), PLX_OK);
    std::atomic<bool> synced{false}, put{false};
    std::thread a([&] { synced = plx_writer_sync(group.writer) == PLX_OK; });
    std::thread b([&] { put = writing::put(item.writer, entry(2)) == PLX_OK; });
    const bool both_wait = comes([] { return inside_waiting() == 2; });
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    EXPECT_TRUE(both_wait);
    EXPECT_FALSE(synced);
    EXPECT_FALSE(put);
    EXPECT_EQ(group.put(entry(3)), PLX_OK);
    inside_gate(0);
    a.join();
    b.join();
    EXPECT_TRUE(synced);
    EXPECT_TRUE(put);
}

TEST(Writer, OneSyncIsSharedByAllWhoWait)
{
    Folder folder;
    Writing w(folder.path, PLX_DURABLE_ITEM);
    inside_gate(1);
    std::vector<std::thread> putters;
    std::atomic<int> begun{0};
    putters.emplace_back([&] { writing::put(w.writer, entry(0)); });
    EXPECT_TRUE(comes([] { return inside_waiting() == 1; }));
    for (size_t i = 1; i < 9; i++)
        putters.emplace_back([&, i] {
            begun++;
            writing::put(w.writer, entry(i));
        });
    EXPECT_TRUE(comes([&] { return begun == 8; }));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    inside_gate(0);
    for (auto &putter : putters)
        putter.join();
    ASSERT_EQ(w.close(), PLX_OK);
    EXPECT_EQ(w.report.entries, 9u);
    EXPECT_LT(w.report.syncs, 9u); /* 2, if all came in time */
}

/* A disk that hangs: what waits in memory has a bound, and then putting waits too. */
TEST(Writer, MemoryIsBounded)
{
    Folder folder;
    Writing w(folder.path, PLX_DURABLE_GROUP);
    for (size_t i = 0; i < 400; i++) /* room is taken in growing steps */
        ASSERT_EQ(writing::put(w.writer, entry(i, 60000)), PLX_OK);
    ASSERT_EQ(w.sync(), PLX_OK);
    inside_gate(1);
    std::atomic<size_t> put{0};
    std::thread putter([&] {
        for (size_t i = 400; i < 600; i++) {
            writing::put(w.writer, entry(i, 60000));
            put++;
        }
    });
    EXPECT_TRUE(comes([&] { return put >= 60; }));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_LE(put, 4u * 1024 * 1024 / 60000);
    inside_gate(0);
    putter.join();
    ASSERT_EQ(w.close(), PLX_OK);
    EXPECT_EQ(oracle::read(folder.path).entries.size(), 600u);
}

TEST(Writer, AGroupIsCommittedWithoutBeingAsked)
{
    for (const plx_durability durability : {PLX_DURABLE_GROUP, PLX_DURABLE_NONE}) {
        Folder folder;
        Writing w(folder.path, durability);
        ASSERT_EQ(w.put(entry(1)), PLX_OK);
        EXPECT_TRUE(comes([&] { return oracle::read(folder.path).entries.size() == 1; }));
    }
}

TEST(Writer, ManyThreads)
{
    for (const plx_durability durability : ALL) {
        Folder folder;
        Writing w(folder.path, durability);
        std::vector<std::thread> threads;
        std::atomic<int> bad{0};
        const size_t each = durability == PLX_DURABLE_ITEM ? 100 : 1500;
        for (size_t t = 0; t < 8; t++)
            threads.emplace_back([&, t] {
                for (size_t i = t * each; i < (t + 1) * each; i++)
                    bad += writing::put(w.writer, entry(i, i % 9 == 0 ? i * 7 % 70000 : 0,
                                                        i % 500 == 77 ? 1200000 : 0)) != PLX_OK;
            });
        for (auto &thread : threads)
            thread.join();
        EXPECT_EQ(bad, 0);
        ASSERT_EQ(w.close(), PLX_OK);
        const auto told = oracle::read(folder.path);
        ASSERT_EQ(told.entries.size(), 8 * each);
        EXPECT_EQ(told.report.damaged + told.report.holes + told.report.unended, 0u);
        std::set<std::string> items;
        for (const auto &e : told.entries) {
            const size_t i = std::stoul(e.item.substr(5));
            EXPECT_TRUE(e == entry(i, i % 9 == 0 ? i * 7 % 70000 : 0, i % 500 == 77 ? 1200000 : 0));
            items.insert(e.item);
        }
        EXPECT_EQ(items.size(), 8 * each);
    }
}

/* What a kill leaves: the file as it is at any moment. */
TEST(Writer, WhatIsAcknowledgedIsThereAtAnyMoment)
{
    Folder folder, copies;
    Writing w(folder.path, PLX_DURABLE_ITEM);
    std::mutex lock;
    std::vector<Entry> all, done;
    for (size_t i = 0; i < 8 * 60; i++)
        all.push_back(entry(i, i % 5 * 3000));
    std::atomic<int> left{8};
    std::vector<std::thread> threads;
    for (size_t t = 0; t < 8; t++)
        threads.emplace_back([&, t] {
            for (size_t i = t; i < all.size(); i += 8)
                if (writing::put(w.writer, all[i]) == PLX_OK) {
                    const std::lock_guard<std::mutex> guard(lock);
                    done.push_back(all[i]);
                }
            left--;
        });
    int copied = 0;
    for (; left > 0 || copied == 0; copied++) {
        std::vector<Entry> known;
        {
            const std::lock_guard<std::mutex> guard(lock);
            known = done;
        }
        fs::copy(folder.path, copies.path,
                 fs::copy_options::recursive | fs::copy_options::overwrite_existing);
        const auto told = oracle::read(copies.path, false);
        std::set<std::string> items;
        for (const auto &e : told.entries)
            items.insert(e.item);
        for (const auto &e : known)
            EXPECT_EQ(items.count(e.item), 1u) << e.item;
    }
    for (auto &thread : threads)
        thread.join();
    EXPECT_EQ(done.size(), all.size());
    std::printf("%d snapshots, %zu entries\n", copied, all.size());
}

/* A file that holds less than was told is no entry, long or short; the item can be put again. */
TEST(Writer, AFileThatIsTooShort)
{
    for (const size_t size : {size_t{100}, size_t{300000}, size_t{3000000}, size_t{9000000}}) {
        Folder folder;
        Writing w(folder.path, PLX_DURABLE_GROUP);
        ASSERT_EQ(w.put(entry(1)), PLX_OK);
        const Entry e = entry(2, size);
        const int file = writing::file_of(e.output[0].substr(0, size - 1));
        const int files[2] = {file, -1};
        plx_entry put{};
        plx_place place;
        put.key = plx_key_of(e.item.data(), e.item.size());
        put.state = PLX_ITEM_OK;
        put.item = e.item.data();
        put.item_size = e.item.size();
        put.output[0] = size;
        EXPECT_EQ(plx_writer_put(w.writer, &put, files, &place), PLX_NO_INPUT);
        close(file);
        ASSERT_EQ(w.put(entry(2)), PLX_OK);
        ASSERT_EQ(w.put(entry(3, 5000)), PLX_OK);
        ASSERT_EQ(w.close(), PLX_OK) << w.why;
        EXPECT_EQ(w.broken, 0);
        EXPECT_EQ(oracle::read(folder.path).entries, w.put_ok) << size;
    }
}

TEST(Writer, ANameThatIsTakenIsPassedOver)
{
    Folder folder;
    folder.save("s000001-r0-0.plxj", "somebody's");
    folder.save("s000001-r0-1.plxj", "");
    Writing w(folder.path, PLX_DURABLE_GROUP);
    ASSERT_EQ(w.opened, PLX_OK) << w.why;
    ASSERT_EQ(w.put(entry(1)), PLX_OK);
    ASSERT_EQ(w.close(), PLX_OK);
    EXPECT_EQ(w.places[0].part, 2u);
    EXPECT_EQ(fs::file_size(folder.path + "/s000001-r0-0.plxj"), 10u);
    EXPECT_EQ(oracle::read(folder.path).entries, w.put_ok);
}

TEST(Writer, AFolderThatIsNotThere)
{
    Folder folder;
    Writing w(folder.path + "/none", PLX_DURABLE_GROUP);
    EXPECT_EQ(w.opened, PLX_IO);
    EXPECT_EQ(w.why, folder.path + "/none: opening it failed: No such file or directory");
    EXPECT_EQ(w.broken, 0);
}

/* What prints to stdout when that is closed must not print into the journal. */
TEST(Writer, FilesAreAboveTheStandardOnes)
{
    for (int standard = 0; standard < 3; standard++) {
        Folder folder;
        const int saved = fcntl(standard, F_DUPFD_CLOEXEC, 10);
        close(standard);
        bool taken, kept = false;
        size_t found = 0;
        {
            Writing w(folder.path, PLX_DURABLE_GROUP);
            taken = fcntl(standard, F_GETFD) != -1;
            for (const auto &link : fs::directory_iterator("/proc/self/fd")) {
                std::error_code gone;
                if (fs::read_symlink(link, gone).string().rfind(folder.path, 0) != 0)
                    continue;
                found++;
                kept = kept || !(fcntl(std::stoi(link.path().filename()), F_GETFD) & FD_CLOEXEC);
            }
        }
        dup2(saved, standard);
        close(saved);
        EXPECT_FALSE(taken) << standard;
        EXPECT_EQ(found, 2u); /* folder and segment */
        EXPECT_FALSE(kept);
    }
}

std::set<std::string> tasks()
{
    std::set<std::string> found;
    for (const auto &task : fs::directory_iterator("/proc/self/task"))
        found.insert(task.path().filename());
    return found;
}

TEST(Writer, ItsThreadTakesNoSignal)
{
    Folder folder;
    const auto before = tasks();
    Writing w(folder.path, PLX_DURABLE_GROUP);
    std::vector<std::string> added;
    for (const auto &task : tasks())
        if (before.count(task) == 0)
            added.push_back(task);
    ASSERT_EQ(added.size(), 1u);
    std::ifstream status("/proc/self/task/" + added[0] + "/status");
    std::string line;
    uint64_t blocked = 0;
    while (std::getline(status, line))
        if (line.rfind("SigBlk:", 0) == 0)
            blocked = std::stoull(line.substr(7), nullptr, 16);
    for (const int signal : {SIGUSR1, SIGUSR2, SIGINT, SIGTERM, SIGHUP, SIGXFSZ, SIGALRM, SIGCHLD})
        EXPECT_TRUE(blocked >> (signal - 1) & 1) << signal;
}

/* The owner is looked at after 15 s; somebody else has the journal by then. */
TEST(Writer, ALostJournal)
{
    Folder folder;
    plx_owner *owner;
    char why[PLX_JOURNAL_WHY];
    ASSERT_EQ(plx_owner_take(&owner, folder.path.c_str(), false, why), PLX_OK) << why;
    Writing w(folder.path, PLX_DURABLE_ITEM, owner);
    ASSERT_EQ(w.put(entry(1)), PLX_OK);
    folder.save("owner.2", "another's");
    ASSERT_EQ(w.put(entry(2)), PLX_OK);
    inside_later(16);
    plx_status status = PLX_OK;
    std::vector<Entry> tried; /* the last is refused, and may have come to disk before */
    for (size_t i = 3; i < 1000 && status == PLX_OK; i++) {
        tried.push_back(entry(i));
        status = w.put(tried.back());
    }
    inside_later(0);
    EXPECT_EQ(status, PLX_STOPPED);
    EXPECT_EQ(plx_writer_why(w.writer), folder.path + ": taken over by another process");
    EXPECT_EQ(w.close(), PLX_STOPPED);
    EXPECT_EQ(w.broken, 1);
    EXPECT_EQ(writing::missing(w.put_ok, w.put_ok.size(), folder.path, tried), "");
    plx_owner_give(owner);
    EXPECT_TRUE(fs::exists(folder.path + "/owner.2"));
}

/* Reading a long journal, or waiting for a list, may take longer than the lease. */
TEST(Writer, AJournalLostBeforeItBegan)
{
    Folder folder;
    plx_owner *owner;
    char why[PLX_JOURNAL_WHY];
    ASSERT_EQ(plx_owner_take(&owner, folder.path.c_str(), false, why), PLX_OK) << why;
    folder.save("owner.2", "another's");
    Writing w(folder.path, PLX_DURABLE_ITEM, owner);
    plx_status status = w.opened; /* the first may come to disk before it is refused */
    for (size_t i = 1; i < 4 && status == PLX_OK; i++)
        status = w.put(entry(i));
    EXPECT_EQ(status, PLX_STOPPED);
    if (w.opened == PLX_OK)
        EXPECT_EQ(w.close(), PLX_STOPPED);
    plx_owner_give(owner);
}

/* Other ranks still write while this one's file has failed: nobody may take their journal. */
TEST(Writer, TheLeaseIsKeptThoughAFileFailed)
{
    Folder folder;
    plx_owner *owner;
    char why[PLX_JOURNAL_WHY];
    ASSERT_EQ(plx_owner_take_for(&owner, folder.path.c_str(), false, 0.01, why), PLX_OK) << why;
    Writing w(folder.path, PLX_DURABLE_ITEM, owner);
    inside_arm(INSIDE_IO, 1, 1000000, EIO);
    EXPECT_EQ(w.put(entry(1)), PLX_IO);
    inside_disarm();
    const std::string file = folder.path + "/owner.1";
    const auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
    fs::last_write_time(file, old);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (fs::last_write_time(file) <= old + std::chrono::seconds(1) &&
           std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_GT(fs::last_write_time(file), old + std::chrono::seconds(1));
    EXPECT_EQ(w.close(), PLX_IO);
    plx_owner_give(owner);
}

} // namespace
