// SPDX-License-Identifier: MIT
// compare/read*.c, show.c: what was written is read back and written again, byte for byte; what
// cannot be believed is refused with the field's name.
#include <jansson.h>
#include <stdio.h>

#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "fake.h"

extern "C" {
#include "compare/report/show.h"
}

namespace
{

std::string text_of(const std::function<void(FILE *)> &write)
{
    char *bytes = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    write(out);
    fclose(out);
    std::string written(bytes, size);
    free(bytes);
    return written;
}

std::string taken(char *line)
{
    std::string text = line ? line : "(none)";
    free(line);
    return text;
}

class Read : public Fake {
  protected:
    ~Read() override
    {
        plx_show_free(&show);
    }

    // A result in which every field holds something: timed, refused, absent and failed rows.
    void make()
    {
        set("mpi", "absent");
        set("mpi_omp", "value");
        set("mpi_pthread", "crash");
        set("S_omp", "0.0052");
        plan.rounds = 8;
        ASSERT_EQ(compare({"serial", "omp", "pthread", "mpi", "mpi+omp", "mpi+pthread", "omp"}), 0)
            << why;
        std::mt19937 random(7);
        auto value = [&] { return std::ldexp(static_cast<double>(random()), -34); };
        for (size_t r = 0; r < result.rows_count; r++) {
            plx_compare_row *row = &result.rows[r];
            for (size_t i = 0; row->state == PLX_COMPARE_TIMED && row->phases && i < row->samples;
                 i++)
                row->phases[i] = {value(), value(), value(), value(), value(),
                                  value(), value(), value(), value()};
            if (row->state != PLX_COMPARE_TIMED)
                continue;
            row->spent = {value(), value(), value(), value(), value(),
                          value(), value(), value(), value()};
            row->pop = {value(), value(), value(), value()};
        }
        snprintf(row_at("omp#2").level[PLX_FACTOR_WAIT], 24, "active");
        snprintf(row_at("omp#2").param, 96, "first=7");
        result.end = PLX_COMPARE_BUDGET;
        result.budget_s = 12.5;
        result.took_s = 11.25;
        result.load = {0.125, 0.75, 1.5, "omp, round 3"};
        result.bound = {2, {1.75, 1.5, 1.9, true}, 1.5e10};
        result.about.operations = 1e9;
        result.about.bytes = 8e9;
        result.about.waits = true;
        snprintf(result.host.kept, sizeof result.host.kept, "OMP_DYNAMIC=true");
        snprintf(result.host.removed, sizeof result.host.removed, "OMP_PROC_BIND=close");
        free(result.about.params);
        free(result.about.better);
        result.about.params = strdup("first=7 last=9");
        result.about.better = strdup("a closed form");
        result.about.seed = UINT64_MAX;
    }

    plx_compare_row &row_at(const std::string &label)
    {
        return const_cast<plx_compare_row &>(row(label));
    }

    int read(const std::string &json)
    {
        plx_show_free(&show);
        return plx_show_read(json.data(), json.size(), &show, why);
    }

    // The report after one change; "" if the change could not be made.
    std::string changed(const std::function<int(json_t *)> &change)
    {
        json_t *object = json_loads(taken(plx_compare_json(&result)).c_str(), 0, nullptr);
        std::string json;
        if (change(object) == 0)
            json = taken(json_dumps(object, JSON_COMPACT));
        json_decref(object);
        return json;
    }

    std::string text()
    {
        return text_of([&](FILE *out) {
            plx_compare_write_host(&result.host, out);
            putc('\n', out);
            plx_compare_write_text(&result, out);
        });
    }

