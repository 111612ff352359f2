// SPDX-License-Identifier: MIT
// compare/advise*.c: the rules as arithmetic on made-up facts; then whole advices on a program
// whose times are a law.
#include <cmath>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "fake.h"

extern "C" {
#include "compare/advise/advise.h"
#include "compare/advise/advise_probe.h"
#include "compare/advise/advise_rules.h"
#include "compare/host.h"
}

namespace
{

double span(const std::vector<double> &costs, const char *schedule, int workers, size_t each = 1,
            double hand = 0)
{
    return plx_advise_span(costs.data(), costs.size(), each, schedule, workers, hand);
}

TEST(AdviseSpan, ByHand)
{
    const std::vector<double> first = {8, 1, 1, 1, 1, 1, 1, 1};
    EXPECT_DOUBLE_EQ(span(first, "static", 2), 11);     // 8 1 1 1 | 1 1 1 1
    EXPECT_DOUBLE_EQ(span(first, "guided", 2), 9);      // 8 1 | 1 1, then one by one
    EXPECT_DOUBLE_EQ(span(first, "dynamic", 2), 8);
    EXPECT_DOUBLE_EQ(span(first, "dynamic", 1), 15);
    EXPECT_DOUBLE_EQ(span(first, "dynamic", 2, 4), 11); // blocks of four
    EXPECT_DOUBLE_EQ(span(first, "dynamic", 2, 3), 10); // 10 | 3 2
    EXPECT_DOUBLE_EQ(span(first, "dynamic", 1, 1, 0.5), 19);
    EXPECT_DOUBLE_EQ(span(first, "static", 100), 8);
    EXPECT_DOUBLE_EQ(span({}, "guided", 3), 0);
}

// Graham's bound for handing the next block to whoever is free; static is its longest share.
TEST(AdviseSpan, Bounds)
{
    uint64_t x = 88172645463325252u;
    for (size_t blocks = 1; blocks < 200; blocks += 7)
        for (int workers = 1; workers < 9; workers++) {
            std::vector<double> costs(blocks);
            double sum = 0, most = 0, share = 0;
            for (auto &cost : costs) {
                x ^= x << 13, x ^= x >> 7, x ^= x << 17;
                cost = static_cast<double>(x % 1000 + 1);
                sum += cost;
                most = std::max(most, cost);
            }
            const auto w = static_cast<size_t>(workers);
            const double *cost = costs.data();
            for (size_t r = 0; r < w; r++)
                share = std::max(share, std::accumulate(cost + blocks * r / w,
                                                        cost + blocks * (r + 1) / w, 0.0));
            const double dynamic = span(costs, "dynamic", workers),
                         guided = span(costs, "guided", workers);
            EXPECT_LE(dynamic, sum / workers + most);
            EXPECT_GE(dynamic, std::max(sum / workers, most) - 1e-9);
            EXPECT_GE(guided, std::max(sum / workers, most) - 1e-9);
            EXPECT_LE(guided, sum);
            EXPECT_DOUBLE_EQ(span(costs, "static", workers), share);
        }
}

class AdviseRules : public ::testing::Test
{
  protected:
    AdviseRules()
    {
        plx_advise_facts &facts = advice.facts;
        facts.n = facts.probe_n = 6400;
        facts.growth = 1;
        facts.serial_s = 1;
        facts.share = 1;
        facts.grain = facts.whole_grain = 100;
        facts.cores = 2;
        facts.nodes = 1;
        facts.scheduled = true;
        for (const char *name : {"omp", "pthread", "mpi"}) {
            plx_advise_model &model = facts.model[facts.models++];
            strcpy(model.name, name);
            model.ranks = !strcmp(name, "mpi");
            model.threads = !model.ranks;
            model.known = true;
            model.call_s = model.ranks ? 1e-4 : 1e-5;
        }
        costs.assign(64, 1.0 / 64);
        advice.candidates = all;
    }

    size_t choose()
    {
        advice.facts.cost_s = costs.data();
        advice.facts.blocks = costs.size();
        EXPECT_TRUE(plx_advise_list(&advice));
        return advice.choice = plx_advise_choose(&advice);
    }

