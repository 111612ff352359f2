// SPDX-License-Identifier: MIT
// compare/explain, causes, limits: made-up results, so that each sentence is seen on both sides of
// what it depends on; and the law that POP's factors multiply up to the efficiency.
#include <gtest/gtest.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

extern "C" {
#include "compare/report/causes.h"
#include "compare/compare.h"
#include "compare/report/explain.h"
#include "compare/report/explain_json.h"
#include "compare/report/limits.h"
#include "compare/verdict.h"
#include "compare/report/wrap.h"
}

namespace
{

std::string written(const std::function<void(FILE *)> &write)
{
    char *bytes = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    write(out);
    fclose(out);
    std::string text(bytes, size);
    free(bytes);
    return text;
}

// A result whose launches are told: serial takes 1 s, and rows are added with what they measured.
struct Made {
    struct Samples {
        std::vector<double> work, open, launch;
        std::vector<plx_compare_phases> phases;
    };

    Made()
    {
        strcpy(result.about.kernel, "made");
        strcpy(result.about.pattern, "map");
        strcpy(result.about.n, "1000000");
        strcpy(result.about.grain, "100");
        result.about.workers = 2;
        result.host.cores = 2;
        result.load = {-1, -1, -1, ""};
        result.pair_confidence = 0.95;
        add("serial", 1, 1, 1.0, {});
    }

    ~Made()
    {
        free(result.pairs);
        free(result.text);
    }

    // Seven launches of the same length; what the phases leave open was computed.
    plx_compare_row &add(const char *label, int ranks, int threads, double work,
                         plx_compare_phases phases)
    {
        if (phases.compute_s == 0) {
            phases.compute_s = work - plx_explain_total(&phases);
            phases.busy_max_s = phases.busy_max_s > 0 ? phases.busy_max_s : phases.compute_s;
        }
        plx_compare_row row = {};
        snprintf(row.label, sizeof row.label, "%s", label);
        snprintf(row.model, sizeof row.model, "%s", std::string(label).substr(0, 11).c_str());
        row.ranks = ranks;
        row.threads = threads;
        row.workers = ranks * threads;
        row.samples = 7;
        samples.push_back(std::make_unique<Samples>());
        samples.back()->work.assign(7, work);
        samples.back()->open.assign(7, 0.001);
        samples.back()->launch.assign(7, 0.01);
        samples.back()->phases.assign(7, phases);
        rows.push_back(row);
        return rows.back();
    }

    plx_compare_result &judge()
    {
        for (size_t r = 0; r < rows.size(); r++) {
            rows[r].work_s = samples[r]->work.data();
            rows[r].open_s = samples[r]->open.data();
            rows[r].launch_s = samples[r]->launch.data();
            rows[r].phases = samples[r]->phases.data();
        }
        result.rows = rows.data();
        result.rows_count = rows.size();
        result.rounds = 7;
        free(result.text);
        result.text = nullptr;
        EXPECT_TRUE(plx_verdict_make(&result));
        plx_explain_rows(&result);
        return result;
    }

    std::string causes()
    {
        judge();
        return written([this](FILE *out) { plx_causes_write(&result, out); });
    }

    std::string limits()
    {
        judge();
        return written([this](FILE *out) { plx_limits_write(&result, out); });
    }

    std::string text()
    {
        judge();
        return written([this](FILE *out) {
            plx_compare_write_host(&result.host, out);
            plx_compare_write_text(&result, out);
        });
    }

