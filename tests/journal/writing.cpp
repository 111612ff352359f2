/* SPDX-License-Identifier: MIT */
#include "writing.hpp"

#include <map>
#include <set>

#include <sys/mman.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "inside.h"

namespace writing {

namespace {

std::string noise(size_t size, size_t seed)
{
    std::string bytes(size, '\0');
    uint64_t x = seed * 0x9E3779B97F4A7C15u + 1;
    for (char &c : bytes) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        c = static_cast<char>(x);
    }
    return bytes;
}

void broke(void *user)
{
    ++*static_cast<std::atomic<int> *>(user);
}

} // namespace

oracle::Entry entry(size_t i, size_t out, size_t err)
{
    oracle::Entry e;
    e.item = "item " + std::to_string(i) + " " + noise(i % 23, i);
    e.result = noise(i % 40, i + 1);
    e.state = i % 7 == 3 ? PLX_ITEM_BAD : i % 11 == 5 ? PLX_ITEM_FALLBACK : PLX_ITEM_OK;
    e.why = e.state == PLX_ITEM_BAD ? "exit code " + std::to_string(i % 200 + 1) : "";
    e.code = e.state == PLX_ITEM_BAD ? static_cast<int>(i % 200) + 1 : 0;
    e.signal = static_cast<int>(i % 5);
    e.tries = static_cast<int>(i % 3) + 1;
    e.elapsed_s = static_cast<double>(i) / 8;
    e.ended_s = 1.7e9 + static_cast<double>(i);
    e.output[0] = noise(out, i + 2);
    e.output[1] = noise(err, i + 3);
    return e;
}

int file_of(const std::string &bytes)
{
    inside_aside(1);
    const int fd = memfd_create("output", MFD_CLOEXEC);
    EXPECT_EQ(write(fd, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    inside_aside(0);
    return fd;
}

plx_status put(plx_writer *writer, const oracle::Entry &e, plx_place *place)
{
    plx_place ignored;
    plx_entry entry{};
    entry.key = plx_key_of(e.item.data(), e.item.size());
    entry.state = static_cast<plx_item_state>(e.state);
    entry.code = e.code;
    entry.signal = e.signal;
    entry.tries = e.tries;
    entry.elapsed_s = e.elapsed_s;
    entry.ended_s = e.ended_s;
    entry.item = e.item.data();
    entry.item_size = e.item.size();
    entry.result = e.result.data();
    entry.result_size = e.result.size();
    entry.why = e.why.c_str();
    int files[2] = {-1, -1};
    for (int s = 0; s < 2; s++) {
        entry.output[s] = e.output[s].size();
        if (!e.output[s].empty())
            files[s] = file_of(e.output[s]);
    }
    const plx_status status = plx_writer_put(writer, &entry, files, place ? place : &ignored);
    inside_aside(1);
    for (const int file : files)
        if (file >= 0)
            ::close(file);
    inside_aside(0);
    return status;
}

Writing::Writing(const std::string &folder, plx_durability d, plx_owner *owner, const char *subject)
    : durability(d)
{
    char text[PLX_JOURNAL_WHY] = "";
    const plx_writer_how how = {folder.c_str(), subject, 1, 0, d, owner, broke, &broken};
    opened = plx_writer_open(&writer, &how, text);
    why = text;
}

Writing::~Writing()
{
    close();
}

plx_status Writing::put(const oracle::Entry &e)
{
    plx_place place;
    const plx_status status = writing::put(writer, e, &place);
    if (status == PLX_OK) {
        put_ok.push_back(e);
        places.push_back(place);
        if (durability == PLX_DURABLE_ITEM)
            safe = put_ok.size();
    }
    return status;
}

plx_status Writing::sync()
{
    const plx_status status = plx_writer_sync(writer);
    if (status == PLX_OK)
        safe = put_ok.size();
    return status;
}

plx_status Writing::close()
{
    if (writer == nullptr)
        return closed;
    char text[PLX_JOURNAL_WHY] = "";
    closed = plx_writer_close(writer, &report, text);
    writer = nullptr;
    why = text;
    if (closed == PLX_OK)
        safe = put_ok.size();
    return closed;
}

std::string missing(const std::vector<oracle::Entry> &all, size_t n, const std::string &folder,
                    const std::vector<oracle::Entry> &others)
{
    const oracle::Told told = oracle::read(folder);
    if (told.status != PLX_OK)
        return "reading: " + told.why;
    std::map<std::string, const oracle::Entry *> was;
    for (const auto *list : {&all, &others})
        for (const auto &e : *list)
            was[e.item] = &e;
    std::set<std::string> found;
    for (const auto &e : told.entries) {
        const auto same = was.find(e.item);
        if (same == was.end() || !(*same->second == e))
            return "never put: " + e.item;
        found.insert(e.item);
    }
    for (size_t i = 0; i < n; i++)
        if (found.count(all[i].item) == 0)
            return "acknowledged and not there: " + all[i].item;
    return "";
}

} // namespace writing
