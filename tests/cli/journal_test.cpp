/* SPDX-License-Identifier: MIT */
/*
 * journal_test.cpp: what `parallax journal export` prints hangs on the journal alone, not on how
 * much memory it has; items and results are told as the subject says.
 */
#include <cstring>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

extern "C" {
#include "cli/journal_item.h"
#include "cli/journal_verbs.h"
}

namespace
{

struct Journal {
    std::string path;
    Journal()
    {
        std::string made = (std::filesystem::temp_directory_path() / "plx-cli-XXXXXX").string();
        path = mkdtemp(made.data()) ? made : "";
    }
    ~Journal()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    Journal(const Journal &) = delete;
};

/* Items [from, to) of a command, each with its text as its fallback. */
void write(const std::string &folder, uint32_t session, int from, int to)
{
    char why[PLX_JOURNAL_WHY];
    plx_writer *writer = nullptr;
    plx_writer_how how = {};
    how.folder = folder.c_str();
    how.subject = "{\"exec\": \"x\"}";
    how.session = session;
    how.durability = PLX_DURABLE_NONE;
    ASSERT_EQ(plx_writer_open(&writer, &how, why), PLX_OK) << why;
    for (int i = from; i < to; i++) {
        plx_place place;
        plx_entry entry = {};
        const int none[2] = {-1, -1};
        const std::string item = std::to_string(i),
                          result = item + " in " + std::to_string(session);
        entry.key = plx_key_of(item.data(), item.size());
        entry.state = PLX_ITEM_FALLBACK;
        entry.item = item.data();
        entry.item_size = item.size();
        entry.result = result.data();
        entry.result_size = result.size();
        entry.why = "";
        ASSERT_EQ(plx_writer_put(writer, &entry, none, &place), PLX_OK);
    }
    ASSERT_EQ(plx_writer_close(writer, nullptr, why), PLX_OK) << why;
}

std::string exported(const std::string &folder, bool json, size_t within)
{
    testing::internal::CaptureStdout();
    EXPECT_EQ(plx_journal_export_within(folder.c_str(), json, within), 0);
    std::fflush(stdout);
    return testing::internal::GetCapturedStdout();
}

/* An item of such bytes as its subject shows it. */
std::string shown(const std::string &subject, const std::string &item, const std::string &result)
{
    plx_entry entry = {};
    entry.state = PLX_ITEM_OK;
    entry.item = item.data();
    entry.item_size = item.size();
    entry.result = result.data();
    entry.result_size = result.size();
    entry.why = "";
    plx_journal_shape *shape = plx_journal_shape_read(subject.c_str());
    json_t *object = plx_journal_item_json(shape, &entry, "", 0);
    char *text = json_dumps(json_object_get(object, "item"), JSON_ENCODE_ANY | JSON_COMPACT);
    std::string all = text;
    free(text);
    text = json_dumps(json_object_get(object, "result"), JSON_ENCODE_ANY | JSON_COMPACT);
    all += std::string(" ") + text;
    free(text);
    json_decref(object);
    plx_journal_shape_free(shape);
    return all;
}

template <class T> std::string raw(std::initializer_list<T> values)
{
    std::string bytes;
    for (T value : values)
        bytes.append(reinterpret_cast<const char *>(&value), sizeof value);
    return bytes;
}

} // namespace

TEST(JournalExport, IsTheSameInOnePartAndInMany)
{
    Journal journal;
    write(journal.path, 1, 0, 300);
    write(journal.path, 2, 100, 200);
    for (bool json : {false, true}) {
        const std::string once = exported(journal.path, json, 1 << 20);
        EXPECT_EQ(std::count(once.begin(), once.end(), '\n'), 300 + !json);
        for (size_t within : {4000, 400, 1})
            EXPECT_EQ(exported(journal.path, json, within), once) << within;
        for (int i : {0, 99, 100, 199, 200, 299}) {
            const std::string item = std::to_string(i),
                              result = item + (i / 100 == 1 ? " in 2" : " in 1");
            EXPECT_NE(once.find(json ? "\"" + result + "\"" : "\t" + result + "\n"),
                      std::string::npos);
        }
    }
}

TEST(JournalItem, IsShownAsItsSubjectSays)
{
    const std::string value = "[{\"name\":\"value\",\"type\":\"float64\",\"offset\":0,\"size\":8}]";
    EXPECT_EQ(shown("{\"kernel\":\"k\",\"in\":\"float64\",\"in_size\":8,\"out_size\":8,\"out\":"
                    "\"float64\",\"fields\":" +
                        value + "}",
                    raw<double>({1.5}), raw<double>({2.25})),
              "\"1.5\" {\"value\":\"2.25\"}");
    EXPECT_EQ(shown("{\"kernel\":\"k\",\"in\":\"int64\",\"in_size\":16,\"out_size\":24,\"out\":"
                    "\"uint8\",\"fields\":[{\"name\":\"a\",\"type\":\"uint64\",\"offset\":8,"
                    "\"size\":16},{\"name\":\"b\",\"type\":\"text\",\"offset\":0,\"size\":8}]}",
                    raw<int64_t>({-7, 8}), raw<uint64_t>({0x6f6c6c6568, 1, 2})),
              "[\"-7\",\"8\"] {\"value\":[\"1\",\"2\"],\"b\":\"hello\"}");
    /* lines; the number of an item without input; what is not told */
    EXPECT_EQ(shown("{\"kernel\":\"k\",\"in\":\"bytes\",\"in_size\":\"lines\"}", "a\tb\xff", ""),
              "\"a\\tb?\" null");
    EXPECT_EQ(shown("{\"kernel\":\"k\",\"in\":\"bytes\",\"in_size\":0}", "12", "\x01\xfe"),
              "\"12\" {\"value\":\"\\u0001?\"}");
    EXPECT_EQ(
        shown("{\"kernel\":\"k\",\"in\":\"bytes\",\"in_size\":2,\"out\":\"bytes\",\"out_size\""
              ":2}",
              "\x01\xfe", "\x01\xfe"),
        "\"01fe\" {\"value\":\"01fe\"}");
    EXPECT_EQ(shown("no subject", "x", ""), "\"x\" null");
}

/* A subject is read from a file: what it says may be anything. */
TEST(JournalItem, FieldsBeyondAResultAreNull)
{
    const std::string begin =
        "{\"kernel\":\"k\",\"out\":\"bytes\",\"out_size\":8,\"fields\":[{\"name\":"
        "\"v\",\"type\":\"uint64\",\"offset\":";
    EXPECT_EQ(shown(begin + "1,\"size\":8}]}", "x", "12345678"), "\"x\" {\"value\":null}");
    EXPECT_EQ(shown(begin + "0,\"size\":9}]}", "x", "12345678"), "\"x\" {\"value\":null}");
    EXPECT_EQ(shown(begin + "65536,\"size\":65536}]}", "x", "12345678"), "\"x\" {\"value\":null}");
    /* no fields at all: an offset below 0, no size, a size that is no number */
    for (const char *wrong : {"-8,\"size\":8}]}", "0,\"size\":0}]}", "0,\"size\":\"8\"}]}",
                              "0,\"size\":9223372036854775807}]}"})
        EXPECT_EQ(shown(begin + wrong, "x", "12345678"), "\"x\" {\"value\":\"3132333435363738\"}");
    EXPECT_EQ(shown(begin + "0,\"size\":3}]}", "x", "\x01\x02\x03"),
              "\"x\" {\"value\":\"010203\"}");
}
