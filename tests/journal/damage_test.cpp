/* SPDX-License-Identifier: MIT */
/*
 * damage_test.cpp: a journal with everything done to it that a disk, a file system or a hand can
 * do: nothing wrong is ever accepted, and what was not touched is found.
 *
 * A journal of three segments is damaged in one way at a time. Each entry that is read must be one
 * that was put into that segment, once, with its output; the entries of whole segments and those
 * that damage in place did not touch must all be there; the reading itself never fails.
 */
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <malloc.h>
#include <random>
#include <unistd.h>

#include <gtest/gtest.h>

#include "oracle.h"

using namespace oracle;

namespace
{

#ifdef PLX_SANITIZED
constexpr size_t EACH = 13; /* place: it is slow there */
#else
constexpr size_t EACH = 1;
#endif

Entry made(int i)
{
    Entry e;
    e.item = "i" + std::to_string(i % 31) + std::string(static_cast<size_t>(i) % 5, '.');
    e.result = std::string(static_cast<size_t>(i) * 3 % 17, static_cast<char>('a' + i % 26));
    e.tries = i;
    if (i % 4 == 1) {
        e.state = PLX_ITEM_BAD;
        e.code = i;
        e.why = "why " + std::to_string(i);
    }
    if (i % 5 == 0)
        e.output[0] = "out of " + std::to_string(i);
    if (i % 10 == 0)
        e.output[1] = "err";
    return e;
}

class Damage : public testing::Test {
protected:
    Folder folder;
    std::vector<Segment> whole;
    size_t cases = 0, found = 0, lost = 0;

    Damage()
    {
        mallopt(M_MMAP_THRESHOLD, 1 << 24); /* buffers of a reading are made anew for each */
        mallopt(M_TRIM_THRESHOLD, 1 << 26);
        const int ids[][2] = {{1, 0}, {1, 1}, {2, 0}};
        for (int s = 0; s < 3; s++) {
            whole.emplace_back(ids[s][0], ids[s][1], 0, "{\"kernel\": \"k\"}");
            for (int i = 0; i < 13; i++)
                whole.back().put(made(s * 13 + i), 9);
            if (s < 2)
                whole.back().end();
            folder.save(whole.back());
        }
    }

    void TearDown() override
    {
        std::printf("%zu cases: %zu entries found, %zu lost, 0 wrong\n", cases, found, lost);
    }

    /* Bytes [from, to) of segment s are not what they were; all others are, and in their place. */
    void expect_rest(size_t s, size_t from, size_t to, const std::string &what)
    {
        const size_t copy = whole[s].records[0] / 2;
        const bool headless = from < copy && to > copy;
        std::vector<bool> must(whole[s].entries.size());
        for (size_t i = 0; i < must.size(); i++)
            must[i] =
                !headless && (whole[s].spans[i].second <= from || whole[s].spans[i].first >= to);
        expect(s, must, what);
    }

    /* Segment s has no entries but its own, and those that it must have. */
    void expect(size_t s, const std::vector<bool> &must, const std::string &what)
    {
        const Told told = read(folder.path);
        std::vector<std::vector<bool>> seen;
        for (const Segment &segment : whole)
            seen.emplace_back(segment.entries.size(), false);
        cases++;
        if (told.status != PLX_OK)
            ADD_FAILURE() << what << ": " << told.why;
        for (size_t i = 0; i < told.entries.size(); i++) {
            const plx_place &at = told.places[i];
            const size_t k = at.session == 2 ? 2 : static_cast<size_t>(at.rank);
            const auto &all = whole[k].entries;
            const auto one = std::find(all.begin(), all.end(), told.entries[i]);
            if (one == all.end() || seen[k][static_cast<size_t>(one - all.begin())])
                ADD_FAILURE() << what << ": a wrong entry: " << told.entries[i].item;
            else
                seen[k][static_cast<size_t>(one - all.begin())] = true;
        }
        for (size_t k = 0; k < whole.size(); k++)
            for (size_t i = 0; i < seen[k].size(); i++) {
                (seen[k][i] ? found : lost)++;
                if (!seen[k][i] && (k != s || must[i]))
                    ADD_FAILURE() << what << ": entry " << i << " of segment " << k << " is lost";
            }
        if (HasFailure() && ++failures > 10)
            FAIL() << "and so on";
    }

