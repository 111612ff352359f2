/* SPDX-License-Identifier: MIT */
/* oracle.cpp: see oracle.h. */
#include "oracle.h"

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <unistd.h>
#include <xxhash.h>

#include <gtest/gtest.h>

namespace oracle
{
namespace
{

template <class T> std::string raw(T value)
{
    std::string bytes;
    uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    for (size_t i = 0; i < sizeof value; i++)
        bytes += static_cast<char>(bits >> (8 * i) & 0xff);
    return bytes;
}

std::string text(const std::string &value, size_t size)
{
    return value + std::string(size - value.size(), '\0');
}

void pad(std::string &bytes)
{
    bytes.resize((bytes.size() + 7) / 8 * 8, '\0');
}

/* 96 bits of XXH3, high ones first. */
std::string key_of(const std::string &item)
{
    const XXH128_hash_t hash = XXH3_128bits(item.data(), item.size());
    return raw(static_cast<uint32_t>(hash.high64 >> 32)) + raw(static_cast<uint32_t>(hash.high64)) +
           raw(static_cast<uint32_t>(hash.low64 >> 32));
}

} // namespace

Segment::Segment(uint32_t session_, int32_t rank_, uint32_t part_, const std::string &subject,
                 uint16_t major)
    : session(session_), part(part_), rank(rank_),
      salt(XXH3_64bits_withSeed(subject.data(), subject.size(),
                                session_ * 1000003u + static_cast<uint32_t>(rank_) * 1009u + part_))
{
    std::string head =
        text("PLXJRNL", 8) + raw(major) + raw<uint16_t>(0) + raw<uint32_t>(0x01020304) + raw(salt) +
        raw(session) + raw(part) + raw(rank) + raw(static_cast<uint32_t>(subject.size() + 1)) +
        raw<int64_t>(4711) + raw<int64_t>(99) + raw(1.5e9) + text("node7", 64) + text("a-boot", 40);
    const std::string ended = subject + '\0';
    const uint64_t first = XXH3_64bits(head.data(), head.size());
    head += raw<uint64_t>(XXH3_64bits_withSeed(ended.data(), ended.size(), first)) + ended;
    pad(head);
    bytes = head + head;
}

void Segment::record(uint16_t kind, const std::string &payload)
{
    std::string head = raw<uint32_t>(0x72584C50) + raw(kind) + raw<uint16_t>(0) +
                       raw(static_cast<uint32_t>(payload.size())) + raw<uint32_t>(0) +
                       raw(number++) +
                       raw<uint64_t>(XXH3_64bits_withSeed(payload.data(), payload.size(), salt));
    head += raw<uint64_t>(XXH3_64bits_withSeed(head.data(), head.size(), salt ^ bytes.size()));
    records.push_back(bytes.size());
    bytes += head + payload;
    pad(bytes);
}

void Segment::piece(const std::string &item, int stream, const std::string &output)
{
    record(1, key_of(item) + raw(static_cast<int32_t>(stream)) + output);
}

void Segment::put(const Entry &e, size_t most)
{
    const size_t begin = bytes.size();
    for (int stream = 0; stream < 2; stream++)
        for (size_t at = 0; at < e.output[stream].size(); at += most)
            piece(e.item, stream, e.output[stream].substr(at, most));
    record(2, key_of(e.item) + raw(static_cast<int32_t>(e.state)) +
                  raw(static_cast<int32_t>(e.code)) + raw(static_cast<int32_t>(e.signal)) +
                  raw(static_cast<int32_t>(e.tries)) + raw(static_cast<uint32_t>(e.item.size())) +
                  raw(static_cast<uint32_t>(e.result.size())) +
                  raw(static_cast<uint32_t>(e.why.size())) + raw(e.elapsed_s) + raw(e.ended_s) +
                  raw<uint64_t>(e.output[0].size()) + raw<uint64_t>(e.output[1].size()) + e.item +
                  e.result + e.why);
    entries.push_back(e);
    spans.emplace_back(begin,
                       records.back() + 40 + 72 + e.item.size() + e.result.size() + e.why.size());
    put_count++;
}

void Segment::end()
{
    record(3, raw(put_count));
}

std::string Segment::name() const
{
    char name[64];
    std::snprintf(name, sizeof name, "s%06u-r%d-%u.plxj", session, rank, part);
    return name;
}

Folder::Folder()
{
    std::string made = (std::filesystem::temp_directory_path() / "plx-journal-XXXXXX").string();
    path = mkdtemp(made.data()) ? made : "";
}

Folder::~Folder()
{
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
}

void Folder::save(const Segment &segment) const
{
    save(segment.name(), segment.bytes);
}

void Folder::save(const std::string &name, const std::string &bytes) const
{
    std::ofstream file(path + "/" + name, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

namespace
{

Entry taken(const plx_entry *entry)
{
    Entry e;
    e.item.assign(static_cast<const char *>(entry->item), entry->item_size);
    e.result.assign(static_cast<const char *>(entry->result), entry->result_size);
    e.why = entry->why;
    e.state = entry->state;
    e.code = entry->code;
    e.signal = entry->signal;
    e.tries = entry->tries;
    e.elapsed_s = entry->elapsed_s;
    e.ended_s = entry->ended_s;
    return e;
}

plx_status take_entry(void *user, const plx_entry *entry, const plx_place *place)
{
    Told &told = *static_cast<Told *>(user);
    told.entries.push_back(taken(entry));
    told.places.push_back(*place);
    EXPECT_EQ(key_of(told.entries.back().item),
              raw(entry->key.word[0]) + raw(entry->key.word[1]) + raw(entry->key.word[2]));
    return PLX_OK;
}

plx_status take_segment(void *user, const plx_segment *s, bool told)
{
    Told &to = *static_cast<Told *>(user);
    if (!told)
        EXPECT_EQ(s->entries + s->holes + s->damaged, 0u);
    else
        to.segments.push_back({s->name, s->subject ? s->subject : "", s->host, s->readable,
                               s->newer, s->ended, s->bytes, s->damaged, s->damaged_at, s->entries,
                               s->holes});
    return PLX_OK;
}

} // namespace

plx_status append(void *user, const void *bytes, size_t size)
{
    static_cast<std::string *>(user)->append(static_cast<const char *>(bytes), size);
    return PLX_OK;
}

Told read(const std::string &folder, bool outputs)
{
    Told told{};
    char why[PLX_JOURNAL_WHY];
    const plx_reading reading = {take_entry, take_segment, &told};
    told.status = plx_journal_read(folder.c_str(), &reading, &told.report, why);
    told.why = why;
    plx_finder *finder = outputs ? plx_finder_open(folder.c_str()) : nullptr;
    for (size_t i = 0; outputs && i < told.entries.size(); i++) {
        plx_entry entry;
        Entry &e = told.entries[i];
        const plx_status found = plx_finder_entry(finder, &told.places[i], &entry);
        EXPECT_EQ(found, PLX_OK) << e.item;
        if (found == PLX_OK) {
            EXPECT_EQ(taken(&entry), e);
        }
        for (int stream = 0; stream < 2; stream++) {
            if (told.places[i].output[stream] > 0)
                EXPECT_EQ(
                    plx_finder_output(finder, &told.places[i], stream, append, &e.output[stream]),
                    PLX_OK);
            EXPECT_EQ(e.output[stream].size(), told.places[i].output[stream]);
        }
    }
    plx_finder_close(finder);
    return told;
}

} // namespace oracle
