/* SPDX-License-Identifier: MIT */
/*
 * oracle.h: segments made byte by byte from what journal/format.h says, beside the writer; and a
 * journal as it is read, in values that compare.
 *
 * Nothing of journal/ but its public header is used to make them: so writer and reader are not
 * merely each other's opposite.
 */
#ifndef PLX_TESTS_JOURNAL_ORACLE_H
#define PLX_TESTS_JOURNAL_ORACLE_H

#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

extern "C" {
#include "journal/journal.h"
}

namespace oracle {

struct Entry {
    std::string item, result, why, output[2];
    int state = PLX_ITEM_OK, code = 0, signal = 0, tries = 1;
    double elapsed_s = 0.25, ended_s = 1e9;

    auto all() const
    {
        return std::tie(item, result, why, output[0], output[1], state, code, signal, tries,
                        elapsed_s, ended_s);
    }
    bool operator==(const Entry &other) const { return all() == other.all(); }
    bool operator<(const Entry &other) const { return all() < other.all(); }
};

/** The bytes of a segment. */
class Segment {
public:
    uint32_t session, part;
    int32_t rank;
    uint64_t salt, number = 0;          /* of the next record */
    std::string bytes;
    std::vector<size_t> records;        /* where each begins */
    std::vector<Entry> entries;
    std::vector<std::pair<size_t, size_t>> spans;   /* of the entries, output included */

    Segment(uint32_t session, int32_t rank, uint32_t part, const std::string &subject,
            uint16_t major = 1);
    void record(uint16_t kind, const std::string &payload);
    void piece(const std::string &item, int stream, const std::string &bytes);
    /** Its output in pieces of at most so many bytes, then itself. */
    void put(const Entry &, size_t most = 65536);
    void end();
    std::string name() const;

private:
    uint64_t put_count = 0;
};

/** A folder that is removed again. */
class Folder {
public:
    std::string path;
    Folder();
    ~Folder();
    Folder(const Folder &) = delete;
    void save(const Segment &) const;
    void save(const std::string &name, const std::string &bytes) const;
};

/** What a reading told. */
struct Told {
    plx_status status;
    std::string why;
    plx_journal_report report;
    std::vector<Entry> entries;         /* with their output, by their places */
    std::vector<plx_place> places;
    struct Part {
        std::string name, subject, host;
        bool readable, newer, ended;
        uint64_t bytes, damaged, damaged_at;
        size_t entries, holes;
    };
    std::vector<Part> segments;
};

/** Takes output for plx_finder_output(): user is a std::string. */
plx_status append(void *user, const void *bytes, size_t size);

/** outputs: also look up each entry and its output by its place, which must be there. */
Told read(const std::string &folder, bool outputs = true);

} // namespace oracle

#endif
