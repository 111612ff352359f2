/* SPDX-License-Identifier: MIT */
/* reader_test.cpp: whole journals of segments made by hand are read as what was put into them. */
#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "inside.h"
#include "oracle.h"

using namespace oracle;

namespace
{

Entry made(int i)
{
    Entry e;
    e.item = "item " + std::to_string(i) + std::string(static_cast<size_t>(i) % 9, '.');
    e.result = std::string(static_cast<size_t>(i) * 7 % 40, static_cast<char>('a' + i % 26));
    e.tries = 1 + i % 3;
    e.elapsed_s = i * 0.5;
    e.ended_s = 1e9 + i;
    if (i % 4 == 1) {
        e.state = i % 8 == 1 ? PLX_ITEM_BAD : PLX_ITEM_FALLBACK;
        e.code = i - 3;
        e.signal = i % 12;
        e.why = "why of " + std::to_string(i);
    }
    if (i % 3 == 0)
        e.output[0] = std::string(static_cast<size_t>(i) + 1, 'o');
    if (i % 5 == 0)
        e.output[1] = std::string(static_cast<size_t>(i) * 3 + 2, 'e');
    return e;
}

} // namespace

TEST(Reader, EntriesComeInOrderWithTheirOutput)
{
    Folder folder;
    std::vector<Entry> all;
    /* saved out of order; parts and sessions are numbers, not texts */
    const int order[][3] = {{2, 0, 0}, {1, 10, 0}, {1, 2, 0}, {1, 0, 10}, {1, 0, 9}};
    std::vector<Segment> segments;
    for (int s = 4; s >= 0; s--) {
        Segment segment(static_cast<uint32_t>(order[s][0]), order[s][1],
                        static_cast<uint32_t>(order[s][2]), "{\"subject\": 1}");
        for (int i = 0; i < 20; i++)
            segment.put(made(s * 20 + i), 1 + static_cast<size_t>(i) * 4);
        all.insert(all.end(), segment.entries.begin(), segment.entries.end());
        if (s != 2)
            segment.end();
        segments.push_back(segment);
    }
    for (size_t s : {2, 0, 4, 3, 1})
        folder.save(segments[s]);
    folder.save("owner.3", "somebody");
    folder.save("s000001-r0-9.plxj.old", segments[0].bytes);
    const Told told = read(folder.path);
    EXPECT_EQ(told.status, PLX_OK);
    EXPECT_EQ(told.why, "");
    EXPECT_EQ(told.entries, all);
    EXPECT_EQ(told.report.segments, 5u);
    EXPECT_EQ(told.report.unended, 1u);
    EXPECT_EQ(told.report.sessions, 2u);
    EXPECT_EQ(told.report.entries, 100u);
    EXPECT_EQ(told.report.unreadable + told.report.newer + told.report.holes + told.report.damaged,
              0u);
    ASSERT_EQ(told.segments.size(), 5u);
    EXPECT_EQ(told.segments[0].name, "s000001-r0-9.plxj");
    EXPECT_EQ(told.segments[2].subject, "{\"subject\": 1}");
    EXPECT_EQ(told.segments[2].host, "node7");
    EXPECT_FALSE(told.segments[2].ended);
    EXPECT_TRUE(told.segments[4].ended);
}

TEST(Reader, LongItemsResultsAndOutputsOfManyPieces)
{
    Folder folder;
    Segment segment(1, 0, 0, std::string(PLX_SUBJECT_MAX - 1, 's'));
    std::vector<Entry> all;
    for (int i = 0; i < 24; i++) {
        Entry e = made(i);
        e.item = std::to_string(i) + std::string(PLX_ITEM_MAX - 2, 'i');
        e.result = std::string(PLX_RESULT_MAX, static_cast<char>(i));
        e.why = std::string(107, 'w');
        e.output[0] = std::string(300000 + static_cast<size_t>(i), 'o');
        e.output[1] = std::string(65536, 'e');
        segment.put(e);
        all.push_back(e);
    }
    folder.save(segment);
    const Told told = read(folder.path);
    EXPECT_EQ(told.status, PLX_OK);
    EXPECT_TRUE(told.entries == all);
    EXPECT_EQ(told.report.holes, 0u);
}

