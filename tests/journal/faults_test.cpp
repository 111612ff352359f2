/* SPDX-License-Identifier: MIT */
/*
 * The writer when something fails: each call of the system once and for ever, in pairs, a full
 * disk, and what would be left if the power went at any call.
 *
 * The law of all: what was acknowledged is found by the reader, whole; nothing else than what was
 * put is; who was told no is told why.
 */
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>

#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "inside.h"
#include "writing.hpp"

namespace fs = std::filesystem;
using oracle::Entry;
using oracle::Folder;
using writing::entry;
using writing::Writing;

namespace {

/* In memory if the host has that: these tests sync ten thousand times. */
class Memory : public ::testing::Test {
protected:
    static void SetUpTestSuite()
    {
        if (access("/dev/shm", W_OK) == 0)
            setenv("TMPDIR", "/dev/shm", 1);
    }
    static void TearDownTestSuite() { unsetenv("TMPDIR"); }
};

const std::vector<Entry> &life()
{
    static const std::vector<Entry> entries = [] {
        std::vector<Entry> all;
        for (size_t i = 0; i < 10; i++)
            all.push_back(entry(i, i == 4 ? 1060000 : i * 100, i == 7 ? 70000 : 0));
        return all;
    }();
    return entries;
}

/* One life of a writer: short entries and a long one, a sync between, a close. */
void live(Writing &w)
{
    for (size_t i = 0; i < life().size() && w.writer; i++) {
        w.put(life()[i]);
        if (i == 5)
            w.sync();
    }
    w.close();
}

size_t open_files()
{
    size_t n = 0;
    for (const auto &file : fs::directory_iterator("/proc/self/fd"))
        n += !file.path().empty();
    return n;
}

struct Fault {
    plx_durability durability;
    long n, length;
    int error;
};

void check_words(const Writing &w, const Folder &folder, int error)
{
    EXPECT_NE(w.why.find(folder.path), std::string::npos) << w.why;
    if (error != INSIDE_SHORT) {
        EXPECT_NE(w.why.find(strerror(error)), std::string::npos) << w.why;
    }
    EXPECT_EQ(w.why.find('\n'), std::string::npos);
}

/* False: that many calls are not made. */
bool survives(const Fault &fault)
{
    Folder folder;
    const size_t files = open_files();
    inside_arm(INSIDE_IO, fault.n, fault.length, fault.error);
    Writing w(folder.path, fault.durability);
    live(w);
    const long fired = inside_disarm();
    SCOPED_TRACE(std::string(inside_failed()) + " call " + std::to_string(fault.n) + " x " +
                 std::to_string(fault.length) + " error " + std::to_string(fault.error) +
                 " durability " + std::to_string(fault.durability));
    /* What was refused may have come to disk all the same. */
    EXPECT_EQ(writing::missing(w.put_ok, w.safe, folder.path, life()), "");
    EXPECT_EQ(open_files(), files);
    if (w.opened != PLX_OK || w.closed != PLX_OK)
        check_words(w, folder, fault.error);
    if (w.opened == PLX_OK) {
        EXPECT_EQ(w.broken, w.closed == PLX_OK ? 0 : 1);
        EXPECT_TRUE(w.closed != PLX_OK || w.put_ok.size() == life().size());
    }
    return fired > 0;
}

/* How, and how often; EINTR for ever would let nobody go on. */
struct Way {
    int error;
    long length;
    bool slow; /* left out where a sanitizer makes each run long */
};
const long EVER = 1000000;
const Way WAYS[] = {{EIO, 1, false},   {EIO, EVER, false},   {EIO, 3, true},
                    {ENOSPC, 1, false}, {ENOSPC, EVER, true}, {EDQUOT, 1, true},
                    {EINTR, 3, true},   {INSIDE_SHORT, 1, true}, {INSIDE_SHORT, EVER, false}};
#ifdef PLX_SANITIZED
const bool SLOW = false;
#else
const bool SLOW = true;
#endif

TEST_F(Memory, EachCallFailsOnceAndForEver)
{
    long runs = 0;
    for (const plx_durability durability :
         {PLX_DURABLE_GROUP, PLX_DURABLE_ITEM, PLX_DURABLE_NONE})
        for (const Way &way : WAYS)
            for (long n = 1; (SLOW || !way.slow) &&
                             survives({durability, n, way.length, way.error}); n++)
                runs++;
    std::printf("%ld runs with a fault\n", runs);
    EXPECT_GT(runs, 300);
}

/* A fault, and another while the first is got over. */
TEST_F(Memory, TwoFaults)
{
    long runs = 0;
    for (long gap = 1; gap < (SLOW ? 8 : 3); gap++)
        for (long n = 1;; n++) {
            Folder folder;
            struct Again {
                long left, gap;
            } again = {n, gap};
            inside_watch(
                [](void *user) {
                    Again *a = static_cast<Again *>(user);
                    if (--a->left == 0)
                        inside_arm(INSIDE_IO, a->gap, 1, EIO);
                },
                &again);
            inside_arm(INSIDE_IO, n, 1, EIO);
            Writing w(folder.path, PLX_DURABLE_GROUP);
            live(w);
            inside_watch(nullptr, nullptr);
            const bool fired = again.left <= 0;
            inside_disarm();
            EXPECT_EQ(writing::missing(w.put_ok, w.safe, folder.path, life()), "")
                << n << " then " << gap;
            runs++;
            if (!fired)
                break;
        }
    std::printf("%ld runs with two faults\n", runs);
}

TEST_F(Memory, EachAllocationFails)
{
    long runs = 0;
    for (long n = 1;; n++, runs++) {
        Folder folder;
        inside_arm(INSIDE_MEMORY, n, 1, 1);
        char why[PLX_JOURNAL_WHY] = "";
        const plx_writer_how how = {folder.path.c_str(), "{}", 1, 0, PLX_DURABLE_GROUP,
                                    nullptr, nullptr, nullptr};
        plx_writer *writer;
        const plx_status status = plx_writer_open(&writer, &how, why);
        if (inside_disarm() == 0) {
            plx_writer_close(writer, nullptr, why);
            break;
        }
        EXPECT_EQ(status, std::string(inside_failed()) == "pthread_create" ? PLX_SYSTEM
                                                                           : PLX_NO_MEMORY);
        EXPECT_NE(std::string(why).find(folder.path), std::string::npos) << why;
        EXPECT_TRUE(fs::is_empty(folder.path));
    }
    EXPECT_GE(runs, 5);
}

/* ---- killed, or without power, at any call ---- */

struct Crash {
    const Folder *folder;
    Writing *w;
    std::mutex lock;
    std::vector<Entry> safe;
    long points = 0;
    std::string wrong;
};

TEST_F(Memory, KilledAtAnyCall)
{
    Folder folder;
    Crash crash;
    crash.folder = &folder;
    inside_watch(
        [](void *user) {
            Crash *c = static_cast<Crash *>(user);
            const std::lock_guard<std::mutex> guard(c->lock);
            Folder copy;
            fs::copy(c->folder->path, copy.path);
            const std::string wrong = writing::missing(c->safe, c->safe.size(), copy.path, life());
            if (c->wrong.empty())
                c->wrong = wrong;
            c->points++;
        },
        &crash);
    Writing w(folder.path, PLX_DURABLE_ITEM);
    for (const auto &e : life())
        if (writing::put(w.writer, e) == PLX_OK) {
            const std::lock_guard<std::mutex> guard(crash.lock);
            crash.safe.push_back(e);
        }
    w.close();
    inside_watch(nullptr, nullptr);
    EXPECT_EQ(crash.wrong, "");
    EXPECT_EQ(crash.safe.size(), life().size());
    EXPECT_GT(crash.points, 30);
    std::printf("%ld kill points\n", crash.points);
}

/* Only what was synced, under a name whose folder was synced since, outlives the power; also with
   a fault at each call before. */
TEST_F(Memory, WithoutPowerAfterEachAcknowledgement)
{
    long checked = 0;
    for (long n = 0;; n++) {
        Folder folder, disk;
        inside_disk(disk.path.c_str());
        if (n > 0)
            inside_arm(INSIDE_IO, n, 1, EIO);
        Writing w(folder.path, PLX_DURABLE_ITEM);
        std::vector<Entry> safe;
        for (size_t i = 0; w.writer && i < 6; i++) {
            const Entry e = entry(i, i == 2 ? 1100000 : i);
            if (writing::put(w.writer, e) != PLX_OK)
                continue;
            safe.push_back(e);
            inside_aside(1);
            EXPECT_EQ(writing::missing(safe, safe.size(), disk.path), "") << n;
            inside_aside(0);
            checked++;
        }
        w.close();
        const bool fired = inside_disarm() > 0 || n == 0;
        inside_disk(nullptr);
        EXPECT_EQ(writing::missing(safe, w.closed == PLX_OK ? safe.size() : 0, disk.path), "") << n;
        if (!fired)
            break;
    }
    EXPECT_GT(checked, 12);
    std::printf("%ld checks of the disk\n", checked);
}

/* Without durability entries leave the memory unsynced: a sync that says OK has them all the same,
   whatever failed between. */
TEST_F(Memory, ASyncWithoutDurabilityIsOne)
{
    long synced = 0;
    for (long n = 1;; n++) {
        Folder folder, disk;
        inside_disk(disk.path.c_str());
        inside_arm(INSIDE_IO, n, 1, EIO);
        Writing w(folder.path, PLX_DURABLE_NONE);
        for (size_t i = 0; w.writer && i < 8; i++) /* a long one returns when it is written */
            w.put(entry(i, i % 3 == 1 ? 1060000 : i));
        if (w.writer && w.sync() == PLX_OK) {
            inside_aside(1);
            EXPECT_EQ(writing::missing(w.put_ok, w.safe, disk.path), "") << n;
            inside_aside(0);
            synced++;
        }
        w.close();
        inside_disk(nullptr);
        if (inside_disarm() == 0)
            break;
    }
    EXPECT_GT(synced, 8);
}

/* ---- a full disk ---- */

/* A file system of its own, of so many bytes. */
struct Disk {
    Folder folder;
    bool mounted;
    explicit Disk(const std::string &size)
        : mounted(mount("none", folder.path.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0)
    {
    }
    ~Disk()
    {
        if (mounted)
            umount2(folder.path.c_str(), MNT_DETACH);
    }
    void fill(uint64_t left) const
    {
        fs::remove(folder.path + "/filler");
        struct statvfs stat;
        ASSERT_EQ(statvfs(folder.path.c_str(), &stat), 0);
        const uint64_t free = stat.f_bavail * stat.f_bsize;
        const int fd = open((folder.path + "/filler").c_str(), O_CREAT | O_WRONLY, 0600);
        ASSERT_GE(free, left);
        ASSERT_EQ(posix_fallocate(fd, 0, static_cast<off_t>(free - left + 1)), 0);
        close(fd);
    }
};

struct Fill {
    size_t put = 0, after = 0, opened = 0;
};

/* Until nothing is taken any more. after: bytes that were, once the disk was known to be full. */
void fill_up(const Disk &disk, uint64_t left, size_t size, Fill &sum)
{
    disk.fill(left);
    const std::string folder = disk.folder.path + "/j";
    fs::create_directory(folder);
    Writing w(folder, left % 8192 == 0 ? PLX_DURABLE_GROUP : PLX_DURABLE_ITEM);
    size_t after = 0;
    for (size_t i = 0; w.writer && i < 20000; i++) {
        const bool known = plx_writer_why(w.writer)[0] != '\0';
        const Entry e = entry(i, size);
        if (w.put(e) != PLX_OK)
            break;
        after += known ? 112 + e.item.size() + e.result.size() + size : 0;
    }
    const bool opened = w.writer != nullptr;
    if (opened) {
        EXPECT_EQ(w.close(), PLX_IO);
        EXPECT_EQ(w.broken, 1);
        EXPECT_EQ(writing::missing(w.put_ok, w.put_ok.size(), folder), "") << left;
        EXPECT_EQ(oracle::read(folder).report.unended, 0u);
        EXPECT_GE(after + 2 * (size + 200), 60000u) << left;
    } else {
        EXPECT_TRUE(fs::is_empty(folder));
    }
    EXPECT_NE(w.why.find("No space left on device"), std::string::npos) << w.why;
    sum.put += w.put_ok.size();
    sum.after += after;
    sum.opened += opened;
    fs::remove_all(folder);
}

TEST(FullDisk, AtAnyByte)
{
    Disk disk("3m");
    if (!disk.mounted)
        GTEST_SKIP() << "only root can mount a small file system";
    Fill sum;
    size_t rounds = 0;
    for (uint64_t left = 4096; left <= 1000000; left += SLOW ? 12288 : 61440, rounds++)
        fill_up(disk, left, rounds % 3 == 0 ? 0 : 3000, sum);
    std::printf("%zu full disks, %zu writers, %zu entries, %zu bytes after it was known\n", rounds,
                sum.opened, sum.put, sum.after);
    EXPECT_GT(sum.opened, rounds / 2);
}

} // namespace