    plx_compare_result result = {};
    std::vector<plx_compare_row> rows;
    std::vector<std::unique_ptr<Samples>> samples;
};

bool has(const std::string &text, const std::string &words)
{
    return text.find(words) != std::string::npos;
}

// Two workers that computed 0.5 s each but for what is told.
plx_compare_phases spent(double compute, double busy_max)
{
    plx_compare_phases phases = {};
    phases.compute_s = compute;
    phases.busy_max_s = busy_max;
    phases.imbalance_s = busy_max - compute;
    phases.cpu_s = 2 * compute;
    return phases;
}

TEST(Explain, FactorsMultiplyToTheEfficiencyWhateverThePhases)
{
    std::mt19937_64 random(4);
    std::uniform_real_distribution<double> uniform(0, 1);
    for (int trial = 0; trial < 2000; trial++) {
        Made made;
        const int ranks = 1 + trial % 3, threads = 1 + trial / 3 % 4;
        plx_compare_phases phases = {};
        phases.prepare_s = uniform(random);
        phases.hand_out_s = uniform(random) * (trial % 2);
        phases.compute_s = uniform(random) + 1e-6;
        phases.imbalance_s = uniform(random);
        phases.collect_s = uniform(random);
        phases.other_s = uniform(random) * 0.01;
        phases.busy_max_s = phases.compute_s + phases.imbalance_s * uniform(random);
        phases.transfer_s =
            ranks > 1 ? (plx_explain_total(&phases) - phases.busy_max_s) * uniform(random) : 0;
        made.add("omp", ranks, threads, 1, phases);
        const double total = plx_explain_total(&phases);
        for (double &work : made.samples[1]->work)
            work = total * (0.9 + 0.2 * uniform(random));
        made.judge();
        const plx_compare_row &row = made.rows[1];
        const plx_compare_pop &pop = row.pop;
        const double product = pop.balance * pop.serialisation * pop.transfer * pop.scaling;
        ASSERT_NEAR(product / row.efficiency, 1, 1e-9) << trial;
        ASSERT_NEAR(plx_explain_total(&row.spent) / row.work.median, 1, 1e-12);
        ASSERT_NEAR(pop.balance, phases.compute_s / phases.busy_max_s, 1e-12);
        ASSERT_NEAR(pop.transfer, 1 - phases.transfer_s / total, 1e-12);
        ASSERT_GT(pop.serialisation, 0);
        ASSERT_LE(pop.serialisation, 1 + 1e-12);
    }
}

TEST(Explain, TheLaunchInTheMiddleStandsForTheRow)
{
    Made made;
    made.add("omp", 1, 2, 0.6, spent(0.5, 0.55));
    made.samples[1]->work = {0.9, 0.3, 0.5, 0.7, 0.4, 0.8, 0.6}; // the middle one is the last
    for (size_t i = 0; i < 7; i++)
        made.samples[1]->phases[i].prepare_s = 0.01 * static_cast<double>(i + 1);
    made.judge();
    const plx_compare_phases last = made.samples[1]->phases[6];
    const double by = 0.6 / plx_explain_total(&last);
    EXPECT_DOUBLE_EQ(made.rows[1].spent.prepare_s, 0.07 * by);
    EXPECT_DOUBLE_EQ(made.rows[1].spent.cpu_s, last.cpu_s * by);
    made.rows[1].samples = 6; // 0.5 and 0.7 are in the middle: the lower is the third launch
    made.judge();
    EXPECT_DOUBLE_EQ(made.rows[1].spent.prepare_s,
                     0.03 * 0.6 / plx_explain_total(&made.samples[1]->phases[2]));
}

TEST(Explain, EqualLaunchesHaveAMiddleToo)
{
    Made made;
    made.add("omp", 1, 2, 0.6, spent(0.5, 0.55));
    for (size_t i = 0; i < 7; i++)
        made.samples[1]->phases[i].prepare_s = 0.01 * static_cast<double>(i + 1);
    made.judge();
    EXPECT_DOUBLE_EQ(made.rows[1].spent.prepare_s,
                     0.04 * 0.6 / plx_explain_total(&made.samples[1]->phases[3]));
}

TEST(Explain, WhatHasNoMeaningIsNotKnown)
{
    Made made;
    made.add("omp", 1, 2, 0.6, spent(0.5, 0.55));
    made.add("idle", 1, 2, 0.6, spent(0.5, 0.55));
    made.add("odd", 1, 2, 0.6, spent(0.5, 0.55));
    made.add("lost", 1, 2, 0.6, spent(0.5, 0.55));
    made.add("moved", 2, 1, 0.6, spent(0.5, 0.55));
    for (size_t i = 0; i < 7; i++) {
        made.samples[1]->phases[i] = {};
        made.samples[2]->phases[i] = {};
        made.samples[2]->phases[i].prepare_s = 0.1;
        made.samples[3]->phases[i].compute_s = NAN;
        made.samples[5]->phases[i].transfer_s = 0.55; // all of it
    }
    made.rows[4].state = PLX_COMPARE_FAILED;
    made.rows[4].work.median = 0.6; // from rounds before it failed
    made.judge();
    for (size_t r = 1; r < 6; r++) {
        EXPECT_EQ(made.rows[r].pop.balance, 0) << r;
        EXPECT_EQ(made.rows[r].pop.scaling, 0) << r;
        EXPECT_EQ(made.rows[r].spent.cpu_s > 0, r == 5) << made.rows[r].spent.cpu_s;
        EXPECT_FALSE(std::isnan(made.rows[r].spent.cpu_s)) << r;
        EXPECT_EQ(plx_explain_total(&made.rows[r].spent) > 0, r == 2 || r == 5) << r;
        json_t *object = json_object();
        plx_explain_json_row(object, &made.rows[r]);
        EXPECT_TRUE(json_is_null(json_object_get(object, "efficiencies")));
        for (const char *key : {"phases", "busy_max_s", "transfer_s", "cpu_s"})
            EXPECT_EQ(json_is_null(json_object_get(object, key)), r != 2 && r != 5) << key << r;
        json_decref(object);
    }
    EXPECT_FALSE(has(made.text(), "nan"));
    EXPECT_EQ(plx_explain_pop(&made.samples[4]->phases[0], 0, 2).balance, 0); // serial took no time
    EXPECT_GT(plx_explain_pop(&made.samples[4]->phases[0], 1, 2).balance, 0);
}

TEST(Explain, JsonHoldsWhatIsKnown)
{
    Made made;
    plx_compare_phases phases = spent(0.4, 0.45);
    phases.collect_s = 0.05;
    phases.transfer_s = 0.03;
    made.add("mpi", 2, 1, 0.5, phases);
    made.result.bound = {2, {1.8, 1.7, 1.9, true}, 15e9};
    made.judge();
    json_t *row = json_object(), *bounds = plx_explain_json_bounds(&made.result);
    plx_explain_json_row(row, &made.rows[1]);
    double compute, busy, transfer, balance, parallel, ratio, low, high, bandwidth;
    int ideal, copies;
    EXPECT_EQ(json_unpack(row, "{s:{s:F, s:F}, s:F, s:F, s:{s:F, s:F}}", "phases", "compute_s",
                          &compute, "collect_s", &low, "busy_max_s", &busy, "transfer_s", &transfer,
                          "efficiencies", "load_balance", &balance, "parallel", &parallel),
              0);
    EXPECT_EQ(json_object_size(json_object_get(row, "phases")), 6u);
    EXPECT_DOUBLE_EQ(compute, 0.4);
    EXPECT_DOUBLE_EQ(low, 0.05);
    EXPECT_DOUBLE_EQ(busy, 0.45);
    EXPECT_DOUBLE_EQ(transfer, 0.03);
    EXPECT_DOUBLE_EQ(balance, 0.4 / 0.45);
    EXPECT_DOUBLE_EQ(parallel, 1.0);
    EXPECT_EQ(json_unpack(bounds, "{s:i, s:{s:i, s:F, s:[F, F]}, s:F}", "ideal", &ideal, "ceiling",
                          "copies", &copies, "ratio", &ratio, "ci95", &low, &high, "bandwidth_Bps",
                          &bandwidth),
              0);
    EXPECT_EQ(ideal + copies, 4);
    EXPECT_DOUBLE_EQ(ratio + low + high, 1.8 + 1.7 + 1.9);
    EXPECT_DOUBLE_EQ(bandwidth, 15e9);
    json_decref(row);
    json_decref(bounds);
    made.result.bound = {};
    bounds = plx_explain_json_bounds(&made.result);
    EXPECT_TRUE(json_is_null(json_object_get(bounds, "ceiling")));
    EXPECT_TRUE(json_is_null(json_object_get(bounds, "bandwidth_Bps")));
    json_decref(bounds);
}

TEST(Causes, GoodFactorsNeedNoWords)
{
    Made made;
    made.add("omp", 1, 2, 0.5 / 0.91 / 0.99, spent(0.5 / 0.99, 0.5 / 0.99 / 0.91));
    EXPECT_EQ(made.causes(), "");
}

TEST(Causes, LoadBalanceOnBothSidesOfEachLimit)
{
    const struct {
        double balance;
        const char *words;
    } cases[] = {{0.95, ""},
                 {0.905, ""},
                 {0.895, "Load balance could be better (omp 0.90): "},
                 {0.805, "Load balance could be better (omp 0.81): "},
                 {0.795, "Load balance is low (omp 0.80): the busiest worker computed "
                         "1.26 times as long as the mean."}};
    for (const auto &c : cases) {
        Made made;
        made.add("omp", 1, 2, 0.5 / c.balance, spent(0.5, 0.5 / c.balance));
        const std::string all = made.causes();
        EXPECT_EQ(has(all, "Load balance"), *c.words != '\0') << all;
        EXPECT_TRUE(has(all, c.words)) << all << c.balance;
        EXPECT_EQ(has(all, "Serialisation") || has(all, "Transfer") || has(all, "Scaling"), false);
    }
}

TEST(Causes, BalanceAdviceFollowsFromWhatWasRun)
{
    Made made;
    made.add("omp", 1, 2, 0.8, spent(0.5, 0.8));
    EXPECT_TRUE(has(made.causes(), "Try --schedule dynamic or a smaller --grain.\n"));
    strcpy(made.rows[1].level[PLX_FACTOR_SCHEDULE], "dynamic");
    EXPECT_TRUE(has(made.causes(), "Try a smaller --grain.\n"));
    strcpy(made.result.about.n, "1600");
    EXPECT_TRUE(has(made.causes(), "Try a smaller --grain.\n")) << made.causes();
    strcpy(made.result.about.n, "1500"); // 15 blocks for two workers
    EXPECT_TRUE(has(made.causes(), "With 7.5 blocks a worker little can be evened out"))
        << made.causes();
    EXPECT_FALSE(has(made.causes(), "rank"));
    made.rows[1].ranks = 2;
    made.rows[1].threads = 1;
    strcpy(made.result.about.n, "1000000");
    EXPECT_TRUE(has(made.causes(), "Try a smaller --grain.\n")) << made.causes();
    const struct {
        const char *schedule, *where, *words;
    } fixed[] = {{"static", "root", "with --schedule guided it asks"},
                 {"guided", "local", "with --where root it asks"},
                 {"dynamic", "file", "with --where root it asks"},
                 {"static", "local", "with --where root --schedule guided it asks"}};
    for (const auto &f : fixed) {
        strcpy(made.rows[1].level[PLX_FACTOR_SCHEDULE], f.schedule);
        strcpy(made.rows[1].level[PLX_FACTOR_WHERE], f.where);
        EXPECT_TRUE(has(made.causes(), "Each rank's blocks are fixed beforehand: ")) << f.words;
        EXPECT_TRUE(has(made.causes(), f.words)) << made.causes();
        EXPECT_FALSE(has(made.causes(), "--grain"));
    }
    for (auto &phases : made.samples[1]->phases)
        std::swap(phases.hand_out_s, phases.imbalance_s);
    EXPECT_TRUE(has(made.causes(), "The others waited for blocks (hand-out 38 %)"))
        << made.causes();
}

TEST(Causes, ASentenceNamesAllItsRowsAndTheWorst)
{
    Made made;
    made.add("omp", 1, 2, 0.8, spent(0.5, 0.8));
    made.add("pthread", 1, 2, 1.0, spent(0.5, 1.0));
    made.add("mpi", 2, 1, 0.5, spent(0.5, 0.5));
    EXPECT_TRUE(has(made.causes(), "Load balance is low (omp 0.62, pthread 0.50): the busiest "
                                   "worker computed up to 2.00 times"))
        << made.causes();
    for (const char *label : {"a", "b", "c", "d", "e"})
        made.add(label, 1, 2, 0.8, spent(0.5, 0.8));
    EXPECT_TRUE(has(made.causes(), "c 0.62, d 0.62, 1 more): ")) << made.causes();
    made.rows[2].state = PLX_COMPARE_DIFFERS;
    EXPECT_FALSE(has(made.causes(), "pthread")) << made.causes();
}

TEST(Causes, SerialisationNamesTheLargestPartIfThereIsOne)
{
    plx_compare_phases plain = spent(0.5, 0.5);
    const struct {
        double plx_compare_phases::*part;
        const char *words;
    } cases[] = {{&plx_compare_phases::prepare_s, "most of it went into prepare"},
                 {&plx_compare_phases::hand_out_s, "most of it went into hand-out: a larger"},
                 {&plx_compare_phases::collect_s, "most of it went into collecting results"},
                 {&plx_compare_phases::other_s, "most of it went into other"},
                 {&plx_compare_phases::imbalance_s, "in no phase most of it"}};
    for (const auto &c : cases) {
        Made made;
        plx_compare_phases phases = plain;
        phases.*c.part = 0.2;
        made.add("omp", 1, 2, 0.7, phases);
        const std::string all = made.causes();
        EXPECT_TRUE(has(all, "Serialisation is low (omp 0.71): in 29 % of the time not even the "
                             "busiest worker computed"))
            << all;
        EXPECT_TRUE(has(all, c.words)) << all;
        EXPECT_EQ(has(all, "moving data"), false);
    }
}

TEST(Causes, WhatMovesDataIsNotHandOut)
{
    Made made;
    plx_compare_phases phases = spent(0.5, 0.5);
    phases.hand_out_s = phases.transfer_s = 0.3;
    made.add("mpi", 2, 1, 0.8, phases);
    std::string all = made.causes();
    EXPECT_FALSE(has(all, "Serialisation")) << all;
    EXPECT_TRUE(has(all, "Transfer is low (mpi 0.62): 38 % of the time moves data between ranks"))
        << all;
    EXPECT_TRUE(has(all, "--factor where=local")) << all;
    strcpy(made.rows[1].level[PLX_FACTOR_WHERE], "local");
    all = made.causes();
    EXPECT_TRUE(has(all, "Fewer ranks with more threads each move less")) << all;
    EXPECT_FALSE(has(all, "where=local")) << all;
}

TEST(Causes, ScalingIsBlamedOnTheMachineOnlyIfTheMachineShowsIt)
{
    Made made;
    made.add("omp", 1, 2, 0.6, spent(0.6, 0.6)); // 0.83
    EXPECT_TRUE(has(made.causes(), "Scaling could be better (omp 0.83): all workers together "
                                   "computed 1.20 times as long as serial. The numbers here do "
                                   "not show why.\n"))
        << made.causes();
    made.result.bound = {2, {1.74, 1.7, 1.8, true}, 0};
    EXPECT_TRUE(has(made.causes(), "lose as much (1.74 of 2): the machine gives no more."));
    made.result.bound.ceiling.median = 1.76;
    EXPECT_TRUE(has(made.causes(), "lose less (1.76 of 2), so the machine alone does not explain"))
        << made.causes();
    for (auto &phases : made.samples[1]->phases)
        phases.cpu_s = 0.89 * 1.2;
    EXPECT_TRUE(has(made.causes(), "They had a processor in only 89 % of that time"))
        << made.causes();
    made.add("mpi", 2, 1, 0.7, spent(0.7, 0.7)); // the worst, but its ranks were never without
    for (auto &phases : made.samples[1]->phases)
        phases.cpu_s = 0.5 * 1.2;
    EXPECT_TRUE(has(made.causes(), "Under one of these models they had a processor in only 50 %"))
        << made.causes();
    made.rows.pop_back();
    made.samples.pop_back();
    made.result.about.bytes = 0.6 * 0.81e10;
    made.result.bound.bytes_per_s = 1e10;
    EXPECT_TRUE(has(made.causes(), "Memory gives no more")) << made.causes();
    made.result.about.bytes = 0.6 * 0.79e10;
    EXPECT_FALSE(has(made.causes(), "Memory gives no more")) << made.causes();
    made.result.host.cores = 1;
    EXPECT_TRUE(has(made.causes(), "2 workers share 1 core.")) << made.causes();
}

TEST(Causes, SerialRowsHaveNothingToTry)
{
    Made made;
    plx_compare_phases half = spent(0.5, 0.5);
    half.prepare_s = 0.5;
    made.samples[0]->phases.assign(7, half);
    EXPECT_EQ(made.causes(), "");
    EXPECT_NEAR(made.rows[0].pop.serialisation, 0.5, 1e-12);
}

TEST(Causes, OtherIsSaidFromTwoPercentOfLongWork)
{
    const struct {
        double work, part;
        bool said;
    } cases[] = {
        {0.2, 0.021, true}, {0.2, 0.019, false}, {0.099, 0.021, false}, {0.101, 0.021, true}};
    for (const auto &c : cases) {
        Made made;
        plx_compare_phases phases = {};
        phases.other_s = c.work * c.part;
        made.add("mpi", 2, 1, c.work, phases);
        const std::string all = made.causes();
        EXPECT_EQ(has(all, "No phase explains"), c.said) << all;
        EXPECT_EQ(has(all, " part of the time (mpi): 2.1 % is 'other'"), c.said) << all;
    }
}

TEST(Limits, IdealAndCeiling)
{
    Made made;
    made.add("omp", 1, 2, 0.5, spent(0.5, 0.5));
    EXPECT_TRUE(has(made.limits(), "Ideal: 2.00 times serial.\n")) << made.limits();
    made.result.bound = {2, {1.86, 1.8, 1.92, true}, 0};
    EXPECT_TRUE(has(made.limits(), "Ideal: 2.00 times serial. Ceiling of this machine: 1.86 (2 "
                                   "serial programs at once; 95 %: 1.80 .. 1.92).\n"))
        << made.limits();
    made.result.bound.ceiling.known = false;
    EXPECT_TRUE(has(made.limits(), "1.86 (2 serial programs at once).\n")) << made.limits();
    EXPECT_FALSE(has(made.limits(), "Above")) << made.limits();
}

TEST(Limits, ASpeedUpAboveTheCeilingIsNotPassedInSilence)
{
    Made made;
    made.add("omp", 1, 2, 0.5, spent(0.5, 0.5)); // 2.00 in every round
    made.add("pthread", 1, 2, 0.55, spent(0.5, 0.5));
    made.result.bound = {2, {1.86, 1.8, 1.99, true}, 0};
    EXPECT_TRUE(has(made.limits(), "Above the ceiling: omp 2.00, by more than noise"))
        << made.limits();
    made.samples[1]->work = {0.4, 0.5, 0.5, 0.5, 0.5, 0.5, 0.6}; // as low as 1.67
    EXPECT_TRUE(has(made.limits(), "Above the ceiling: omp 2.00, within its noise"))
        << made.limits();
    made.result.bound.ceiling.high = 2.01;
    EXPECT_FALSE(has(made.limits(), "Above")) << made.limits();
    made.result.bound.ceiling.high = 1.99;
    made.result.about.waits = true;
    EXPECT_FALSE(has(made.limits(), "Above")) << made.limits();
}

TEST(Limits, MemoryIsNamedWithItsRate)
{
    const struct {
        double rate;
        const char *words;
    } cases[] = {{1.81, "more than memory gives"},   {1.79, "bound by memory"},
                 {1.21, "bound by memory"},          {1.19, "may be part of what bounds it"},
                 {0.76, "may be part of what bounds it"}, {0.74, "memory does not bound it"}};
    for (const auto &c : cases) {
        Made made;
        made.add("omp", 1, 2, 0.5, spent(0.5, 0.5));
        made.result.bound.bytes_per_s = 1.5e9;
        made.result.about.bytes = c.rate * 1e9 * 0.5;
        const std::string all = made.limits();
        EXPECT_TRUE(has(all, c.words)) << all << c.rate;
        EXPECT_TRUE(has(all, "(omp) of the 1.5 measured")) << all;
        made.result.about.bytes = 0.009 * 1.5e9 * 0.5; // what hardly touches memory needs no word
        EXPECT_FALSE(has(made.limits(), "Memory")) << made.limits();
        made.result.about.bytes = 0;
        EXPECT_FALSE(has(made.limits(), "Memory")) << made.limits();
    }
}

TEST(Limits, CostMayBeNone)
{
    Made made;
    made.add("omp", 1, 2, 0.6, spent(0.6, 0.6));
    made.add("mpi", 2, 1, 1.4, spent(0.6, 0.6));
    EXPECT_TRUE(has(made.limits(), "COST (what it takes to beat serial): 2 workers at this n "
                                   "are enough under omp; not under mpi.\n"))
        << made.limits();
    made.samples[1]->work.assign(7, 1.1);
    EXPECT_TRUE(has(made.limits(), "2 workers at this n are enough under no model.\n"))
        << made.limits();
    made.samples[1]->work.assign(7, 0.995); // no difference is no victory
    EXPECT_TRUE(has(made.limits(), "under no model.\n")) << made.limits();
    made.samples[1]->work.assign(7, 0.5);
    made.samples[2]->work.assign(7, 0.5);
    EXPECT_TRUE(has(made.limits(), "are enough under omp, mpi.\n")) << made.limits();
    made.rows.pop_back();
    made.rows.pop_back();
    EXPECT_FALSE(has(made.limits(), "COST")) << made.limits();
}

TEST(ReportText, LoadOfOthersIsSaidFromATenthOfACore)
{
    Made made;
    made.add("omp", 1, 2, 0.5, spent(0.5, 0.5));
    EXPECT_FALSE(has(made.text(), "Other processes"));
    made.result.load = {0, 0.09, 0.49, "omp, round 4"};
    EXPECT_FALSE(has(made.text(), "Other processes"));
    made.result.load.during = 0.11;
    EXPECT_TRUE(has(made.text(), "Other processes used 0.11 of 2 cores on average, at most 0.49 "
                                 "(omp, round 4)"))
        << made.text();
    made.result.load = {0, 0.09, 0.51, "omp, round 4"};
    EXPECT_TRUE(has(made.text(), "Other processes")) << made.text();
}

TEST(ReportText, ShortForSixModels)
{
    Made made;
    for (const char *label : {"omp", "pthread", "mpi", "mpi+omp", "mpi+pthread"})
        made.add(label, 1, 2, 0.8, spent(0.5, 0.7));
    made.result.bound = {2, {1.86, 1.8, 1.92, true}, 0};
    const std::string all = made.text();
    EXPECT_LE(std::count(all.begin(), all.end(), '\n'), 38) << all;
    EXPECT_TRUE(has(all, "Where the time went")) << all;
}

TEST(ReportText, TheEnvironmentIsSaidIfItMatters)
{
    Made made;
    EXPECT_FALSE(has(made.text(), "nvironment"));
    strcpy(made.result.host.kept, "OMP_NUM_THREADS=1");
    EXPECT_TRUE(has(made.text(), "\nEnvironment: OMP_NUM_THREADS=1\n")) << made.text();
    EXPECT_FALSE(has(made.text(), "Taken"));
    strcpy(made.result.host.removed, "OMP_PROC_BIND=close OMP_PLACES=cores");
    EXPECT_TRUE(has(made.text(),
                    "\nTaken out of the environment: OMP_PROC_BIND=close OMP_PLACES=cores\n"))
        << made.text();
}

// Whatever a label or a name holds, a terminal sees short lines of plain characters.
TEST(ReportText, HostileNamesStayNarrowAndPlain)
{
    Made made;
    const std::string wide(95, 'x'), blanks = "omp " + std::string(90, ' ');
    for (const std::string &label :
         {wide, blanks, std::string("omp\x1b[31m\n\t\xff \xc3\xa9"), std::string(" lead"),
          std::string("mpi+pthread wait=passive schedule=dynamic where=local bind=core"),
          std::string("omp\x7f")})
        made.add(label.c_str(), 1000, 1000, 0.8, spent(0.5, 0.7));
    memset(made.result.about.kernel, 'k', sizeof made.result.about.kernel - 1);
    memset(made.result.host.cpu, 'c', sizeof made.result.host.cpu - 1);
    memset(made.result.host.os, '\x1b', sizeof made.result.host.os - 1);
    memset(made.result.host.compiler, 'g', sizeof made.result.host.compiler - 1);
    memset(made.result.host.mpi, 'm', sizeof made.result.host.mpi - 1);
    memset(made.result.host.removed, 'r', sizeof made.result.host.removed - 1);
    made.result.load = {0, 1, 2, ""};
    memset(made.result.load.where, 'w', sizeof made.result.load.where - 1);
    made.result.bound = {2, {1.1, 1.05, 1.15, true}, 1e9};
    made.result.about.bytes = 1e9;
    std::string all = made.text(), line;
    std::istringstream lines(all);
    while (std::getline(lines, line)) {
        EXPECT_LT(line.size(), 100u) << line;
        EXPECT_TRUE(line.empty() || line.back() != ' ') << "'" << line << "'";
        for (char c : line)
            EXPECT_TRUE(c >= ' ' && c <= '~') << line;
    }
    EXPECT_TRUE(has(all, "omp?[31m??? ??")) << all;
    EXPECT_TRUE(has(all, "\n  schedule=dynamic\n")) << all;
}

} // namespace