    size_t find(const std::string &model, int workers, const std::string &schedule) const
    {
        for (size_t i = 0; i < advice.count; i++)
            if (model == all[i].model && workers == all[i].workers && schedule == all[i].schedule &&
                all[i].grain == 0)
                return i;
        ADD_FAILURE() << model << " " << workers << " " << schedule;
        return 0;
    }

    void sample(size_t i, std::vector<double> seconds)
    {
        all[i].samples = seconds.size();
        std::copy(seconds.begin(), seconds.end(), all[i].sample_s);
    }

    plx_advise_result advice = {};
    plx_advise_candidate all[PLX_ADVISE_MOST] = {};
    std::vector<double> costs;
};

TEST_F(AdviseRules, WaitingBelowHalf)
{
    advice.facts.share = 0.51;
    EXPECT_FALSE(plx_advise_waits(&advice.facts));
    advice.facts.share = 0.49;
    EXPECT_TRUE(plx_advise_waits(&advice.facts));
}

TEST_F(AdviseRules, WorkersByTheProcessorsShare)
{
    int workers[16];
    auto counts = [&](double share, size_t blocks, int limit) {
        advice.facts.share = share;
        advice.facts.blocks = blocks;
        advice.facts.limit = limit;
        return std::vector<int>(workers, workers + plx_advise_workers(&advice.facts, workers));
    };
    EXPECT_EQ(counts(1, 64, 0), (std::vector<int>{2}));
    EXPECT_EQ(counts(0.5, 64, 0), (std::vector<int>{2, 4, 8}));
    EXPECT_EQ(counts(0.01, 64, 0), (std::vector<int>{2, 4, 8, 16, 32, 64}));
    EXPECT_EQ(counts(0.01, 1000, 0).back(), 128);       // 64 a core
    EXPECT_EQ(counts(0.01, 1000, 6), (std::vector<int>{2, 4, 6}));
    EXPECT_EQ(counts(1, 64, 1), (std::vector<int>{}));
    EXPECT_EQ(counts(1, 1, 0), (std::vector<int>{}));   // one block: nothing to share
    advice.facts.cores = 8;
    EXPECT_EQ(counts(1, 64, 0), (std::vector<int>{4, 8}));
    advice.facts.cores = 1;
    EXPECT_EQ(counts(1, 64, 0), (std::vector<int>{}));
}

TEST_F(AdviseRules, EvenCostsAreHalvedAndTheDefaultIsNamed)
{
    size_t choice = choose();
    EXPECT_EQ(choice, find("omp", 2, "guided"));
    EXPECT_NEAR(all[choice].predicted_s, 0.5, 1e-3);
    EXPECT_EQ(find("mpi", 2, ""), advice.count - 1);
}

TEST_F(AdviseRules, SkewDecidesTheSchedule)
{
    costs.assign(64, 0.5 / 63);
    costs[0] = 0.5;                                     // the first block is half of all
    choose();
    EXPECT_NEAR(all[find("omp", 2, "dynamic")].predicted_s, 0.5, 1e-3);
    EXPECT_GT(all[find("omp", 2, "guided")].predicted_s, 0.55);
    EXPECT_GT(all[find("omp", 2, "static")].predicted_s, 0.7);
    EXPECT_NEAR(all[find("mpi", 2, "")].predicted_s, // ranks are handed blocks by the same rule
                all[find("omp", 2, "guided")].predicted_s, 1e-3);
    EXPECT_STREQ(all[advice.choice].schedule, "dynamic");
}

TEST_F(AdviseRules, AFinerGrainWhereBlocksAreTooFew)
{
    advice.facts.whole_grain = 3200;                    // two blocks: the first three times as dear
    for (size_t b = 0; b < 64; b++)
        costs[b] = b < 32 ? 0.75 / 32 : 0.25 / 32;
    size_t choice = choose();
    EXPECT_EQ(all[choice].grain, 100);
    EXPECT_NEAR(all[choice].predicted_s, 0.5, 0.03);
    EXPECT_NEAR(all[find("omp", 2, "guided")].predicted_s, 0.75, 1e-3);
}

TEST_F(AdviseRules, NoFasterThanTheProcessorsAllow)
{
    advice.facts.share = 0.25;                          // two cores: four times at most… of eight
    choose();
    EXPECT_NEAR(all[find("omp", 8, "dynamic")].predicted_s, 0.125, 1e-3);
    EXPECT_NEAR(all[find("omp", 16, "dynamic")].predicted_s, 0.125, 1e-3);
    EXPECT_EQ(all[advice.choice].workers, 8);           // more would be no faster
}

TEST_F(AdviseRules, CallsThatCostMoreThanTheyBring)
{
    advice.facts.serial_s = 1.5e-5;
    choose();
    EXPECT_EQ(advice.choice, 0u);
    size_t index[16];
    EXPECT_EQ(plx_advise_shortlist(&advice, index), 1u); // and nothing is launched for it
}

TEST_F(AdviseRules, TheShortlist)
{
    size_t index[16];
    choose();
    size_t count = plx_advise_shortlist(&advice, index);
    ASSERT_EQ(count, 8u);                               // serial, two models by three, mpi
    EXPECT_EQ(index[0], 0u);
    EXPECT_STREQ(all[index[7]].model, "mpi");
    costs.assign(64, 0.5 / 63);
    costs[0] = 0.5;
    choose();
    count = plx_advise_shortlist(&advice, index);
    ASSERT_EQ(count, 3u);                               // serial and the two that are dynamic
    EXPECT_STREQ(all[index[1]].schedule, "dynamic");
    EXPECT_STREQ(all[index[2]].schedule, "dynamic");
}

TEST_F(AdviseRules, SerialBelowFivePerCent)
{
    choose();
    sample(0, {1, 1, 1});
    const size_t omp = find("omp", 2, "guided");
    sample(omp, {0.96, 0.96, 0.96});
    plx_advise_measure(&advice);
    EXPECT_EQ(plx_advise_choose(&advice), 0u);
    sample(omp, {0.94, 0.94, 0.94});
    plx_advise_measure(&advice);
    EXPECT_EQ(plx_advise_choose(&advice), omp);
}

TEST_F(AdviseRules, SerialBelowAMicrosecond)
{
    choose();
    const size_t omp = find("omp", 2, "guided");
    for (double gain_s : {0.9e-6, 1.1e-6}) {
        sample(0, {2e-6});
        sample(omp, {2e-6 - gain_s});
        plx_advise_measure(&advice);
        EXPECT_EQ(plx_advise_choose(&advice), gain_s < 1e-6 ? 0u : omp);
    }
}

TEST_F(AdviseRules, TheSimplestOfThoseThatNoiseDoesNotTell)
{
    choose();
    const size_t guided = find("omp", 2, "guided"), dynamic = find("omp", 2, "dynamic"),
                 ranks = find("mpi", 2, "");
    sample(0, {1});
    auto choice = [&](double of_guided, double of_dynamic, double of_ranks, double noise) {
        for (auto way : {std::make_pair(guided, of_guided), std::make_pair(dynamic, of_dynamic),
                         std::make_pair(ranks, of_ranks)})
            sample(way.first, {way.second * (1 - noise), way.second, way.second * (1 + noise)});
        plx_advise_measure(&advice);
        return plx_advise_choose(&advice);
    };
    EXPECT_EQ(choice(0.504, 0.5, 0.5, 0), guided);      // within one per cent
    EXPECT_EQ(choice(0.51, 0.5, 0.6, 0), dynamic);      // two per cent, and no noise
    EXPECT_EQ(choice(0.51, 0.5, 0.6, 0.02), guided);    // and noise
    EXPECT_EQ(choice(0.53, 0.5, 0.6, 0.5), dynamic);    // no noise excuses six
    EXPECT_EQ(choice(0.51, 0.509, 0.5, 0.02), guided);  // threads before ranks
    EXPECT_EQ(choice(0.52, 0.55, 0.5, 0), guided);      // which must be five per cent faster
    EXPECT_EQ(choice(0.6, 0.6, 0.5, 0), ranks);
}

TEST_F(AdviseRules, WhatRanBeatsWhatWasPredicted)
{
    choose();
    const size_t guided = find("omp", 2, "guided");
    sample(0, {1});
    sample(guided, {0.8});
    plx_advise_measure(&advice);
    EXPECT_EQ(plx_advise_choose(&advice), guided);      // pthread's 0.5 is nothing but a prediction
}

TEST_F(AdviseRules, MoreItemsThanWereTried)
{
    advice.facts.n = 64000;
    advice.facts.growth = 2;
    EXPECT_DOUBLE_EQ(plx_advise_scale(&advice.facts, 0.5), 50);
    size_t choice = choose();
    EXPECT_NEAR(all[0].predicted_s, 100, 1e-9);
    EXPECT_NEAR(all[choice].predicted_s, 50, 1e-2);
}

// ---- whole advices

class Advise : public Fake
{
  protected:
    Advise()
    {
        program = fake_folder() + "/fake_cost";
        plan.program = program.c_str();
        plan.kernel = plx_kernel_find("wait");          // whose name and flag must not matter
        plan.n = 1280;
        plan.workers = 0;
        plan.budget_s = 0.05;                           // a round or two
    }