    std::vector<bool> nothing(size_t s) const
    {
        return std::vector<bool>(whole[s].entries.size(), false);
    }

    bool stop() const
    {
        return failures > 10;
    }

private:
    int failures = 0;
};

} // namespace

TEST_F(Damage, EveryTruncation)
{
    for (size_t s = 0; s < whole.size(); s++) {
        const std::string &bytes = whole[s].bytes;
        for (size_t size = 0; size < bytes.size() && !stop(); size += EACH) {
            folder.save(whole[s].name(), bytes.substr(0, size));
            expect_rest(s, size, bytes.size(), "cut to " + std::to_string(size));
        }
        folder.save(whole[s]);
    }
}

TEST_F(Damage, EveryBitFlip)
{
    for (size_t s = 0; s < whole.size(); s++) {
        const std::string path = folder.path + "/" + whole[s].name();
        const int fd = open(path.c_str(), O_WRONLY);
        for (size_t bit = 0; bit < whole[s].bytes.size() * 8 && !stop(); bit += EACH) {
            const char was = whole[s].bytes[bit / 8], is = static_cast<char>(was ^ 1 << bit % 8);
            ASSERT_EQ(pwrite(fd, &is, 1, static_cast<off_t>(bit / 8)), 1);
            expect_rest(s, bit / 8, bit / 8 + 1, "bit " + std::to_string(bit));
            ASSERT_EQ(pwrite(fd, &was, 1, static_cast<off_t>(bit / 8)), 1);
        }
        close(fd);
    }
}

TEST_F(Damage, RunsOfZerosAndOfOnes)
{
    for (size_t s = 0; s < whole.size(); s++) {
        const std::string &bytes = whole[s].bytes;
        for (size_t length : {8, 64, 512, 100000})
            for (size_t at = 0; at < bytes.size() && !stop(); at += 8 * EACH) {
                const size_t end = std::min(at + length, bytes.size());
                std::string damaged = bytes;
                std::fill(damaged.begin() + static_cast<long>(at),
                          damaged.begin() + static_cast<long>(end), at % 16 ? '\0' : '\xff');
                folder.save(whole[s].name(), damaged);
                expect_rest(s, at, end, "a run at " + std::to_string(at));
            }
        folder.save(whole[s]);
    }
}

TEST_F(Damage, BytesMovedSwappedAndDoubled)
{
    for (size_t s = 0; s < whole.size(); s++) {
        const std::string &bytes = whole[s].bytes;
        const auto &records = whole[s].records;
        const auto record = [&](size_t i) {
            return bytes.substr(
                records[i], (i + 1 < records.size() ? records[i + 1] : bytes.size()) - records[i]);
        };
        auto check = [&](const std::string &damaged, size_t from, const std::string &what) {
            folder.save(whole[s].name(), damaged);
            std::vector<bool> must = nothing(s);
            for (size_t i = 0; i < must.size(); i++)
                must[i] = whole[s].spans[i].second <= from;
            if (!stop())
                expect(s, must, what + " at " + std::to_string(from));
        };
        for (size_t at = records[0]; at < bytes.size(); at += 8 * EACH)
            for (size_t size : {1, 8, 40}) {
                check(bytes.substr(0, at) + std::string(size, '\0') + bytes.substr(at), at,
                      "put in");
                check(bytes.substr(0, at) + bytes.substr(std::min(at + size, bytes.size())), at,
                      "taken out");
            }
        for (size_t i = 0; i < records.size(); i++) {
            check(bytes.substr(0, records[i]) + record(i) + bytes.substr(records[i]), records[i],
                  "doubled");
            check(bytes + record(i), bytes.size(), "put behind");
            for (size_t k = 0; k < records.size(); k++) {
                std::string damaged = bytes;
                if (k == i || record(k).size() != record(i).size())
                    continue;
                damaged.replace(records[i], record(k).size(), record(k));
                check(damaged, records[i], "copied over");
                damaged.replace(records[k], record(i).size(), record(i));
                check(damaged, std::min(records[i], records[k]), "swapped");
            }
        }
        folder.save(whole[s]);
    }
}