TEST(Reader, RoomBehindTheLastRecordIsNoDamage)
{
    Folder folder;
    Segment whole(1, 0, 0, "{}");
    whole.put(made(3));
    whole.bytes += std::string(3000000, '\0');
    Segment torn(1, 1, 0, "{}");
    torn.put(made(4));
    const size_t end = torn.bytes.size();
    torn.put(made(5));
    torn.bytes.resize(end + 60);
    torn.bytes += std::string(1001, '\0');
    folder.save(whole);
    folder.save(torn);
    const Told told = read(folder.path);
    EXPECT_EQ(told.entries, (std::vector<Entry>{made(3), made(4)}));
    ASSERT_EQ(told.segments.size(), 2u);
    EXPECT_EQ(told.segments[0].holes, 0u);
    EXPECT_EQ(told.segments[0].damaged, 0u);
    EXPECT_EQ(told.segments[1].holes, 1u);
    EXPECT_EQ(told.segments[1].damaged_at, end);
    EXPECT_GT(told.segments[1].damaged, 40u);
    EXPECT_LE(told.segments[1].damaged, 80u);
}

/* Segments in which the output of an item stands before its entry in all kinds of ways. */
class Output : public testing::Test {
protected:
    Folder folder;
    const Entry e = made(15), plain = made(1), other = made(2);
    int rank = 0;

    template <class Fill> void segment(Fill fill)
    {
        Segment s(1, rank++, 0, "{}");
        s.put(plain);
        fill(s);
        s.put(other);
        folder.save(s);
    }

    void pieces(Segment &s, const std::string &item)
    {
        s.piece(item, 0, e.output[0]);
        s.piece(item, 1, e.output[1]);
    }

    /* The entry says what its output has: taken out of a segment that holds all of it. */
    void entry(Segment &s)
    {
        Segment full(1, 0, 0, "");
        full.put(e);
        s.record(2, full.bytes.substr(full.records.back() + 40,
                                      72 + e.item.size() + e.result.size() + e.why.size()));
    }
};

TEST_F(Output, MustStandBeforeItsEntryAndAddUp)
{
    Entry bare = e;
    bare.output[0] = bare.output[1] = "";
    segment([&](Segment &s) { entry(s); });
    segment([&](Segment &s) { pieces(s, "another"), entry(s); });
    segment([&](Segment &s) { s.piece(e.item, 0, e.output[0]), entry(s); });
    segment([&](Segment &s) { pieces(s, e.item), s.put(plain), entry(s); });
    segment([&](Segment &s) { pieces(s, e.item), s.piece(e.item, 1, "x"), entry(s); });
    segment([&](Segment &s) {
        s.piece(e.item, 1, e.output[1]), s.piece(e.item, 0, e.output[0]), entry(s);
    });
    segment([&](Segment &s) { pieces(s, e.item), s.put(bare); });
    segment([&](Segment &s) { pieces(s, e.item), s.piece(e.item, 1, ""), entry(s); });
    const Told told = read(folder.path);
    for (const Entry &found : told.entries)
        EXPECT_NE(found.item, e.item);
    EXPECT_EQ(told.report.entries, 8u * 2 + 1);
    EXPECT_GE(told.report.holes, 8u);
}

/* Their writer died, or the disk failed under it: what was lost is in no entry. */
TEST_F(Output, WithoutAnEntryIsNoDamage)
{
    segment([&](Segment &s) {
        pieces(s, "another"), pieces(s, e.item), entry(s), pieces(s, "another");
    });
    const Told told = read(folder.path);
    EXPECT_EQ(told.entries, (std::vector<Entry>{plain, e, other}));
    EXPECT_EQ(told.report.holes, 0u);
}

