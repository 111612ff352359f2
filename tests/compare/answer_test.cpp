// SPDX-License-Identifier: MIT
// compare/answer.c: one field wrong or missing is enough to believe nothing.
#include <gtest/gtest.h>

#include <cstring>
#include <string>

extern "C" {
#include "compare/answer.h"
}

namespace
{

const char *const GOOD =
    R"({"schema": "parallax.run/1", "model": "omp", "status": "OK", "workers": 4, "ranks": 2,
 "threads": 2, "n": 1000, "grain": 10, "result": {"value": "42", "mean": "0.5"},
 "digest": "00112233aabbccdd",
 "elapsed_all_s": [0.03, 0.01, 0.02], "open_s": 0.5, "launch_s": 0.25, "cpu_s": 0.04,
 "busy_max_s": 0.015, "transfer_s": 0.002, "work": {"operations": 1e6, "bytes": 8000},
 "phases": {"prepare_s": 1, "hand_out_s": 2, "compute_s": 3, "imbalance_s": 4, "collect_s": 5,
            "other_s": 6}})";

struct Read {
    plx_answer answer;
    explicit Read(const std::string &text, int code = 0, const char *last = "",
                  plx_launch_end end = PLX_LAUNCH_EXITED)
    {
        std::string bytes = text;
        plx_launch launch = {};
        launch.end = end;
        launch.code = code;
        launch.out = bytes.data();
        launch.out_size = bytes.size();
        snprintf(launch.last, sizeof launch.last, "%s", last);
        launch.ours = strncmp(last, "parallax: ", 10) == 0;
        plx_answer_read(&answer, &launch, "omp", 3, 5);
    }
    ~Read()
    {
        plx_answer_free(&answer);
    }
    Read(const Read &) = delete;
};

// GOOD with one field set to a value, or taken out (null pointer).
std::string with(const char *key, const char *value)
{
    json_t *run = json_loads(GOOD, 0, nullptr);
    if (value)
        json_object_set_new(run, key, json_loads(value, JSON_DECODE_ANY, nullptr));
    else
        json_object_del(run, key);
    char *text = json_dumps(run, 0);
    std::string result = text;
    free(text);
    json_decref(run);
    return result;
}

TEST(Answer, Good)
{
    Read good(GOOD);
    EXPECT_EQ(good.answer.kind, PLX_ANSWER_GOOD);
    EXPECT_EQ(good.answer.exit_code, 0);
    EXPECT_STREQ(good.answer.digest, "00112233aabbccdd");
    EXPECT_STREQ(good.answer.n, "1000");
    EXPECT_STREQ(good.answer.grain, "10");
    EXPECT_EQ(good.answer.workers, 4);
    EXPECT_EQ(good.answer.ranks, 2);
    EXPECT_EQ(good.answer.threads, 2);
    EXPECT_EQ(good.answer.work_s, 0.02);
    EXPECT_EQ(good.answer.open_s, 0.5);
    EXPECT_EQ(good.answer.launch_s, 0.25);
    const plx_compare_phases &phases = good.answer.phases;
    EXPECT_EQ(phases.prepare_s, 1);
    EXPECT_EQ(phases.hand_out_s, 2);
    EXPECT_EQ(phases.compute_s, 3);
    EXPECT_EQ(phases.imbalance_s, 4);
    EXPECT_EQ(phases.collect_s, 5);
    EXPECT_EQ(phases.other_s, 6);
    EXPECT_EQ(phases.busy_max_s, 0.015);
    EXPECT_EQ(phases.transfer_s, 0.002);
    EXPECT_EQ(phases.cpu_s, 0.04);
    EXPECT_EQ(good.answer.operations, 1e6);
    EXPECT_EQ(good.answer.bytes, 8000);
}