    plx_show show = {};
};

json_t *model(json_t *object, size_t i)
{
    return json_array_get(json_object_get(object, "models"), i);
}

TEST_F(Read, WhatWasWrittenComesBackByteForByte)
{
    make();
    std::string json = taken(plx_compare_json(&result));
    ASSERT_EQ(read(json), 0) << why;
    EXPECT_EQ(taken(plx_show_json(&show)), json);
    EXPECT_EQ(text_of([&](FILE *out) { plx_show_text(&show, out); }), text());
    EXPECT_EQ(show.results[0].about.seed, UINT64_MAX);
    EXPECT_STREQ(show.results[0].rows[6].level[PLX_FACTOR_WAIT], "active");
    EXPECT_EQ(plx_compare_exit(&show.results[0]), plx_compare_exit(&result));
}

TEST_F(Read, AFreshResultToo)
{
    plan.rounds = 5;
    ASSERT_EQ(compare({"serial", "omp"}), 0) << why;
    std::string json = taken(plx_compare_json(&result));
    ASSERT_EQ(read(json), 0) << why;
    EXPECT_EQ(taken(plx_show_json(&show)), json);
    EXPECT_EQ(text_of([&](FILE *out) { plx_show_text(&show, out); }), text());
}

TEST_F(Read, ASetToo)
{
    make();
    plx_compare_result two[2] = {result, result};
    std::string json = taken(plx_compare_set_json(two, 2));
    ASSERT_EQ(read(json), 0) << why;
    EXPECT_EQ(show.count, 2u);
    EXPECT_TRUE(show.set);
    EXPECT_EQ(taken(plx_show_json(&show)), json);
}

TEST_F(Read, AnOlderReportLacksWhatWasNotMeasured)
{
    make();
    std::string json = changed([](json_t *object) {
        for (const char *key : {"waits", "params", "operations", "bytes", "end", "budget_s",
                                "took_s", "load", "bounds"})
            json_object_del(object, key);
        json_object_del(json_object_get(object, "base"), "label");
        json_object_del(json_object_get(object, "verdict"), "confidence");
        for (size_t r = 0; r < 7; r++)
            for (const char *key : {"launches", "settings", "exit_code", "phases", "efficiencies",
                                    "busy_max_s", "transfer_s", "cpu_s"})
                json_object_del(model(object, r), key);
        return 0;
    });
    ASSERT_EQ(read(json), 0) << why;
    const plx_compare_result &old = show.results[0];
    EXPECT_EQ(old.base, result.base);
    EXPECT_EQ(old.rows[1].open_s, nullptr);
    EXPECT_EQ(old.rows[1].samples, 8u);
    EXPECT_DOUBLE_EQ(old.rows[1].work_s[3], result.rows[1].work_s[3]);
    EXPECT_LT(old.load.during, 0);
    std::string csv = text_of([&](FILE *out) { plx_show_csv(show.results, 1, out); });
    EXPECT_NE(csv.find(",,,,,,,,,,\n"), std::string::npos) << csv;
    EXPECT_FALSE(text_of([&](FILE *out) { plx_show_text(&show, out); }).empty());
}

struct Wrong {
    const char *words; // what the line must hold
    std::function<int(json_t *)> change;
};

json_t *number(double value)
{
    return json_real(value);
}

int set_in(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value);
}

json_t *host(json_t *o)
{
    return json_object_get(o, "host");
}

json_t *pair(json_t *o)
{
    return json_array_get(json_object_get(json_object_get(o, "verdict"), "pairs"), 0);
}

json_t *launches(json_t *o)
{
    return json_object_get(model(o, 0), "launches");
}