/* Records that were written to the same place of another file: a lost write's old blocks. */
TEST_F(Damage, RecordsOfAnotherSegment)
{
    for (size_t s = 0; s < whole.size(); s++) {
        const std::string &bytes = whole[s].bytes;
        std::vector<Segment> others = whole;
        Segment again(whole[s].session, whole[s].rank, whole[s].part, "{\"kernel\": \"k\"}  ");
        for (int i = 0; i < 13; i++)
            again.put(made(100 + i), 9);
        others.push_back(again);
        for (const Segment &other : others)
            for (size_t begin = 0; begin < bytes.size(); begin += 128) {
                std::string damaged = bytes;
                const size_t end =
                    std::min({begin + 128 * (1 + begin % 5), bytes.size(), other.bytes.size()});
                if (end <= begin || other.bytes == bytes || stop())
                    continue;
                damaged.replace(begin, end - begin, other.bytes, begin, end - begin);
                folder.save(whole[s].name(), damaged);
                size_t from = begin, to = end; /* where they differ at all */
                while (from < to && damaged[from] == bytes[from])
                    from++;
                if (begin > 0)
                    expect_rest(s, from, to, "another's at " + std::to_string(begin));
                else
                    expect(s, nothing(s), "another's head");
            }
        folder.save(whole[s]);
    }
}

TEST_F(Damage, SegmentsThatAreMissingDoubledOrRenamed)
{
    for (size_t s = 0; s < whole.size(); s++) {
        const std::string name = whole[s].name(), path = folder.path + "/" + name;
        for (const char *other : {"s000001-r0-1.plxj", "s000001-r7-0.plxj", "s000009-r0-0.plxj"}) {
            folder.save(other, whole[s].bytes);
            expect_rest(s, whole[s].bytes.size(), whole[s].bytes.size(), other);
            unlink(path.c_str());
            expect(s, nothing(s), std::string("instead: ") + other);
            unlink((folder.path + "/" + other).c_str());
            expect(s, nothing(s), "missing");
            folder.save(whole[s]);
        }
        const Segment &other = whole[(s + 1) % whole.size()];
        folder.save(name, other.bytes);
        expect(s, nothing(s), "another's bytes");
        for (const char *strange :
             {"s1-r0-0.plxj", "s000001-r-1-0.plxj", "s000001-r0-0.plxj ", "s4294967296-r0-0.plxj",
              "s000001-r+0-0.plxj", "xs000001-r0-0.plxj"}) {
            folder.save(strange, whole[s].bytes);
            expect(s, nothing(s), strange);
            unlink((folder.path + "/" + strange).c_str());
        }
        folder.save(whole[s]);
    }
}

TEST_F(Damage, ManyThingsAtOnce)
{
    std::mt19937 random(20240607);
    const auto below = [&](size_t n) {
        return std::uniform_int_distribution<size_t>(0, n - 1)(random);
    };
    for (int round = 0; round < 3000 / static_cast<int>(EACH) && !stop(); round++) {
        const size_t s = below(whole.size());
        std::string damaged = whole[s].bytes;
        for (size_t n = 1 + below(6); n > 0 && !damaged.empty(); n--) {
            const size_t at = below(damaged.size()),
                         size = std::min(1 + below(300), damaged.size() - at);
            const size_t from = below(damaged.size() - size + 1);
            const std::string some = damaged.substr(from, size);
            switch (below(5)) {
            case 0:
                damaged.replace(at, size, some);
                break;
            case 1:
                damaged.insert(at / 8 * 8, some);
                break;
            case 2:
                damaged.erase(at / 8 * 8, size);
                break;
            case 3:
                damaged.resize(at + 1);
                break;
            default:
                damaged[at] = static_cast<char>(below(256));
                break;
            }
        }
        folder.save(whole[s].name(), damaged);
        expect(s, nothing(s), "round " + std::to_string(round));
        folder.save(whole[s]);
    }
}