    ~Advise() override
    {
        plx_advise_free(&advice);
    }

    int advise()
    {
        plx_advise_free(&advice);
        return plx_advise(&plan, "wait", &advice, why);
    }

    const plx_advise_candidate &choice() const
    {
        return advice.candidates[advice.choice];
    }

    size_t launched(const std::string &words) const
    {
        size_t count = 0;
        for (const auto &line : lines_of(log))
            count += line.find(words) != std::string::npos;
        return count;
    }

    plx_advise_result advice = {};
};

TEST_F(Advise, Computing)
{
    ASSERT_EQ(advise(), 0) << why;
    EXPECT_STREQ(advice.step[2].answer, "it computes");
    EXPECT_NEAR(advice.step[2].value, 1, 0.01);
    EXPECT_EQ(advice.facts.blocks, 64u);
    EXPECT_NEAR(advice.candidates[0].predicted_s, 0.128, 1e-3);
    if (plx_cores() > 1) {
        EXPECT_GT(advice.choice, 0u);
        EXPECT_LE(choice().workers, plx_cores());
        EXPECT_NEAR(choice().predicted_s, 0.064, 1e-3);
        EXPECT_STREQ(advice.step[1].answer, "yes");
        EXPECT_NEAR(advice.step[1].value, 2, 0.05);
    }
    EXPECT_STREQ(advice.step[3].answer, "one");
    EXPECT_EQ(std::string(advice.command).rfind("parallax run map wait -n 1280 -m ", 0), 0u)
        << advice.command;
}

TEST_F(Advise, Waiting)
{
    set("SHARE", "0.01");
    set("HELP", "32");
    ASSERT_EQ(advise(), 0) << why;
    EXPECT_STREQ(advice.step[2].answer, "it waits");
    EXPECT_GE(choice().workers, 32);
    EXPECT_NEAR(choice().predicted_s, 0.004, 1e-3);
    plan.workers = 4;
    ASSERT_EQ(advise(), 0) << why;
    EXPECT_EQ(choice().workers, 4);
}

TEST_F(Advise, NotWorthIt)
{
    set("HELP", "1.03");
    ASSERT_EQ(advise(), 0) << why;
    EXPECT_STREQ(choice().model, "serial");
    EXPECT_STREQ(advice.step[1].answer, "no");
    EXPECT_STREQ(advice.command, "parallax run map wait -n 1280 -m serial");
}

TEST_F(Advise, TooLongToTryIsTriedWithFewer)
{
    set("LONG", "9999");
    plan.n = 1000000;
    ASSERT_EQ(advise(), 0) << why;
    EXPECT_LE(advice.facts.probe_n, 9999);
    EXPECT_GE(advice.facts.probe_n, 1000);
    EXPECT_NEAR(advice.facts.growth, 1, 0.02);
    EXPECT_NEAR(advice.candidates[0].predicted_s, 100, 5);
    EXPECT_NE(strstr(advice.sure, "items, scaled"), nullptr) << advice.sure;
    EXPECT_NE(strstr(advice.command, "-n 1000000 "), nullptr) << advice.command;
}

TEST_F(Advise, WhatNoMachineHoldsIsForSeveral)
{
    set("ITEM_US", "0.0001");
    set("BYTES", "16");
    plan.kernel = plx_kernel_find("square");
    plan.n = static_cast<size_t>(plx_host_memory()) / 8;      // twice what is free
    ASSERT_EQ(advise(), 0) << why;
    EXPECT_EQ(launched("-n " + std::to_string(plan.n) + " "), 0u);
    EXPECT_STREQ(advice.step[3].answer, "several");
    EXPECT_STREQ(choice().model, "mpi");
    EXPECT_GE(choice().ranks, 2 * plx_cores());
    EXPECT_NE(strstr(advice.command, " --where local"), nullptr) << advice.command;
}

TEST_F(Advise, ModelsThatAreNotThere)
{
    set("pthread", "absent");
    set("mpi", "crash");
    ASSERT_EQ(advise(), 0) << why;
    EXPECT_FALSE(advice.facts.cost_s);                  // its blocks are traced under pthread
    for (size_t i = 0; i < advice.count; i++) {
        EXPECT_STRNE(advice.candidates[i].model, "pthread");
        EXPECT_STRNE(advice.candidates[i].model, "mpi");
    }
}

TEST_F(Advise, AnotherAnswerIsRefused)
{
    set("SHARE", "0.2");                                // so that one core gives candidates too
    set("pthread", "wrong");
    plan.workers = 4;
    EXPECT_EQ(advise(), 78);
    EXPECT_STREQ(why, "pthread gives another answer than serial; see parallax compare");
}

TEST_F(Advise, SerialsComplaintIsOurs)
{
    set("serial", "refuse");
    EXPECT_EQ(advise(), 65);
    EXPECT_STREQ(why, "n is too large");
    set("serial", "crash");
    EXPECT_EQ(advise(), 70);
    EXPECT_STREQ(why, "serial: ended by signal 11");
    plan.pattern = "maps";
    EXPECT_EQ(advise(), 64);
    EXPECT_STREQ(why, "-p maps: unknown pattern; allowed: map, reduce, scan, fan, batch, pipeline, "
                      "task, priority");
}

TEST_F(Advise, LeavesNoFile)
{
    ASSERT_EQ(advise(), 0) << why;
    std::string trace;
    for (const auto &line : lines_of(log))
        if (size_t at = line.find("--trace "); at != std::string::npos)
            trace = line.substr(at + 8, line.find(' ', at + 8) - at - 8);
    ASSERT_FALSE(trace.empty());
    EXPECT_NE(access(trace.c_str(), F_OK), 0);
    EXPECT_NE(access(trace.substr(0, trace.rfind('/')).c_str(), F_OK), 0);
}

TEST_F(Advise, TheReports)
{
    set("FIRST", "30");
    const char *params[] = {"ms=it's 5"};
    plan.params = params;
    plan.params_count = 1;
    ASSERT_EQ(advise(), 0) << why;
    EXPECT_NE(strstr(advice.command, " -P 'ms=it'\\''s 5' "), nullptr) << advice.command;
    char *line = plx_advise_json(&advice);
    ASSERT_NE(line, nullptr);
    json_t *object = json_loads(line, 0, nullptr);
    free(line);
    EXPECT_STREQ(json_string_value(json_object_get(object, "schema")), "parallax.advise/1");
    EXPECT_EQ(json_array_size(json_object_get(object, "steps")), 5u);
    EXPECT_EQ(json_array_size(json_object_get(object, "candidates")), advice.count);
    EXPECT_STREQ(json_string_value(json_object_get(object, "command")), advice.command);
    json_decref(object);
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    plx_advise_write_text(&advice, out);
    fclose(out);
    EXPECT_NE(strstr(text, advice.command), nullptr);
    for (const char *at = text; *at; at += strcspn(at, "\n") + 1)
        EXPECT_LT(strcspn(at, "\n"), 100u) << at;
    free(text);
}

} // namespace
