// SPDX-License-Identifier: MIT
// The output of a batch hangs on the list and the results, not on how they came into the journal.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <dirent.h>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>
#include <xxhash.h>

extern "C" {
#include "cli/npy.h"
#include "journal/journal.h"
#include "merge_inside.h"
}

namespace {

using Texts = std::vector<std::string>;

struct Result {
    plx_item_state state;
    std::string bytes;                      // of a kernel, or the fallback
    std::string out, err;                   // of a command
};

plx_kernel doubles()
{
    static const plx_field names[] = {{"half", "", nullptr, PLX_F64, 0, 8}, {}};
    plx_kernel kernel = {};
    kernel.size = sizeof kernel;
    kernel.name = "half";
    kernel.in_size = PLX_VARIES;
    kernel.out_size = 8;
    kernel.out_type = PLX_F64;
    kernel.results = names;
    return kernel;
}

std::string bytes_of(double value)
{
    return std::string(reinterpret_cast<const char *>(&value), sizeof value);
}

std::string content(const std::string &path)
{
    std::ifstream in(path, std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
}

void clear(const std::string &folder)
{
    if (DIR *dir = opendir(folder.c_str())) {
        while (dirent *entry = readdir(dir))
            unlink((folder + "/" + entry->d_name).c_str());
        closedir(dir);
    }
    rmdir(folder.c_str());
}

class Merge : public testing::Test {
protected:
    void SetUp() override
    {
        char made[] = "/tmp/plx_merge_XXXXXX";
        ASSERT_NE(mkdtemp(made), nullptr);
        at = made;
        list = at + "/list";
        journal = at + "/journal";
        out = at + "/out";
        fresh();
        ask.items = list.c_str();
        ask.journal = journal.c_str();
    }
    void TearDown() override
    {
        clear(journal);
        clear(at);
    }
    void fresh()
    {
        clear(journal);
        ASSERT_EQ(mkdir(journal.c_str(), 0700), 0);
        session = 0;
    }
    // The key of each item of the list, as the first, second … of its kind.
    static std::vector<plx_key> keys_of(const Texts &items)
    {
        std::map<std::string, uint32_t> seen;
        std::vector<plx_key> keys;
        for (const std::string &item : items) {
            const plx_key key = plx_key_of(item.data(), item.size());
            const uint32_t before = seen[item]++;
            keys.push_back(before == 0 ? key : plx_key_again(key, before));
        }
        return keys;
    }
    struct Entry {
        plx_key key;
        std::string item;
        const Result *result;
    };
    static int file_of(const std::string &text)
    {
        if (text.empty())
            return -1;
        char path[] = "/tmp/plx_merge_out_XXXXXX";
        const int fd = mkstemp(path);
        unlink(path);
        EXPECT_EQ(write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
        return fd;
    }
    void record(plx_writer *writer, const Entry &e)
    {
        plx_entry entry = {};
        plx_place place;
        const int files[2] = {file_of(e.result->out), file_of(e.result->err)};
        entry.key = e.key;
        entry.state = e.result->state;
        entry.item = e.item.data();
        entry.item_size = e.item.size();
        entry.result = e.result->bytes.data();
        entry.result_size = e.result->bytes.size();
        entry.why = "";
        entry.output[0] = e.result->out.size();
        entry.output[1] = e.result->err.size();
        EXPECT_EQ(plx_writer_put(writer, &entry, files, &place), PLX_OK);
        for (int file : files)
            if (file >= 0)
                close(file);
    }
    // One session: entry i by rank i mod ranks.
    void write_session(const std::vector<Entry> &entries, int ranks)
    {
        char why[PLX_JOURNAL_WHY];
        session++;
        for (int rank = 0; rank < ranks; rank++) {
            plx_writer_how how = {};
            how.folder = journal.c_str();
            how.subject = "{}";
            how.session = session;
            how.rank = rank;
            how.durability = PLX_DURABLE_NONE;
            plx_writer *writer;
            ASSERT_EQ(plx_writer_open(&writer, &how, why), PLX_OK) << why;
            for (size_t i = static_cast<size_t>(rank); i < entries.size();
                 i += static_cast<size_t>(ranks))
                record(writer, entries[i]);
            ASSERT_EQ(plx_writer_close(writer, nullptr, why), PLX_OK) << why;
        }
    }
    void write_list(const Texts &items)
    {
        std::ofstream file(list, std::ios::binary);
        for (const std::string &item : items)
            file << item << '\n';
    }
    // Into out, or nowhere; what the output holds.
    std::string merge(uint64_t n, const char *name = "/out")
    {
        const std::string path = name != nullptr ? at + name : "";
        ask.output = name != nullptr ? path.c_str() : nullptr;
        plx_items_how how = {};
        how.kernel = ask.kernel;
        how.path = list.c_str();
        how.n = PLX_ITEMS_ALL;
        plx_items *items = nullptr;
        testing::internal::CaptureStderr();
        code = plx_items_open(&items, &how);
        if (code == 0)
            code = merge_output(&ask, items, n, &digest, &complete);
        said = testing::internal::GetCapturedStderr();
        plx_items_close(items);
        struct stat st;
        const bool there = name != nullptr && stat(path.c_str(), &st) == 0;
        const std::string got = there && S_ISREG(st.st_mode) ? content(path) : "";
        if (there)
            unlink(path.c_str());
        return got;
    }

    std::string at, list, journal, out, said;
    plx_kernel kernel = doubles();
    merge_ask ask = {};
    uint32_t session = 0;
    uint64_t digest = 0;
    bool complete = false;
    int code = 0;
};

struct Case {
    Texts items;
    std::vector<Result> results;
};

// Some items repeat; a list of its own each time.
Case draw(std::mt19937 &random, size_t n, bool command)
{
    Case c;
    for (size_t i = 0; i < n; i++) {
        c.items.push_back(std::to_string(random() % (n / 2 + 1)));
        Result r = {};
        const unsigned luck = random() % 8;
        r.state = luck == 0 ? PLX_ITEM_BAD : luck == 1 ? PLX_ITEM_FALLBACK : PLX_ITEM_OK;
        if (command && r.state != PLX_ITEM_FALLBACK)
            for (size_t lines = random() % 3; lines > 0; lines--)
                r.out += "item " + std::to_string(i) + std::string(random() % 200, 'x') + "\n";
        if (command && luck == 7)
            r.err = "warning\n";
        if (command && r.state == PLX_ITEM_FALLBACK)
            r.bytes = "none";
        if (!command && r.state != PLX_ITEM_BAD)
            r.bytes = bytes_of(static_cast<double>(i) / 2);
        c.results.push_back(r);
    }
    return c;
}

std::string stdouts(const Case &c)
{
    std::string all;
    for (const Result &r : c.results)
        all += r.state == PLX_ITEM_FALLBACK ? r.bytes + "\n" : r.out;
    return all;
}

std::string rows(const Case &c)
{
    std::string all;
    for (const Result &r : c.results)
        all += r.state == PLX_ITEM_BAD ? std::string(8, '\0') : r.bytes;
    return all;
}

std::string npy(const std::string &data)
{
    char header[PLX_NPY_HEADER_MAX];
    return std::string(header, plx_npy_header(header, PLX_F64, data.size() / 8)) + data;
}

std::string table(const Case &c)
{
    std::string all = "item\thalf\n";
    for (size_t i = 0; i < c.results.size(); i++) {
        std::ostringstream value;
        if (c.results[i].state != PLX_ITEM_BAD)
            value << static_cast<double>(i) / 2;
        all += std::to_string(i) + "\t" + value.str() + "\n";
    }
    return all;
}

// The same results come in another order, over other sessions and ranks; some failed at first.
class AnyWay : public Merge {
protected:
    void spread(std::mt19937 &random, const Case &c)
    {
        const std::vector<plx_key> keys = keys_of(c.items);
        static const Result bad = {PLX_ITEM_BAD, "", "first\n", ""};
        std::vector<Entry> entries, early;
        for (size_t i = 0; i < keys.size(); i++) {
            entries.push_back({keys[i], c.items[i], &c.results[i]});
            if (random() % 5 == 0)
                early.push_back({keys[i], c.items[i], &bad});
        }
        std::shuffle(entries.begin(), entries.end(), random);
        fresh();
        write_session(early, 1);
        const size_t sessions = 1 + random() % 4, part = entries.size() / sessions + 1;
        for (size_t from = 0; from < entries.size(); from += part)
            write_session({entries.begin() + static_cast<long>(from),
                           entries.begin() +
                               static_cast<long>(std::min(from + part, entries.size()))},
                          1 + static_cast<int>(random() % 3));
        write_list(c.items);
    }
};

TEST_F(AnyWay, CommandsStdoutsStandInTheListsOrder)
{
    std::mt19937 random(17);
    for (size_t n : {1, 2, 9, 300}) {
        const Case c = draw(random, n, true);
        for (int way = 0; way < 3; way++) {
            spread(random, c);
            EXPECT_EQ(merge(n), stdouts(c));
            EXPECT_TRUE(complete);
            EXPECT_EQ(code, 0) << said;
        }
    }
}

TEST_F(AnyWay, KernelsResultsStandInTheListsOrder)
{
    std::mt19937 random(19);
    ask.kernel = &kernel;
    for (size_t n : {1, 2, 9, 300, 20000}) {
        const Case c = draw(random, n, false);
        for (int way = 0; way < 2; way++) {
            spread(random, c);
            EXPECT_TRUE(merge(n, "/out.npy") == npy(rows(c)));
            EXPECT_TRUE(complete);
            EXPECT_EQ(code, 0) << said;
            const std::string bytes = rows(c);
            EXPECT_EQ(digest, XXH64(bytes.data(), bytes.size(), 0));
        }
        EXPECT_TRUE(merge(n, "/out.tsv") == table(c));
        digest = 0;
        EXPECT_EQ(merge(n, nullptr), "");
        const std::string bytes = rows(c);
        EXPECT_EQ(digest, XXH64(bytes.data(), bytes.size(), 0)) << "without an output, too";
    }
}

// What was done may fail when it is tried again: the row is then zeros, as of any failed item.
TEST_F(Merge, ALaterFailureTakesTheResultAway)
{
    const Result good = {PLX_ITEM_OK, bytes_of(7), "", ""}, bad = {PLX_ITEM_BAD, "", "", ""};
    const std::vector<plx_key> keys = keys_of({"a", "b"});
    ask.kernel = &kernel;
    write_list({"a", "b"});
    write_session({{keys[0], "a", &good}, {keys[1], "b", &good}}, 1);
    write_session({{keys[0], "a", &bad}}, 1);
    EXPECT_EQ(merge(2), npy(std::string(8, '\0') + bytes_of(7)));
    EXPECT_EQ(merge(2, "/out.tsv"), "item\thalf\n0\t\n1\t7\n");
}

TEST_F(Merge, NothingIsWrittenBeforeAllHaveEnded)
{
    const Result good = {PLX_ITEM_OK, "", "x\n", ""};
    const std::vector<plx_key> keys = keys_of({"a", "b", "a"});
    write_list({"a", "b", "a"});
    std::ofstream(at + "/out") << "before";
    write_session({{keys[0], "a", &good}, {keys[1], "b", &good}}, 1);
    EXPECT_EQ(merge(3), "before");
    EXPECT_FALSE(complete);
    EXPECT_EQ(code, 0);
    EXPECT_NE(said.find("left as it is; 1 of 3 items have no final state"), std::string::npos);
    write_session({{keys[2], "a", &good}}, 1);
    EXPECT_EQ(merge(3), "x\nx\nx\n");
    EXPECT_TRUE(complete);
}

TEST_F(Merge, EntriesOfOtherItemsAreLeftOut)
{
    const Result good = {PLX_ITEM_OK, "", "x\n", ""};
    const std::vector<plx_key> keys = keys_of({"a", "b", "c", "a"});
    write_list({"c"});
    write_session({{keys[0], "a", &good}, {keys[1], "b", &good}, {keys[2], "c", &good}}, 1);
    EXPECT_EQ(merge(1), "x\n");
    write_list({});
    EXPECT_EQ(merge(0), "");
    EXPECT_TRUE(complete);
}

TEST_F(Merge, AnExistingFileIsReplacedByForceAlone)
{
    write_list({});
    std::ofstream(at + "/out") << "before";
    EXPECT_EQ(merge(0), "before");
    EXPECT_EQ(code, 73);
    std::ofstream(at + "/out") << "before";
    ask.force = true;
    EXPECT_EQ(merge(0), "");
    EXPECT_EQ(code, 0) << said;
}

TEST_F(Merge, AFullDiskIsTold)
{
    const Result good = {PLX_ITEM_OK, "", "x\n", ""};
    write_list({"a"});
    write_session({{keys_of({"a"})[0], "a", &good}}, 1);
    ask.force = true;
    EXPECT_EQ(symlink("/dev/full", out.c_str()), 0);
    (void)merge(1);
    EXPECT_EQ(code, 74) << said;
}

TEST_F(Merge, WhatCannotBeAnOutputIsRefusedBefore)
{
    const auto check = [&](const char *name) {
        const std::string path = at + name;
        ask.output = path.c_str();
        testing::internal::CaptureStderr();
        const int came = merge_check(&ask);
        said = testing::internal::GetCapturedStderr();
        return came;
    };
    write_list({});
    EXPECT_EQ(check("/out"), 0);
    EXPECT_EQ(check("/out.png"), 0) << "a command's bytes are its own";
    EXPECT_EQ(check("/none/out"), 73);
    EXPECT_EQ(check("/list"), 64);
    ask.items = nullptr;
    EXPECT_EQ(check("/list"), 0) << "an earlier start with this journal may have written it";
    ask.journal = "/none";
    EXPECT_EQ(check("/list"), 73);
    ask.items = "-";
    EXPECT_EQ(check("/out"), 64);
    ask.items = nullptr;
    EXPECT_EQ(check("/out"), 0);
    ask.kernel = &kernel;
    EXPECT_EQ(check("/out"), 0);
    EXPECT_EQ(check("/out.tsv"), 0);
    EXPECT_EQ(check("/out.png"), 64);
    kernel.out_type = PLX_BYTES;
    EXPECT_EQ(check("/out.npy"), 64);
    EXPECT_NE(said.find("a name that ends in .tsv makes a table"), std::string::npos);
    kernel.results = nullptr;
    EXPECT_EQ(check("/out.tsv"), 64);
}

} // namespace