TEST(Answer, EveryPhaseIsNeededAndWorkMayBeUntold)
{
    for (const char *key :
         {"prepare_s", "hand_out_s", "compute_s", "imbalance_s", "collect_s", "other_s"}) {
        json_t *run = json_loads(GOOD, 0, nullptr);
        json_object_del(json_object_get(run, "phases"), key);
        char *text = json_dumps(run, 0);
        Read bad{std::string(text)};
        EXPECT_EQ(bad.answer.kind, PLX_ANSWER_BAD) << key;
        EXPECT_STREQ(bad.answer.why, "its JSON has no valid \"phases\"");
        free(text);
        json_decref(run);
    }
    Read untold(with("work", "null")), half(with("work", R"({"operations": 1})"));
    EXPECT_EQ(untold.answer.kind, PLX_ANSWER_GOOD);
    EXPECT_EQ(untold.answer.operations, 0);
    EXPECT_EQ(half.answer.kind, PLX_ANSWER_BAD);
}

TEST(Answer, EveryFieldIsNeeded)
{
    json_t *run = json_loads(GOOD, 0, nullptr);
    const char *key;
    json_t *value;
    json_object_foreach(run, key, value)
    {
        for (const char *wrong : {static_cast<const char *>(nullptr), "null", "[]", "-1", "\"\""}) {
            if (wrong && std::string(key) == "n" && std::string(wrong) != "null" &&
                std::string(wrong) != "[]")
                continue; // counts are taken as they stand, numbers or text
            if (wrong && std::string(key) == "work" && std::string(wrong) == "null")
                continue; // a kernel need not tell
            if (wrong && std::string(key) == "grain" && std::string(wrong) != "null" &&
                std::string(wrong) != "[]")
                continue;
            Read bad(with(key, wrong));
            EXPECT_EQ(bad.answer.kind, PLX_ANSWER_BAD) << key << " " << (wrong ? wrong : "missing");
            EXPECT_NE(std::string(bad.answer.why).find(key), std::string::npos) << bad.answer.why;
            EXPECT_EQ(bad.answer.exit_code, 70);
        }
    }
    json_decref(run);
}

TEST(Answer, TimesMustBeAsManyAsAskedAndFinite)
{
    EXPECT_EQ(Read(with("elapsed_all_s", "[0.1, 0.2]")).answer.kind, PLX_ANSWER_BAD);
    EXPECT_EQ(Read(with("elapsed_all_s", "[0.1, 0.2, -0.1]")).answer.kind, PLX_ANSWER_BAD);
    EXPECT_EQ(Read(with("elapsed_all_s", "[0.1, 0.2, \"x\"]")).answer.kind, PLX_ANSWER_BAD);
    Read zero(with("elapsed_all_s", "[0, 0, 0]"));
    EXPECT_EQ(zero.answer.kind, PLX_ANSWER_GOOD);
    EXPECT_GT(zero.answer.work_s, 0);
}

// Reading and writing slices of files belong to the time: handing out and collecting, both moving.
TEST(Answer, TimesOfFilesAreAdded)
{
    std::string run = with("read_all_s", "[0.5, 0.25, 4]");
    run.replace(run.rfind('}'), 1,
                R"(, "write_all_s": [null, 8, 0.125], "read_s": 16, "write_s": 32})");
    Read added(run);
    ASSERT_EQ(added.answer.kind, PLX_ANSWER_GOOD) << added.answer.why;
    EXPECT_DOUBLE_EQ(added.answer.work_s, 0.02 + 4 + 0.125);    // of 0.53, 8.26 and 4.145
    EXPECT_EQ(added.answer.phases.hand_out_s, 2 + 16);
    EXPECT_EQ(added.answer.phases.collect_s, 5 + 32);
    EXPECT_EQ(added.answer.phases.transfer_s, 0.002 + 48);
    EXPECT_EQ(Read(with("read_all_s", "[null, null, null]")).answer.work_s, 0.02);
    for (const char *bad : {"[0.1, 0.2]", "[0.1, 0.2, -1]", "[0.1, \"x\", 0]", "3"})
        EXPECT_EQ(Read(with("read_all_s", bad)).answer.kind, PLX_ANSWER_BAD) << bad;
    for (const char *bad : {"-1", "\"x\""})
        EXPECT_EQ(Read(with("write_s", bad)).answer.kind, PLX_ANSWER_BAD) << bad;
}

