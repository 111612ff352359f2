// SPDX-License-Identifier: MIT
// compare/sweep*.c: curves, crossovers and fits of known laws, and one comparison at each point.
#include <jansson.h>

#include <cmath>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "fake.h"

extern "C" {
#include "compare/page/plot_draw.h"
#include "compare/stats.h"
#include "compare/sweep/sweep.h"
#include "compare/verdict.h"
}

namespace {

using Law = std::function<double(double n, double workers)>; // seconds

class Sweep : public ::testing::Test {
protected:
    ~Sweep() override
    {
        plx_sweep_free(&sweep);
    }

    // Points of made-up samples: times of a law, each round a little slower than the one before,
    // and each model by half a per mille to both sides.
    void make(plx_sweep_axis axis, std::vector<size_t> at, std::map<std::string, Law> laws,
              size_t rounds = 12, int cores = 64)
    {
        sweep.points.axis = axis;
        sweep.points.count = sweep.done = at.size();
        sweep.at = static_cast<plx_compare_result *>(calloc(at.size(), sizeof *sweep.at));
        for (size_t i = 0; i < at.size(); i++) {
            const bool items = axis == PLX_SWEEP_ITEMS;
            plx_compare_result *point = &sweep.at[i];
            sweep.points.at[i] = at[i];
            point->host.cores = cores;
            point->rounds = static_cast<int>(rounds);
            point->about.workers = items ? 4 : static_cast<int>(at[i]);
            point->about.repeats = 3;
            strcpy(point->about.kernel, "toy");
            strcpy(point->about.pattern, "map");
            snprintf(point->about.n, sizeof point->about.n, "%zu", items ? at[i] : 1000);
            fill(point, laws, static_cast<double>(items ? at[i] : 1000), rounds);
        }
        ASSERT_TRUE(plx_sweep_judge(&sweep));
    }

    void judge_again()
    {
        free(sweep.curves);
        free(sweep.crossovers);
        free(sweep.text);
        sweep.curves_count = sweep.crossovers_count = 0;
        ASSERT_TRUE(plx_sweep_judge(&sweep));
    }

    static void fill(plx_compare_result *point, const std::map<std::string, Law> &laws, double n,
                     size_t rounds)
    {
        point->rows = static_cast<plx_compare_row *>(calloc(laws.size(), sizeof *point->rows));
        for (const auto &[label, law] : laws) {
            plx_compare_row *row = &point->rows[point->rows_count];
            snprintf(row->label, sizeof row->label, "%s", label.c_str());
            snprintf(row->model, sizeof row->model, "%s", label.c_str());
            row->workers = label == "serial" ? 1 : point->about.workers;
            if (label == "serial")
                point->base = point->rows_count;
            double seconds = law(n, row->workers);
            row->state = seconds > 0 ? PLX_COMPARE_TIMED : PLX_COMPARE_MISSING;
            if (seconds <= 0)
                snprintf(row->why, sizeof row->why, "no such thing here");
            double **times[] = {&row->work_s, &row->open_s, &row->launch_s};
            for (double **time : times)
                *time = static_cast<double *>(calloc(rounds, sizeof **time));
            row->phases =
                static_cast<plx_compare_phases *>(calloc(rounds, sizeof *row->phases));
            for (size_t s = 0; seconds > 0 && s < rounds; s++)
                row->work_s[row->samples++] =
                    seconds * (1 + 0.01 * static_cast<double>(s)) *
                    (1 + 1e-6 * static_cast<double>(plx_stats_random(point->rows_count, s) % 1001) -
                     5e-4);
            point->rows_count++;
        }
        ASSERT_TRUE(plx_verdict_make(point));
    }

    const plx_sweep_curve &curve(const std::string &label) const
    {
        for (size_t c = 0; c < sweep.curves_count; c++)
            if (label == sweep.curves[c].label)
                return sweep.curves[c];
        ADD_FAILURE() << "no curve " << label;
        return sweep.curves[0];
    }

    std::string text() const
    {
        char *bytes = nullptr;
        size_t size = 0;
        FILE *out = open_memstream(&bytes, &size);
        plx_sweep_write_text(&sweep, out);
        fclose(out);
        std::string written(bytes, size);
        free(bytes);
        return written;
    }

