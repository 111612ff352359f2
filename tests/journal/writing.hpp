/* SPDX-License-Identifier: MIT */
/*
 * writing.hpp: a writer in a folder, with all that was put and what of it must be found again.
 */
#ifndef PLX_TESTS_JOURNAL_WRITING_HPP
#define PLX_TESTS_JOURNAL_WRITING_HPP

#include <atomic>
#include <string>
#include <vector>

#include "oracle.h"

namespace writing {

/** The i-th of a test's entries; outputs of so many bytes. */
oracle::Entry entry(size_t i, size_t out = 0, size_t err = 0);

/** A file without a name that holds these bytes. */
int file_of(const std::string &bytes);

class Writing {
public:
    std::vector<oracle::Entry> put_ok;  /* put() said OK */
    size_t safe = 0;                    /* the first of them that are acknowledged as durable */
    std::atomic<int> broken{0};
    plx_status opened, closed = PLX_OK;
    std::string why;
    plx_writer_report report{};
    std::vector<plx_place> places;

    Writing(const std::string &folder, plx_durability, plx_owner * = nullptr,
            const char *subject = "{\"kernel\": \"toy\"}");
    ~Writing();
    Writing(const Writing &) = delete;
    plx_status put(const oracle::Entry &);
    plx_status sync();
    plx_status close();
    plx_writer *writer = nullptr;

private:
    plx_durability durability;
};

/** Put one, from any thread, without a note of it. */
plx_status put(plx_writer *, const oracle::Entry &, plx_place * = nullptr);

/** Each of the first n must be found, and nothing but all and others. Says what is not so. */
std::string missing(const std::vector<oracle::Entry> &all, size_t n, const std::string &folder,
                    const std::vector<oracle::Entry> &others = {});

} // namespace writing

#endif
