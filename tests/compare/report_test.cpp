// SPDX-License-Identifier: MIT
// compare/report_*.c: the table stays plain, narrow and aligned; the JSON holds its schema.
#include <jansson.h>
#include <stdio.h>

#include <sstream>
#include <string>
#include <vector>

#include "fake.h"

namespace
{

class Report : public Fake
{
  protected:
    std::string text()
    {
        char *bytes = nullptr;
        size_t size = 0;
        FILE *out = open_memstream(&bytes, &size);
        plx_compare_write_host(&result.host, out);
        plx_compare_write_text(&result, out);
        fclose(out);
        std::string written(bytes, size);
        free(bytes);
        return written;
    }

    json_t *json()
    {
        char *line = plx_compare_json(&result);
        json_t *object = json_loads(line ? line : "", 0, nullptr);
        free(line);
        return object;
    }

    void mixed()
    {
        set("mpi", "absent");
        set("mpi_omp", "value");
        set("mpi_pthread", "crash");
        set("S_omp", "0.0052");
        set("S_pthread", "0.0050");
        plan.workers = 2;
        plan.rounds = 10; // of five rows 9 tell a difference
        ASSERT_EQ(
            compare({"serial", "omp", "pthread", "mpi", "mpi+omp", "mpi+pthread", "omp", "omp"}), 0)
            << why;
    }
};

TEST_F(Report, TextIsPlainNarrowAndAligned)
{
    mixed();
    std::string all = text(), line;
    std::istringstream lines(all);
    std::vector<std::string> table;
    while (std::getline(lines, line)) {
        EXPECT_LT(line.size(), 100u) << line;
        EXPECT_TRUE(line.empty() || line.back() != ' ') << line;
        for (char c : line)
            EXPECT_TRUE(c >= ' ' && c <= '~') << line;
        if (line.rfind("model ", 0) == 0 || !table.empty())
            table.push_back(line);
        if (!table.empty() && line.empty())
            break;
    }
    ASSERT_EQ(table.size(), 10u) << all; // titles, eight rows, the blank line
    size_t column = table[0].find("agrees");
    const char *agrees[] = {"yes", "yes", "yes", "absent", "NO", "failed", "yes", "yes"};
    for (size_t r = 0; r < 8; r++) {
        EXPECT_EQ(table[r + 1].substr(column), agrees[r]) << table[r + 1];
        EXPECT_EQ(table[r + 1][column - 1], ' ');
    }
    EXPECT_NE(table[8].find("omp#3"), std::string::npos);
    EXPECT_NE(table[5].find("  -"), std::string::npos) << table[5];
    EXPECT_NE(all.find("sum_squares, reduce, n = 10, 2 workers, 10 rounds of 3 calls"),
              std::string::npos)
        << all;
    EXPECT_NE(all.find("OMP_WAIT_POLICY"), std::string::npos);
    EXPECT_NE(all.find("Base: serial, one worker, 0.01 s (median of 10 launches)."),
              std::string::npos)
        << all;
    EXPECT_NE(all.find("pthread is faster than omp: 1.040 times"), std::string::npos) << all;
    EXPECT_NE(all.find("Not told apart: omp, omp#2, omp#3."),
              std::string::npos)
        << all;
    EXPECT_NE(all.find("mpi+omp: DIFFERENT ANSWER, not timed: value is 43"), std::string::npos)
        << all;
    EXPECT_NE(all.find("mpi+pthread: failed, not timed: ended by signal 11"), std::string::npos)
        << all;
}

TEST_F(Report, LongSentencesAreBrokenAtBlanks)
{
    plan.rounds = 10;
    ASSERT_EQ(compare({"mpi+pthread", "mpi+omp", "mpi+pthread", "mpi+omp", "pthread", "pthread"}),
              0)
        << why;
    std::string all = text(), joined, line;
    std::istringstream lines(all);
    while (std::getline(lines, line)) {
        EXPECT_LT(line.size(), 100u) << line;
        joined += line.rfind("  ", 0) == 0 ? line.substr(1) : line;
    }
    const size_t sentence = joined.find("No difference found between ");
    ASSERT_NE(sentence, std::string::npos) << all;
    for (const char *label : {"serial", "mpi+pthread", "mpi+omp", "mpi+pthread#2", "mpi+omp#2",
                              "pthread", "pthread#2"})
        EXPECT_LT(joined.find(label, sentence), sentence + 120) << label << all;
}

TEST_F(Report, JsonHoldsTheSchema)
{
    mixed();
    json_t *object = json();
    ASSERT_TRUE(json_is_object(object));
    const char *what, *kernel, *pattern, *schema, *words;
    json_t *host, *rows, *order, *pairs;
    json_int_t n;
    double base;
    EXPECT_EQ(json_unpack(object, "{s:s, s:s, s:s, s:I, s:o, s:{s:s, s:F}, s:o, s:o, s:{s:o, s:s}}",
                          "schema", &schema, "kernel", &kernel, "pattern", &pattern, "n", &n,
                          "host", &host, "base", "what", &what, "median_s", &base, "models", &rows,
                          "order", &order, "verdict", "pairs", &pairs, "text", &words),
              0);
    EXPECT_STREQ(schema, "parallax.compare/1");
    EXPECT_STREQ(what, "serial");
    EXPECT_EQ(n, 10);
    EXPECT_EQ(json_array_size(rows), 8u);
    EXPECT_EQ(json_array_size(order), 10u * 5u);
    EXPECT_EQ(json_array_size(pairs), 10u);
    for (const char *key : {"cpu", "cores", "os", "compiler", "mpi", "omp_wait_policy"})
        EXPECT_NE(json_object_get(host, key), nullptr) << key;
    size_t r;
    json_t *model;
    json_array_foreach(rows, r, model)
    {
        bool timed = r != 3 && r != 4 && r != 5;
        for (const char *key :
             {"label", "model", "workers", "ranks", "threads", "agrees", "median_s", "ci95_s",
              "speedup", "efficiency", "samples_s", "open_s", "launch_s", "why"})
            EXPECT_NE(json_object_get(model, key), nullptr) << key;
        for (const char *key :
             {"median_s", "ci95_s", "speedup", "efficiency", "samples_s", "open_s", "launch_s"})
            EXPECT_EQ(json_is_null(json_object_get(model, key)), !timed) << key << " of row " << r;
        EXPECT_EQ(json_is_true(json_object_get(model, "agrees")), timed) << r;
        if (timed) {
            EXPECT_EQ(json_array_size(json_object_get(model, "samples_s")), 10u);
            EXPECT_EQ(json_array_size(json_object_get(model, "ci95_s")), 2u);
        }
    }
    EXPECT_TRUE(json_is_false(json_object_get(json_array_get(rows, 4), "agrees")));
    EXPECT_TRUE(json_is_null(json_object_get(json_array_get(rows, 3), "agrees")));
    json_t *verdict = json_object_get(object, "verdict"), *pair = json_array_get(pairs, 0);
    EXPECT_DOUBLE_EQ(json_number_value(json_object_get(verdict, "confidence")), 1 - 0.05 / 10);
    EXPECT_EQ(json_number_value(json_object_get(verdict, "family")), 0.95);
    EXPECT_STREQ(json_string_value(json_object_get(pair, "a")), "serial");
    EXPECT_STREQ(json_string_value(json_object_get(pair, "b")), "omp");
    EXPECT_STREQ(json_string_value(json_object_get(pair, "outcome")), "slower");
    EXPECT_NEAR(json_number_value(json_object_get(pair, "ratio")), 10.0 / 5.2, 1e-4);
    EXPECT_TRUE(json_is_real(json_object_get(pair, "detectable")));
    json_decref(object);
}

TEST_F(Report, FewRoundsAreNullInJson)
{
    plan.rounds = 5;
    ASSERT_EQ(compare({"omp"}), 0) << why;
    json_t *object = json(), *pair, *model;

    pair = json_array_get(json_object_get(json_object_get(object, "verdict"), "pairs"), 0);
    model = json_array_get(json_object_get(object, "models"), 0);
    EXPECT_TRUE(json_is_null(json_object_get(pair, "ci95")));
    EXPECT_TRUE(json_is_null(json_object_get(pair, "detectable")));
    EXPECT_STREQ(json_string_value(json_object_get(pair, "outcome")), "no difference");
    EXPECT_TRUE(json_is_null(json_object_get(model, "ci95_s")));
    EXPECT_TRUE(json_is_real(json_object_get(model, "median_s")));
    json_decref(object);
}

TEST_F(Report, ASetIsAnArray)
{
    plan.rounds = 1;
    ASSERT_EQ(compare({"omp"}), 0) << why;
    plx_compare_result two[2] = {result, result};
    char *line = plx_compare_set_json(two, 2);
    json_t *object = json_loads(line, 0, nullptr);
    free(line);
    EXPECT_STREQ(json_string_value(json_object_get(object, "schema")), "parallax.compare-set/1");
    json_t *list = json_object_get(object, "comparisons");
    ASSERT_EQ(json_array_size(list), 2u);
    EXPECT_STREQ(json_string_value(json_object_get(json_array_get(list, 1), "schema")),
                 "parallax.compare/1");
    json_decref(object);
}

TEST_F(Report, WaitingIsClaimedOnlyIfItShows)
{
    plan.kernel = plx_kernel_find("wait");
    plan.rounds = 1;
    plan.workers = 4 * plx_cores();
    ASSERT_EQ(compare({"omp"}), 0) << why;
    EXPECT_EQ(text().find("so more workers than cores pay"), std::string::npos) << text();
    plx_compare_free(&result);
    set("S_omp", "0.0000001");
    ASSERT_EQ(compare({"omp"}), 0) << why;
    EXPECT_NE(text().find("so more workers than cores pay"), std::string::npos) << text();
}

TEST(Set, ThreeKernelsTheWaitingOneWithMoreWorkersThanCores)
{
    plx_compare_plan plan = {};
    std::vector<std::string> names;
    for (size_t i = 0; plx_compare_set_at(i, &plan); i++) {
        names.push_back(plan.kernel->name);
        EXPECT_EQ(plan.workers, (plan.kernel->flags & PLX_WAITS ? 4 : 1) * plx_cores());
        EXPECT_TRUE(plan.n_given);
    }
    EXPECT_EQ(names, (std::vector<std::string>{"prime_sieve", "sum_squares", "wait"}));
}

} // namespace