    bool says(const std::string &words) const
    {
        return std::string(sweep.text).find(words) != std::string::npos;
    }

    plx_sweep_result sweep = {};
};

const Law serial = [](double n, double) { return 1e-3 * n; };
const std::vector<size_t> one_to_eight = {1, 2, 3, 4, 5, 6, 7, 8};

Law amdahl(double b)
{
    return [b](double n, double p) { return 1e-3 * n * (b + (1 - b) / p); };
}

Law usl(double sigma, double kappa)
{
    return [=](double n, double p) {
        return 1e-3 * n * (1 + sigma * (p - 1) + kappa * p * (p - 1)) / p;
    };
}

std::vector<size_t> grid(plx_sweep_axis axis, size_t low, size_t high)
{
    size_t at[PLX_SWEEP_MOST];
    size_t count = plx_sweep_grid(axis, low, high, at);
    return std::vector<size_t>(at, at + std::min<size_t>(count, PLX_SWEEP_MOST));
}

TEST(SweepGrid, IsLogarithmicAndHoldsItsEnds)
{
    using Numbers = std::vector<size_t>;
    EXPECT_EQ(grid(PLX_SWEEP_ITEMS, 10000, 1000000),
              (Numbers{10000, 30000, 100000, 300000, 1000000}));
    EXPECT_EQ(grid(PLX_SWEEP_ITEMS, 7, 50), (Numbers{7, 10, 30, 50}));
    EXPECT_EQ(grid(PLX_SWEEP_ITEMS, 5, 5), (Numbers{5}));
    EXPECT_EQ(grid(PLX_SWEEP_WORKERS, 1, 8), one_to_eight);
    EXPECT_EQ(grid(PLX_SWEEP_WORKERS, 6, 70),
              (Numbers{6, 7, 8, 12, 16, 24, 32, 48, 64, 70}));
    EXPECT_EQ(grid(PLX_SWEEP_WORKERS, 9, 12), (Numbers{9, 12}));
    size_t at[PLX_SWEEP_MOST];
    EXPECT_EQ(plx_sweep_grid(PLX_SWEEP_ITEMS, 1, 1000000000000000000u, at), 37u);
    EXPECT_GT(plx_sweep_grid(PLX_SWEEP_ITEMS, 1, SIZE_MAX, at), 37u);
}

TEST_F(Sweep, CurvesAreThePairedRatiosOfEachPoint)
{
    make(PLX_SWEEP_WORKERS, one_to_eight, {{"serial", serial}, {"omp", amdahl(0.1)}});
    ASSERT_EQ(sweep.curves_count, 1u);
    for (size_t i = 0; i < 8; i++) {
        const plx_sweep_spot &spot = curve("omp").spot[i];
        const double p = static_cast<double>(i + 1), s = 1 / (0.1 + 0.9 / p);
        ASSERT_TRUE(spot.timed);
        EXPECT_NEAR(spot.speedup.median, s, 0.002 * s) << p;
        EXPECT_LE(spot.speedup.low, spot.speedup.median);
        EXPECT_GE(spot.speedup.high, spot.speedup.median);
        EXPECT_DOUBLE_EQ(spot.efficiency, spot.speedup.median / p);
        const plx_interval drawn = // a page's curve is the same one
            plx_plot_ratio(&sweep.at[i], plx_plot_row(&sweep.at[i], "omp"));
        EXPECT_DOUBLE_EQ(drawn.median, spot.speedup.median);
        EXPECT_DOUBLE_EQ(drawn.low, spot.speedup.low);
        EXPECT_DOUBLE_EQ(drawn.high, spot.speedup.high);
        EXPECT_EQ(spot.outcome, i == 0 ? PLX_COMPARE_SAME : PLX_COMPARE_FASTER) << p;
        if (i == 0)
            EXPECT_TRUE(std::isnan(spot.karp_flatt.median));
        else
            EXPECT_NEAR(spot.karp_flatt.median, 0.1, 0.003) << p;
        EXPECT_LE(spot.karp_flatt.low, spot.karp_flatt.high);
    }
    EXPECT_EQ(curve("omp").cost, 1u);
    EXPECT_TRUE(says("COST, the fewest workers that beat serial by its whole interval: omp 2."))
        << sweep.text;
}

TEST_F(Sweep, TheBaseMayStandBehind)
{
    make(PLX_SWEEP_WORKERS, {1, 2, 4}, {{"omp", amdahl(0)}, {"serial", serial}}); // o before s
    EXPECT_NEAR(curve("omp").spot[2].speedup.median, 4, 0.01);
    EXPECT_LT(curve("omp").spot[2].speedup.low, curve("omp").spot[2].speedup.high);
    TearDown();
    plx_sweep_free(&sweep);
    make(PLX_SWEEP_WORKERS, {1, 2, 4}, {{"serial", serial}, {"zomp", amdahl(0)}});
    EXPECT_NEAR(curve("zomp").spot[2].speedup.median, 4, 0.01);
    EXPECT_EQ(curve("zomp").spot[2].outcome, PLX_COMPARE_FASTER);
}

TEST_F(Sweep, LawsAreFoundAgainFromSixWorkerCounts)
{
    make(PLX_SWEEP_WORKERS, {1, 2, 4, 8, 16, 24, 32, 64},
         {{"serial", serial}, {"omp", amdahl(0.05)}, {"pthread", usl(0.02, 0.001)}});
    ASSERT_TRUE(curve("omp").fitted && curve("pthread").usl_fitted);
    EXPECT_NEAR(curve("omp").amdahl.b.value, 0.05, 0.001);
    EXPECT_LT(curve("omp").amdahl.error, 0.01);
    EXPECT_NEAR(curve("pthread").usl.sigma.value, 0.02, 0.001);
    EXPECT_NEAR(curve("pthread").usl.kappa.value, 0.001, 0.0001);
    EXPECT_NEAR(curve("pthread").usl.peak.value, std::sqrt(0.98 / 0.001), 1);
    EXPECT_GT(curve("pthread").amdahl.error, 0.1); // and it is seen that Amdahl's is another law
    EXPECT_TRUE(says("omp: Amdahl's serial part 0.05")) << sweep.text;
    EXPECT_TRUE(says("peak at 31.")) << sweep.text;
    EXPECT_FALSE(says("a guess")) << sweep.text;
}

TEST_F(Sweep, FewerThanSixWithinTheCoresAreNotFitted)
{
    make(PLX_SWEEP_WORKERS, one_to_eight, {{"serial", serial}, {"omp", amdahl(0.05)}}, 12, 5);
    EXPECT_FALSE(curve("omp").fitted);
    EXPECT_STREQ(curve("omp").why, "5 worker counts within 5 cores; a fit needs 6");
    EXPECT_TRUE(says("No fit of Amdahl's law or the USL: 5 worker counts within 5 cores"));
    EXPECT_FALSE(plx_sweep_beyond(&sweep.at[4]));
    EXPECT_TRUE(plx_sweep_beyond(&sweep.at[5]));
    EXPECT_TRUE(says("Points with a star")) << sweep.text;
    EXPECT_NE(text().find("\n6*"), std::string::npos) << text();
    plx_sweep_free(&sweep);
    make(PLX_SWEEP_WORKERS, one_to_eight, {{"serial", serial}, {"omp", amdahl(0.05)}}, 12, 6);
    EXPECT_TRUE(curve("omp").fitted); // of 1 .. 6; 7 and 8 do not count
}

TEST_F(Sweep, BeyondTheCoresIsNoMarkForAKernelThatWaits)
{
    make(PLX_SWEEP_WORKERS, one_to_eight, {{"serial", serial}, {"omp", amdahl(0)}}, 12, 2);
    for (size_t i = 0; i < sweep.done; i++)
        sweep.at[i].about.waits = true;
    EXPECT_FALSE(plx_sweep_beyond(&sweep.at[7]));
}

TEST_F(Sweep, TrendsOfTheSerialFractionAreRead)
{
    const Law drifting = [](double n, double p) { return amdahl(0.1 + 1e-4 * p)(n, p); };
    const Law lowering = [](double n, double p) { return amdahl(0.1 - 2e-5 * p)(n, p); };
    const Law falling = [](double n, double p) { return amdahl(0.1 - 1e-2 * p)(n, p); };
    make(PLX_SWEEP_WORKERS, one_to_eight,
         {{"serial", serial}, {"flat", amdahl(0.1)}, {"rising", usl(0.01, 0.01)},
          {"drifting", drifting}, {"lowering", lowering}, {"falling", falling}});
    EXPECT_TRUE(says("flat: serial fraction 0.100 at 2 workers, 0.100 at 8: flat")) << sweep.text;
    EXPECT_TRUE(says("rising, so overhead grows")) << sweep.text;
    EXPECT_TRUE(says("falling, so more workers help more")) << sweep.text;
    // less than the intervals is no trend
    EXPECT_TRUE(says("drifting: serial fraction 0.100 at 2 workers, 0.101 at 8: flat"))
        << sweep.text;
    EXPECT_TRUE(says("lowering: serial fraction 0.100 at 2 workers, 0.100 at 8: flat"))
        << sweep.text;
    plx_sweep_free(&sweep);
    make(PLX_SWEEP_WORKERS, one_to_eight, {{"serial", serial}, {"omp", amdahl(0.1)}}, 12, 3);
    EXPECT_TRUE(says("No trend of the serial fraction is read")) << sweep.text; // 2 and 3 only
}

TEST_F(Sweep, CrossoversAreWhereIntervalsDecide)
{
    const Law slow_start = [](double n, double) { return 10 + 1e-3 * n / 4; };
    const Law never = [](double n, double) { return 2e-3 * n; };
    const Law always = [](double n, double) { return 0.5e-3 * n; };
    const Law equal = [](double n, double) { return 1e-3 * n; };
    make(PLX_SWEEP_ITEMS, {1000, 3000, 10000, 13333, 30000, 100000},
         {{"serial", serial}, {"omp", slow_start}, {"never", never}, {"always", always},
          {"equal", equal}});
    auto find = [this](const std::string &a, const std::string &b) {
        for (size_t i = 0; i < sweep.crossovers_count; i++)
            if (a == sweep.crossovers[i].a && b == sweep.crossovers[i].b)
                return sweep.crossovers[i];
        ADD_FAILURE() << a << " and " << b;
        return plx_sweep_crossover{};
    };
    plx_sweep_crossover omp = find("serial", "omp"), no = find("serial", "never"),
                        yes = find("serial", "always"), same = find("serial", "equal");
    EXPECT_EQ(omp.below, 2u);
    EXPECT_EQ(omp.from, 4u); // at 13333 both take 13.3 s
    EXPECT_EQ(no.below, 5u);
    EXPECT_EQ(no.from, 6u);
    EXPECT_EQ(yes.from, 0u);
    EXPECT_EQ(same.below, 6u);
    EXPECT_EQ(same.from, 6u);
    EXPECT_EQ(curve("omp").cost, 4u);
    EXPECT_EQ(curve("never").cost, 6u);
    EXPECT_EQ(curve("always").cost, 0u);
    EXPECT_TRUE(says("Up to n = 1e4 serial is faster than omp; from 3e4 omp is; between them not"));
    EXPECT_TRUE(says("serial is faster than never at every n measured.")) << sweep.text;
    EXPECT_TRUE(says("always is faster than serial at every n measured.")) << sweep.text;
    EXPECT_TRUE(says("serial and equal are not told apart at any n.")) << sweep.text;
    EXPECT_TRUE(says("never none")) << sweep.text;
    // two models that change places are told, the smaller n first
    plx_sweep_crossover models = find("never", "omp");
    EXPECT_EQ(models.below, 1u);
    EXPECT_EQ(models.from, 2u);
    EXPECT_TRUE(says("Up to n = 3000 never is faster than omp; from 1e4 omp is."));
}

TEST_F(Sweep, BackAndForthIsNoCrossover)
{
    const Law waves = [](double n, double) {
        return 1e-3 * n * (n < 20 || n > 200 ? 1.0 : n < 50 ? 0.5 : 2.0);
    };
    make(PLX_SWEEP_ITEMS, {10, 30, 100, 300}, {{"serial", serial}, {"omp", waves}});
    ASSERT_EQ(sweep.crossovers_count, 1u);
    EXPECT_TRUE(sweep.crossovers[0].again);
    EXPECT_TRUE(says("neither is the faster one from some n on")) << sweep.text;
}

TEST_F(Sweep, AModelThatIsMissingAtAPointLeavesAGap)
{
    const Law gap = [](double n, double p) { return p > 1.5 && p < 2.5 ? -1 : 1e-3 * n / p; };
    const Law nowhere = [](double, double) { return -1; };
    make(PLX_SWEEP_WORKERS, {1, 2, 4}, {{"serial", serial}, {"omp", gap}, {"mpi", nowhere}});
    EXPECT_FALSE(curve("omp").spot[1].timed);
    EXPECT_TRUE(curve("omp").spot[2].timed);
    EXPECT_EQ(curve("omp").cost, 2u);
    EXPECT_TRUE(says("omp at 2 workers: not available: no such thing here.")) << sweep.text;
    EXPECT_TRUE(says("mpi at every point: not available: no such thing here.")) << sweep.text;
}

TEST_F(Sweep, WithoutIntervalsNothingIsClaimed)
{
    make(PLX_SWEEP_ITEMS, {10, 30}, {{"serial", serial}, {"omp", amdahl(0)}}, 5);
    EXPECT_FALSE(curve("omp").spot[0].speedup.known);
    EXPECT_EQ(curve("omp").cost, 2u);
    EXPECT_TRUE(says("Too few rounds to tell anything: intervals for this many models need 6.\n"))
        << sweep.text;
    sweep.budget_s = 20;
    sweep.at[0].took_s = 9;
    sweep.at[1].took_s = 1;
    judge_again();
    EXPECT_TRUE(says("need 6, in all about 12 s here.\n")) << sweep.text;
    EXPECT_FALSE(says("faster")) << sweep.text;
    EXPECT_NE(text().find("4.00 ~"), std::string::npos) << text();
}

TEST_F(Sweep, LoadOfOthersIsSaidWithThePointWhereItWasMost)
{
    make(PLX_SWEEP_WORKERS, {1, 2, 4}, {{"serial", serial}, {"omp", amdahl(0)}});
    EXPECT_FALSE(says("Other processes")) << sweep.text;
    sweep.at[1].load = {0, 0.2, 0.3, "omp, round 1"};
    sweep.at[2].load = {0, 0.5, 0.6, "omp, round 1"};
    judge_again();
    EXPECT_TRUE(says("Other processes were busy at 2 of 3 points, most at 4 workers: 0.5 of 64 "))
        << sweep.text;
}

TEST_F(Sweep, FarBelowSerialIsNotZero)
{
    const Law slow = [](double n, double) { return 0.123 * n; };
    make(PLX_SWEEP_ITEMS, {10, 30}, {{"serial", serial}, {"omp", slow}}, 5);
    EXPECT_NE(text().find("0.0081 ~"), std::string::npos) << text();
}

TEST_F(Sweep, TheHeadSaysHowManyPointsEndedNarrow)
{
    make(PLX_SWEEP_ITEMS, {10, 30}, {{"serial", serial}, {"omp", amdahl(0)}});
    EXPECT_EQ(text().find("narrow"), std::string::npos) << text();
    sweep.at[0].end = PLX_COMPARE_NARROW;
    EXPECT_NE(text().find("at 1 of them until the intervals were narrow"), std::string::npos)
        << text();
}

TEST_F(Sweep, TextIsPlainAndNarrow)
{
    std::map<std::string, Law> laws = {{"serial", serial}};
    for (int i = 0; i < 12; i++)
        laws["model-" + std::to_string(i) + " wait=active schedule=dynamic"] = amdahl(0.01 * i);
    make(PLX_SWEEP_WORKERS, one_to_eight, laws, 16);
    std::istringstream lines(text());
    for (std::string line; std::getline(lines, line);) {
        EXPECT_LT(line.size(), 100u) << line;
        EXPECT_TRUE(line.empty() || line.back() != ' ') << line;
    }
    for (const auto &[label, law] : laws)
        if (label != "serial")
            EXPECT_NE(text().find(label), std::string::npos) << label;
}

TEST_F(Sweep, JsonHoldsItsSchema)
{
    const Law nowhere = [](double, double) { return -1; };
    make(PLX_SWEEP_WORKERS, {1, 2, 4, 8, 16, 32},
         {{"serial", serial}, {"omp", amdahl(0.05)}, {"mpi", nowhere}});
    char *line = plx_sweep_json(&sweep);
    json_t *object = json_loads(line ? line : "", 0, nullptr);
    free(line);
    ASSERT_NE(object, nullptr);
    EXPECT_STREQ(json_string_value(json_object_get(object, "schema")), "parallax.sweep/1");
    EXPECT_STREQ(json_string_value(json_object_get(object, "axis")), "workers");
    EXPECT_STREQ(json_string_value(json_object_get(object, "text")), sweep.text);
    json_t *points = json_object_get(object, "points"),
           *comparisons = json_object_get(object, "comparisons");
    ASSERT_EQ(json_array_size(points), 6u);
    ASSERT_EQ(json_array_size(comparisons), 6u);
    EXPECT_EQ(json_integer_value(json_array_get(points, 5)), 32);
    EXPECT_STREQ(json_string_value(json_object_get(json_array_get(comparisons, 0), "schema")),
                 "parallax.compare/1");
    json_t *curves = json_object_get(object, "curves"), *mpi = json_array_get(curves, 0),
           *omp = json_array_get(curves, 1); // in the order of the map
    EXPECT_STREQ(json_string_value(json_object_get(omp, "label")), "omp");
    EXPECT_EQ(json_integer_value(json_object_get(omp, "cost")), 2);
    json_t *b = json_object_get(json_object_get(omp, "amdahl"), "b");
    EXPECT_NEAR(json_real_value(json_object_get(b, "value")), 0.05, 0.001);
    EXPECT_TRUE(json_is_object(json_object_get(omp, "usl")));
    EXPECT_TRUE(json_is_null(json_object_get(omp, "why")));
    json_t *last = json_array_get(json_object_get(omp, "points"), 5);
    EXPECT_EQ(json_integer_value(json_object_get(last, "x")), 32);
    EXPECT_EQ(json_array_size(json_object_get(last, "ci95")), 2u);
    EXPECT_TRUE(json_is_true(json_object_get(last, "beats_serial")));
    json_t *none = json_array_get(json_object_get(mpi, "points"), 0);
    for (const char *name : {"speedup", "ci95", "efficiency", "karp_flatt", "beats_serial"})
        EXPECT_TRUE(json_is_null(json_object_get(none, name))) << name;
    EXPECT_TRUE(json_is_null(json_object_get(mpi, "cost")));
    EXPECT_TRUE(json_is_null(json_object_get(mpi, "amdahl")));
    EXPECT_TRUE(json_is_string(json_object_get(mpi, "why")));
    json_decref(object);
}

// Launches, by a fake program whose seconds follow from n and workers.
class SweepRun : public Fake {
protected:
    SweepRun()
    {
        program = fake_folder() + "/fake_law";
        plan.program = program.c_str();
        plan.rounds = 6;
        plan.repeats = 1;
        plan.bare = true;
        law("serial", "n / 1000");
        law("omp", "n / 1000 / w");
    }