const std::vector<Wrong> wrongs = {
    {"names no schema", [](json_t *o) { return json_object_del(o, "schema"); }},
    {"is newer than this",
     [](json_t *o) { return set_in(o, "schema", json_string("parallax.compare/2")); }},
    {"schema: 'parallax.run/1' is none",
     [](json_t *o) { return set_in(o, "schema", json_string("parallax.run/1")); }},
    {"schema: is a number", [](json_t *o) { return set_in(o, "schema", json_integer(1)); }},
    {"kernel: is absent", [](json_t *o) { return json_object_del(o, "kernel"); }},
    {"kernel: has 500 bytes",
     [](json_t *o) { return set_in(o, "kernel", json_string(std::string(500, 'k').c_str())); }},
    {"n: a whole number", [](json_t *o) { return set_in(o, "n", number(1.5)); }},
    {"seed: a whole number", [](json_t *o) { return set_in(o, "seed", json_string("-1")); }},
    {"rounds: is 0", [](json_t *o) { return set_in(o, "rounds", json_integer(0)); }},
    {"rounds: is 2000000", [](json_t *o) { return set_in(o, "rounds", json_integer(2000000)); }},
    {"has no rounds", [](json_t *o) { return json_object_del(o, "rounds"); }},
    {"end: is 'bored'", [](json_t *o) { return set_in(o, "end", json_string("bored")); }},
    {"host: is absent", [](json_t *o) { return json_object_del(o, "host"); }},
    {"host.cores: is text", [](json_t *o) { return set_in(host(o), "cores", json_string("2")); }},
    {"host.cores: is -1", [](json_t *o) { return set_in(host(o), "cores", json_integer(-1)); }},
    {"models: is an object", [](json_t *o) { return set_in(o, "models", json_object()); }},
    {"models[1]: is absent",
     [](json_t *o) { return json_array_set_new(json_object_get(o, "models"), 1, json_null()); }},
    {"models[1].label: 'serial' is there twice",
     [](json_t *o) { return set_in(model(o, 1), "label", json_string("serial")); }},
    {"models[2].state: is 'won'",
     [](json_t *o) { return set_in(model(o, 2), "state", json_string("won")); }},
    {"models[0].median_s: is -1",
     [](json_t *o) { return set_in(model(o, 0), "median_s", number(-1)); }},
    {"models[0].median_s: is text",
     [](json_t *o) { return set_in(model(o, 0), "median_s", json_string("1")); }},
    {"models[0]: is timed but has no median_s",
     [](json_t *o) { return json_object_del(model(o, 0), "median_s"); }},
    {"models[0].ci95_s: ends before",
     [](json_t *o) { return set_in(model(o, 0), "ci95_s", json_pack("[f,f]", 2.0, 1.0)); }},
    {"models[0].ci95_s[1]: is absent",
     [](json_t *o) { return set_in(model(o, 0), "ci95_s", json_pack("[f]", 2.0)); }},
    {"models[0]: is timed but has no samples_s",
     [](json_t *o) { return json_object_del(model(o, 0), "samples_s"); }},
    {"models[0].samples_s: has 7 entries; 8",
     [](json_t *o) { return json_array_remove(json_object_get(model(o, 0), "samples_s"), 3); }},
    {"models[0].samples_s: has 9 entries; at most 8",
     [](json_t *o) {
         return json_array_append_new(json_object_get(model(o, 0), "samples_s"), json_real(1));
     }},
    {"models[0].samples_s[2]: is text",
     [](json_t *o) {
         return json_array_set_new(json_object_get(model(o, 0), "samples_s"), 2, json_string("1"));
     }},
    {"models[0].samples_s[2]: is 1e+13",
     [](json_t *o) {
         return json_array_set_new(json_object_get(model(o, 0), "samples_s"), 2, json_real(1e13));
     }},
    {"models[0].launches.open_s: has 7",
     [](json_t *o) { return json_array_remove(json_object_get(launches(o), "open_s"), 0); }},
    {"models[0].launches.phases.compute_s: is true",
     [](json_t *o) {
         return set_in(json_object_get(launches(o), "phases"), "compute_s", json_true());
     }},
    {"models[6].settings.wait: has 40 bytes",
     [](json_t *o) {
         return set_in(json_object_get(model(o, 6), "settings"), "wait",
                       json_string(std::string(40, 'w').c_str()));
     }},
    {"base.label: 'mpi' is no row",
     [](json_t *o) { return set_in(json_object_get(o, "base"), "label", json_string("mpi")); }},
    {"order[4]: is no label",
     [](json_t *o) {
         return json_array_set_new(json_object_get(o, "order"), 4, json_string("nobody"));
     }},
    {"order: is absent", [](json_t *o) { return json_object_del(o, "order"); }},
    {"verdict: has no text",
     [](json_t *o) { return json_object_del(json_object_get(o, "verdict"), "text"); }},
    {"verdict.pairs[0].a: 'nobody' is no row",
     [](json_t *o) { return set_in(pair(o), "a", json_string("nobody")); }},
    {"verdict.pairs[0].outcome: is 'tie'",
     [](json_t *o) { return set_in(pair(o), "outcome", json_string("tie")); }},
    {"verdict.pairs[0].ratio: is an array",
     [](json_t *o) { return set_in(pair(o), "ratio", json_array()); }},
    {"load.during: is -2",
     [](json_t *o) { return set_in(json_object_get(o, "load"), "during", json_integer(-2)); }},
};

TEST_F(Read, WhatCannotBeBelievedIsRefusedByName)
{
    make();
    for (const Wrong &wrong : wrongs) {
        std::string json = changed(wrong.change);
        ASSERT_FALSE(json.empty()) << wrong.words;
        EXPECT_EQ(read(json), 65) << wrong.words;
        EXPECT_NE(std::string(why).find(wrong.words), std::string::npos) << why;
        EXPECT_EQ(std::string(why).find('\n'), std::string::npos) << why;
    }
}

