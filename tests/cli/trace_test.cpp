// SPDX-License-Identifier: MIT
// Slices to events: nothing overlaps that did not, waits are the holes, and what is not known is
// not made up.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <jansson.h>
#include <string>
#include <tuple>
#include <unistd.h>
#include <vector>

extern "C" {
#include "cli/trace.h"
}

namespace
{

struct Event {
    std::string name;
    int rank, thread;
    long long begin, end; // in ns
    bool operator==(const Event &o) const
    {
        return std::tie(name, rank, thread, begin, end) ==
               std::tie(o.name, o.rank, o.thread, o.begin, o.end);
    }
};

std::ostream &operator<<(std::ostream &out, const Event &e)
{
    return out << e.name << " " << e.rank << "/" << e.thread << " " << e.begin << ".." << e.end;
}

Event event_of(const json_t *one)
{
    const auto whole_number = [&](const char *key) {
        return (int)json_integer_value(json_object_get(one, key));
    };
    const auto ns = [&](const char *key) {
        return std::llround(json_number_value(json_object_get(one, key)) * 1000);
    };
    return {json_string_value(json_object_get(one, "name")), whole_number("pid"),
            whole_number("tid"), ns("ts"), ns("ts") + ns("dur")};
}

class Trace : public testing::Test
{
  protected:
    void SetUp() override
    {
        ASSERT_GE(fd = mkstemp(path), 0);
        close(fd);
    }
    void TearDown() override
    {
        json_decref(whole);
        unlink(path);
    }
    plx_slice chunk(int thread, double begin_us, double end_us, size_t lo = 0, size_t hi = 1)
    {
        plx_slice slice = {};
        slice.lo = lo;
        slice.hi = hi;
        slice.begin_s = begin_us * 1e-6;
        slice.end_s = end_us * 1e-6;
        slice.thread = thread;
        slice.kind = PLX_SLICE_CHUNK;
        return slice;
    }
    /* The complete events of the file, in its order. */
    std::vector<Event> write(const std::vector<plx_slice> &slices, double elapsed_us,
                             size_t left_out = 0)
    {
        plx_worker workers[2] = {};
        workers[1].thread = 1;
        plx_trace trace = {slices.data(),     slices.size(), left_out, workers, 2, 1, 2,
                           elapsed_us * 1e-6, "chunk"};
        plx_output output;
        json_t *about = json_pack("{s:s}", "what", "a test");
        EXPECT_EQ(plx_output_begin_for(&output, "--trace", path, true), 0);
        EXPECT_EQ(plx_trace_write(&output, &trace, about), 0);
        EXPECT_EQ(plx_output_keep(&output), 0);
        json_decref(about);
        json_error_t error;
        whole = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
        EXPECT_NE(whole, nullptr) << error.text;
        std::vector<Event> events;
        size_t i;
        json_t *one;
        json_array_foreach(json_object_get(whole, "traceEvents"), i,
                           one) if (std::string("X") ==
                                    json_string_value(json_object_get(one, "ph")))
            events.push_back(event_of(one));
        return events;
    }
    char path[32] = "/tmp/plx_trace_XXXXXX";
    int fd = -1;
    json_t *whole = nullptr;
};

TEST_F(Trace, HolesAreWaits)
{
    const std::vector<Event> want = {
        {"chunk", 0, 0, 0, 1000},   {"wait", 0, 1, 0, 200},      {"chunk", 0, 1, 200, 700},
        {"wait", 0, 0, 1000, 1500}, {"chunk", 0, 0, 1500, 4000}, {"wait", 0, 1, 700, 5000},
    };
    std::vector<Event> got = write({chunk(0, 0, 1), chunk(1, 0.2, 0.7), chunk(0, 1.5, 4)}, 5);
    ASSERT_EQ(got.size(), 7u);
    EXPECT_EQ(got[5], (Event{"wait", 0, 0, 4000, 5000}));
    got.erase(got.begin() + 5);
    EXPECT_EQ(got, want);
}

TEST_F(Trace, WhereSlicesAreLeftOutNobodyIsSaidToWait)
{
    EXPECT_EQ(write({chunk(0, 0, 1), chunk(0, 2, 3)}, 5, 1),
              (std::vector<Event>{{"chunk", 0, 0, 0, 1000},
                                  {"wait", 0, 0, 1000, 2000},
                                  {"chunk", 0, 0, 2000, 3000}}));
}

TEST_F(Trace, ServingLiesWithinItsChunk)
{
    plx_slice serve = chunk(0, 2, 3);
    serve.kind = PLX_SLICE_SERVE;
    const std::vector<Event> got = write({chunk(0, 0, 9), serve, chunk(0, 9, 10)}, 10, 1);
    EXPECT_EQ(got, (std::vector<Event>{{"chunk", 0, 0, 0, 9000},
                                       {"serve", 0, 0, 2000, 3000},
                                       {"chunk", 0, 0, 9000, 10000}}));
}

TEST_F(Trace, RoundingMakesNoOverlap)
{
    std::vector<plx_slice> slices;
    for (int i = 0; i < 5000; i++)
        slices.push_back(chunk(0, 1e7 + i * 0.0007, 1e7 + (i + 1) * 0.0007));
    long long end = 0;
    for (const Event &event : write(slices, 2e7, 1)) {
        EXPECT_GE(event.begin, end);
        end = event.end;
    }
    EXPECT_EQ(end, 10000003500);
}

TEST_F(Trace, EveryWorkerHasItsRowAndLargeCountsAreText)
{
    write({chunk(0, 0, 1, 0, (size_t)1 << 53), chunk(0, 1, 2, ((size_t)1 << 53) + 1, SIZE_MAX)}, 2);
    json_t *events = json_object_get(whole, "traceEvents"), *one;
    size_t i, rows = 0;
    std::string text;
    json_array_foreach(events, i, one)
    {
        rows += std::string("thread_name") == json_string_value(json_object_get(one, "name"));
        if (json_t *args = json_object_get(one, "args"))
            if (json_object_get(args, "lo"))
                for (const char *key : {"lo", "hi"}) {
                    char *value = json_dumps(json_object_get(args, key), JSON_ENCODE_ANY);
                    text += std::string(value) + " ";
                    free(value);
                }
    }
    EXPECT_EQ(rows, 2u);
    EXPECT_EQ(text, "0 9007199254740992 \"9007199254740993\" \"18446744073709551615\" ");
    EXPECT_STREQ(json_string_value(json_object_get(json_object_get(whole, "otherData"), "what")),
                 "a test");
}

} // namespace