    ~SweepRun() override
    {
        plx_sweep_free(&sweep);
        for (const auto &name : laws)
            unsetenv(name.c_str());
    }

    void law(const std::string &model, const std::string &expression)
    {
        laws.push_back("LAW_" + model);
        setenv(laws.back().c_str(), expression.c_str(), 1);
    }

    int run(plx_sweep_axis axis, std::vector<size_t> at, std::vector<const char *> list)
    {
        for (size_t i = 0; i < list.size(); i++)
            models[i] = list[i];
        plan.models = models;
        plan.models_count = list.size();
        plx_sweep_points points = {};
        points.axis = axis;
        points.count = at.size();
        std::copy(at.begin(), at.end(), points.at);
        return plx_sweep(&plan, &points, &sweep, why);
    }

    plx_sweep_result sweep = {};
    std::vector<std::string> laws;
};

TEST_F(SweepRun, ComparesAtEachPoint)
{
    ASSERT_EQ(run(PLX_SWEEP_WORKERS, {1, 3, 4}, {"serial", "omp"}), 0) << why;
    EXPECT_EQ(plx_sweep_exit(&sweep), 0);
    ASSERT_EQ(sweep.curves_count, 1u);
    EXPECT_NEAR(sweep.curves[0].spot[1].speedup.median, 3, 1e-6);
    EXPECT_NEAR(sweep.curves[0].spot[2].speedup.median, 4, 1e-6);
    EXPECT_EQ(sweep.curves[0].spot[2].workers, 4);
    EXPECT_EQ(launches("serial"), 3u * 7u); // its own base at each point
}

TEST_F(SweepRun, SweepsItems)
{
    law("omp", "0.1 + n / 1000 / w");
    ASSERT_EQ(run(PLX_SWEEP_ITEMS, {100, 1000}, {"serial", "omp"}), 0) << why;
    EXPECT_STREQ(sweep.at[0].about.n, "100");
    EXPECT_STREQ(sweep.at[1].about.n, "1000");
    EXPECT_NEAR(sweep.curves[0].spot[0].speedup.median, 0.1 / 0.15, 1e-6);
    EXPECT_NEAR(sweep.curves[0].spot[1].speedup.median, 1 / 0.6, 1e-6);
    EXPECT_EQ(sweep.crossovers[0].below, 0u);
    EXPECT_EQ(sweep.crossovers[0].from, 1u);
}

TEST_F(SweepRun, AFilesLawsAreCheckedOnceAndItemsChosenOnce)
{
    plan.file = "/somewhere/k.so";
    plan.n_given = false;
    plan.choose_n = true;
    plan.rounds = 1;
    set("ITEM_US", "1000");
    law("serial", "");
    ASSERT_EQ(run(PLX_SWEEP_WORKERS, {1, 2}, {"serial", "omp"}), 0) << why;
    EXPECT_EQ(launches("check"), 1u);
    EXPECT_STREQ(sweep.at[0].about.n, sweep.at[1].about.n);
    size_t first_steps = 0;
    for (const auto &words : lines_of(log + ".words"))
        first_steps += words.rfind("run", 0) == 0 && words.find(" -n 1 ") != std::string::npos;
    EXPECT_EQ(first_steps, 1u); // of the search for n
}

TEST_F(SweepRun, AWrongAnswerAtOnePointIsNamedAndTheRestGoesOn)
{
    set("pthread", "absent");
    set("omp", "late"); // from its fourth launch on: the second point that is measured
    plan.rounds = 2;
    ASSERT_EQ(run(PLX_SWEEP_WORKERS, {1, 2, 4}, {"serial", "omp", "pthread"}), 0) << why;
    EXPECT_EQ(plx_sweep_exit(&sweep), 78);
    EXPECT_TRUE(sweep.curves[0].spot[2].timed); // the largest comes first
    EXPECT_FALSE(sweep.curves[0].spot[1].timed);
    const std::string text = sweep.text;
    EXPECT_NE(text.find("omp at 2 workers: DIFFERENT ANSWER, not timed: value is 43"),
              std::string::npos) << text;
    EXPECT_NE(text.find("pthread at every point: not available"), std::string::npos) << text;
}

TEST_F(SweepRun, WithoutSerialItEndsAndNamesThePoint)
{
    set("serial", "refuse");
    EXPECT_EQ(run(PLX_SWEEP_ITEMS, {10, 30}, {"serial", "omp"}), 65);
    EXPECT_STREQ(why, "--sweep, n = 30: -P ops=x: not a number");
}

TEST_F(SweepRun, TheBudgetIsSharedByThePoints)
{
    plan.rounds = 0;
    plan.budget_s = 0.002;
    EXPECT_EQ(run(PLX_SWEEP_ITEMS, {10, 30}, {"serial", "omp"}), 64);
    const std::string begins = "--sweep, n = 30, which has its equal share of the budget: ";
    EXPECT_EQ(std::string(why).rfind(begins, 0), 0u) << why;
    EXPECT_NEAR(sweep.at[1].budget_s, 0.001, 0.0005);
}

} // namespace