TEST_F(Read, NoPartOfAReportIsAReport)
{
    plan.rounds = 6;
    ASSERT_EQ(compare({"serial", "omp"}), 0) << why;
    std::string json = taken(plx_compare_json(&result));
    const size_t step = json.size() / 40 + 1;
    for (size_t size = 0; size < json.size(); size += step) {
        EXPECT_EQ(read(json.substr(0, size)), 65) << size;
        EXPECT_NE(std::string(why).find("no JSON"), std::string::npos) << why;
    }
    EXPECT_EQ(read(json + "{}"), 65);
    EXPECT_EQ(read(json.substr(0, json.size() - 1) + ",\"rounds\":6}"), 65);
    EXPECT_NE(std::string(why).find("duplicate"), std::string::npos) << why;
    EXPECT_EQ(read("{\"schema\":\"parallax.compare/1\",\"n\":NaN}"), 65);
    EXPECT_EQ(read("[]"), 65);
    EXPECT_EQ(read("{\"schema\":\"parallax.compare-set/1\",\"comparisons\":[]}"), 65);
    EXPECT_EQ(read("{\"schema\":\"parallax.compare-set/1\",\"comparisons\":[{\"schema\":"
                   "\"parallax.compare-set/1\"}]}"),
              65);
}

/* The JSON library quotes the place, newlines and all. */
TEST_F(Read, AComplaintIsOneLineWhateverItQuotes)
{
    for (const char *json : {"{\"sc\\\nhe\":1}", "{\"a\":\"b\x01\"}", "{\"\\\x1b[31m\":1}"}) {
        EXPECT_EQ(read(json), 65) << json;
        for (const char *c = why; *c; c++)
            EXPECT_GE((unsigned char)*c, ' ') << why;
    }
}

TEST_F(Read, StrangeCharactersBecomeBlanks)
{
    make();
    std::string json = changed([](json_t *o) {
        return set_in(json_object_get(o, "host"), "cpu",
                      json_string("a\x1b[31mb\nc\u202e\xc2\x9b"
                                  "d\u00e9"));
    });
    ASSERT_EQ(read(json), 0) << why;
    EXPECT_STREQ(show.results[0].host.cpu, "a [31mb c     d\u00e9");
}

TEST_F(Read, ASweepIsItsPoints)
{
    plan.rounds = 6;
    ASSERT_EQ(compare({"serial", "omp"}), 0) << why;
    std::string one = taken(plx_compare_json(&result));
    std::string json = "{\"schema\":\"parallax.sweep/1\",\"axis\":\"n\",\"points\":[10,100],"
                       "\"comparisons\":[" +
                       one + "," + one + "],\"text\":\"words\\n\"}";
    ASSERT_EQ(read(json), 0) << why;
    EXPECT_STREQ(show.axis, "n");
    EXPECT_EQ(show.count, 2u);
    EXPECT_EQ(show.points[1], 100);
    EXPECT_EQ(taken(plx_show_json(&show)), json);
    EXPECT_EQ(read("{\"schema\":\"parallax.sweep/1\",\"axis\":\"n\",\"points\":[10],"
                   "\"comparisons\":[" +
                   one + "," + one + "]}"),
              65);
    EXPECT_NE(std::string(why).find("points: has 1 entries"), std::string::npos) << why;
    EXPECT_EQ(read("{\"schema\":\"parallax.sweep/1\",\"axis\":\"moon\",\"points\":[10],"
                   "\"comparisons\":[" +
                   one + "]}"),
              65);
}

TEST_F(Read, CsvHasALineForEachLaunchAndQuotes)
{
    make();
    snprintf(result.rows[0].label, 96, "=a,\"b\"");
    std::string csv = text_of([&](FILE *out) { plx_show_csv(&result, 1, out); });
    EXPECT_EQ(csv.rfind("kernel,pattern,n,label,model,ranks,threads,workers,round,work_s,open_s,"
                        "launch_s,prepare_s,hand_out_s,compute_s,imbalance_s,collect_s,other_s,",
                        0),
              0u)
        << csv;
    size_t lines = 0;
    for (char c : csv)
        lines += c == '\n';
    EXPECT_EQ(lines, 1u + 4 * 8);
    EXPECT_NE(csv.find("\nsum_squares,reduce,10,\" =a,\"\"b\"\"\",serial,1,1,1,1,"),
              std::string::npos)
        << csv;
}

} // namespace