TEST(Answer, WhatIsNoAnswer)
{
    EXPECT_EQ(Read("").answer.kind, PLX_ANSWER_BAD);
    EXPECT_EQ(Read("42").answer.kind, PLX_ANSWER_BAD);
    EXPECT_EQ(Read("[]").answer.kind, PLX_ANSWER_BAD);
    EXPECT_EQ(Read(std::string(GOOD) + "x").answer.kind, PLX_ANSWER_BAD);
    EXPECT_EQ(Read(std::string(GOOD, strlen(GOOD) - 1)).answer.kind, PLX_ANSWER_BAD);
    EXPECT_EQ(Read(with("model", "\"mpi\"")).answer.kind, PLX_ANSWER_BAD);
    EXPECT_EQ(Read(with("status", "\"STOPPED\"")).answer.kind, PLX_ANSWER_BAD);
}

TEST(Answer, AGoodTextWithABadEndIsNoAnswer)
{
    Read failed(GOOD, 65, "parallax: the kernel refused the job");
    EXPECT_EQ(failed.answer.kind, PLX_ANSWER_BAD);
    EXPECT_EQ(failed.answer.exit_code, 65);
    EXPECT_STREQ(failed.answer.why, "the kernel refused the job");
    Read missing(GOOD, 69, "parallax: no mpirun");
    EXPECT_EQ(missing.answer.kind, PLX_ANSWER_MISSING);
    EXPECT_STREQ(missing.answer.why, "no mpirun");
    Read forged(GOOD, 69, "anything");
    EXPECT_EQ(forged.answer.kind, PLX_ANSWER_BAD);
    EXPECT_EQ(forged.answer.exit_code, 70);
    Read killed(GOOD, 11, "word", PLX_LAUNCH_KILLED);
    EXPECT_EQ(killed.answer.kind, PLX_ANSWER_BAD);
    EXPECT_STREQ(killed.answer.why, "ended by signal 11: word");
    Read late(GOOD, 15, "", PLX_LAUNCH_TOO_LONG);
    EXPECT_STREQ(late.answer.why, "took longer than 5 s and was ended");
    EXPECT_EQ(late.answer.exit_code, 70);
}

TEST(Answer, SameIsSameInEveryResult)
{
    Read serial(GOOD), equal(GOOD);
    char why[320] = "";
    EXPECT_TRUE(plx_answer_same(&equal.answer, &serial.answer, "omp", why));
    const struct {
        const char *key, *value, *words;
    } cases[] = {
        {"result", R"({"value": "43", "mean": "0.5"})", "value is 43 under omp, 42 under serial"},
        {"result", R"({"value": "42", "mean": "0.6"})", "mean is 0.6 under omp, 0.5 under serial"},
        {"result", R"({"value": "42"})", "mean is nothing under omp, 0.5 under serial"},
        {"result", R"({"value": 42, "mean": "0.5"})", "value is 42 under omp"},
        {"result", R"({"value": "42", "mean": "0.5", "more": "1"})", "other results"},
        {"digest", R"("00112233aabbccde")",
         "digest 00112233aabbccde under omp, 00112233aabbccdd under serial"},
        {"n", "1001", "ran 1001 items"},
        {"grain", "11", "blocks of 11"},
    };
    for (const auto &c : cases) {
        Read other(with(c.key, c.value));
        ASSERT_EQ(other.answer.kind, PLX_ANSWER_GOOD) << c.key;
        EXPECT_FALSE(plx_answer_same(&other.answer, &serial.answer, "omp", why)) << c.value;
        EXPECT_NE(std::string(why).find(c.words), std::string::npos) << why;
    }
}

} // namespace