TEST(Reader, APlaceMustHaveItsOutputAndItsEntry)
{
    Folder folder;
    Entry e = made(15);
    Segment segment(1, 0, 0, "{}"), full = segment;
    full.put(e);
    const std::string payload = full.bytes.substr(
        full.records.back() + 40, 72 + e.item.size() + e.result.size() + e.why.size());
    plx_place place = {1, 0, 0, 0, segment.bytes.size(), {e.output[0].size(), e.output[1].size()}};
    segment.piece("another", 0, e.output[0]);
    segment.piece("another", 1, e.output[1]);
    segment.record(2, payload);
    folder.save(segment);
    plx_entry entry;
    std::string output;
    const auto look = [&](const plx_place &at) {
        plx_finder *finder = plx_finder_open(folder.path.c_str());
        const plx_status status = plx_finder_entry(finder, &at, &entry);
        EXPECT_EQ(plx_finder_output(finder, &at, 1, append, &output), status);
        plx_finder_close(finder);
        return status;
    };
    EXPECT_EQ(look(place), PLX_NO_INPUT); /* of another key */
    folder.save(full);
    EXPECT_EQ(look(place), PLX_OK);
    EXPECT_EQ(output, e.output[1]);
    place.output[0]--;
    EXPECT_EQ(look(place), PLX_NO_INPUT);
    place.output[0] += 2;
    EXPECT_EQ(look(place), PLX_NO_INPUT);
    place.output[0] = place.output[1] = 0;
    EXPECT_EQ(look(place), PLX_NO_INPUT);
    place.offset = full.records.back(); /* the entry without its output */
    EXPECT_EQ(look(place), PLX_NO_INPUT);
    for (int stream : {0, 1}) { /* the same of an entry with one of the two */
        Entry one = made(15);
        one.output[1 - stream] = "";
        place.offset = (full.put(one), full.records.back());
        folder.save(full);
        EXPECT_EQ(look(place), PLX_NO_INPUT);
    }
    place.offset = 1u << 30;
    EXPECT_EQ(look(place), PLX_NO_INPUT);
    EXPECT_EQ(output, e.output[1]);
}

TEST(Reader, NumbersRise)
{
    Folder folder;
    Segment segment(1, 0, 0, "{}");
    segment.put(made(1));
    segment.number = 5;
    segment.put(made(2));
    segment.number = 3;
    segment.put(made(4));
    segment.number = 6;
    segment.put(made(7));
    folder.save(segment);
    const Told told = read(folder.path);
    EXPECT_EQ(told.entries, (std::vector<Entry>{made(1), made(2), made(7)}));
    EXPECT_EQ(told.report.holes, 1u);
}

TEST(Reader, UnknownKindsArePassedOver)
{
    Folder folder;
    Segment segment(1, 0, 0, "{}");
    segment.record(77, "of a later version");
    segment.put(made(6));
    segment.record(4, "");
    segment.end();
    folder.save(segment);
    const Told told = read(folder.path);
    EXPECT_EQ(told.entries, std::vector<Entry>{made(6)});
    EXPECT_EQ(told.report.holes, 0u);
    EXPECT_TRUE(told.segments.at(0).ended);
}

TEST(Reader, ANewerVersionIsToldAndNotRead)
{
    Folder folder;
    Segment segment(3, 1, 0, "{}", 2);
    segment.put(made(6));
    folder.save(segment);
    const Told told = read(folder.path);
    EXPECT_EQ(told.status, PLX_OK);
    EXPECT_EQ(told.report.newer, 1u);
    EXPECT_EQ(told.report.entries, 0u);
    EXPECT_EQ(told.report.damaged, 0u);
    EXPECT_TRUE(told.segments.at(0).newer);
}

TEST(Reader, NoFolderIsNoJournalAndAFileIsNone)
{
    Folder folder;
    const Told none = read(folder.path + "/nothing");
    EXPECT_EQ(none.status, PLX_OK);
    EXPECT_EQ(none.report.segments, 0u);
    folder.save("file", "");
    const Told file = read(folder.path + "/file");
    EXPECT_EQ(file.status, PLX_NO_INPUT);
    EXPECT_NE(file.why.find(folder.path + "/file"), std::string::npos);
    EXPECT_NE(file.why.find("Not a directory"), std::string::npos);
}

TEST(Reader, WhatIsNoFileOrEmptyIsUnreadableAndNoDamage)
{
    Folder folder;
    folder.save("s000001-r0-0.plxj", "");
    folder.save("s000001-r1-0.plxj", std::string(5000, '\0'));
    ASSERT_EQ(mkfifo((folder.path + "/s000002-r0-0.plxj").c_str(), 0600), 0);
    ASSERT_EQ(symlink("nowhere", (folder.path + "/s000005-r0-0.plxj").c_str()), 0);
    const Told told = read(folder.path);
    EXPECT_EQ(told.status, PLX_OK);
    EXPECT_EQ(told.report.segments, 3u);
    EXPECT_EQ(told.report.unreadable, 3u);
    EXPECT_EQ(told.report.damaged, 0u);
    EXPECT_EQ(told.report.sessions, 5u);
}

TEST(Reader, ACallbackEndsTheReadingWithItsStatus)
{
    Folder folder;
    Segment segment(1, 0, 0, "{}");
    for (int i = 0; i < 5; i++)
        segment.put(made(i));
    folder.save(segment);
    size_t count = 0;
    char why[PLX_JOURNAL_WHY];
    plx_journal_report report;
    plx_reading reading = {};
    reading.user = &count;
    reading.entry = [](void *user, const plx_entry *, const plx_place *) {
        return ++*static_cast<size_t *>(user) == 3 ? PLX_MISMATCH : PLX_OK;
    };
    EXPECT_EQ(plx_journal_read(folder.path.c_str(), &reading, &report, why), PLX_MISMATCH);
    EXPECT_EQ(count, 3u);
    EXPECT_STREQ(why, "");
    reading.entry = nullptr;
    EXPECT_EQ(plx_journal_read(folder.path.c_str(), &reading, &report, why), PLX_OK);
    EXPECT_EQ(report.entries, 5u);
}

TEST(Reader, OutputIsGivenWholeOrNotAtAll)
{
    Folder folder;
    Segment segment(1, 0, 0, "{}");
    Entry e = made(3);
    e.output[0] = std::string(200000, 'x');
    e.output[1] = "errors";
    segment.put(e);
    folder.save(segment);
    const Told told = read(folder.path);
    ASSERT_EQ(told.places.size(), 1u);
    const plx_place place = told.places[0];
    std::string output;
    plx_finder *finder = plx_finder_open(folder.path.c_str());
    const auto give = [&](const plx_place &at, int stream) {
        return plx_finder_output(finder, &at, stream, append, &output);
    };
    EXPECT_EQ(give(place, 0), PLX_OK);
    EXPECT_EQ(give(place, 1), PLX_OK);
    EXPECT_TRUE(output == e.output[0] + "errors");
    /* its last piece is broken: nothing is given; one that is elsewhere; who takes no more */
    segment.bytes[segment.records[3] + 50] ^= 1;
    folder.save(segment);
    EXPECT_EQ(give(place, 0), PLX_NO_INPUT);
    plx_place wrong = place;
    wrong.offset += 8;
    EXPECT_EQ(give(wrong, 0), PLX_NO_INPUT);
    wrong = place;
    wrong.part = 1;
    EXPECT_EQ(give(wrong, 0), PLX_NO_INPUT);
    EXPECT_EQ(output.size(), 200006u);
    segment.bytes[segment.records[3] + 50] ^= 1;
    folder.save(segment);
    int calls = 0;
    const auto refuse = [](void *user, const void *, size_t) {
        return ++*static_cast<int *>(user) == 2 ? PLX_IO : PLX_OK;
    };
    EXPECT_EQ(plx_finder_output(finder, &place, 0, refuse, &calls), PLX_IO);
    EXPECT_EQ(calls, 2);
    plx_finder_close(finder);
}

/* What was not looked at is neither damaged nor away: else it would run again. */
TEST(Reader, WhereMemoryIsShortNothingIsLost)
{
    Folder folder;
    for (uint32_t part = 0; part < 2; part++) {
        Segment segment(1, 0, part, "{}");
        segment.put(made(3));
        segment.end();
        folder.save(segment);
    }
    const Told told = read(folder.path);
    ASSERT_EQ(told.places.size(), 2u);
    const plx_reading reading = {nullptr, nullptr, nullptr};
    plx_journal_report report;
    char why[PLX_JOURNAL_WHY];
    long n = 1;
    for (bool fired = true; fired; n++) {
        inside_arm(INSIDE_MEMORY, n, 1, ENOMEM);
        const plx_status status = plx_journal_read(folder.path.c_str(), &reading, &report, why);
        fired = inside_disarm() > 0;
        EXPECT_EQ(status, fired ? PLX_NO_MEMORY : PLX_OK) << n;
        EXPECT_EQ(std::string(why).empty(), !fired) << n;
        EXPECT_EQ(report.unreadable + report.holes, 0u) << n;
    }
    EXPECT_GT(n, 8); /* window, and for each segment its path, its header, its subject */
    plx_entry entry;
    std::string output;
    n = 1;
    for (bool fired = true; fired; n++) {
        plx_finder *finder = plx_finder_open(folder.path.c_str());
        inside_arm(INSIDE_MEMORY, n, 1, ENOMEM);
        const plx_status status = plx_finder_entry(finder, &told.places[1], &entry);
        fired = inside_disarm() > 0;
        EXPECT_EQ(status, fired ? PLX_NO_MEMORY : PLX_OK) << n;
        EXPECT_EQ(plx_finder_output(finder, &told.places[1], 0, append, &output), PLX_OK) << n;
        plx_finder_close(finder);
    }
    EXPECT_GT(n, 3);
}
