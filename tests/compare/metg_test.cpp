// SPDX-License-Identifier: MIT
// compare/metg*.c: overheads that are known give the block times at which half of the peak is left.
#include <jansson.h>

#include <cmath>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "fake.h"

extern "C" {
#include "compare/sweep/metg.h"
}

namespace {

const double item_s = 1e-7;

// Blocks of g items take g x item + overhead: half of the peak is left where both are equal, so
// METG is twice the overhead.
class Metg : public ::testing::Test {
protected:
    Metg()
    {
        metg.workers = 4;
        metg.blocks = 4 * PLX_METG_BLOCKS;
        metg.rounds = 9;
        metg.serial_per_s = 1 / item_s;
        metg.skew = 1;
        metg.curves = static_cast<plx_metg_curve *>(calloc(4, sizeof *metg.curves));
        strcpy(metg.kernel, "toy");
        strcpy(metg.pattern, "map");
    }

    ~Metg() override
    {
        plx_metg_free(&metg);
    }

    plx_metg_curve *add(const std::string &label, double overhead_s, size_t first = 0,
                        size_t last = 7, double noise = 0.01)
    {
        plx_metg_curve *curve = &metg.curves[metg.curves_count++];
        std::normal_distribution<double> law(0, noise);
        snprintf(curve->label, sizeof curve->label, "%s", label.c_str());
        curve->workers = metg.workers;
        for (size_t i = first; i <= last; i++) {
            plx_metg_point *point = &curve->point[i];
            point->grain = static_cast<size_t>(8) << i; // 0.8 us, 1.6 us ...
            point->samples = static_cast<size_t>(metg.rounds);
            point->work_s = static_cast<double *>(calloc(point->samples, sizeof(double)));
            for (size_t r = 0; r < point->samples; r++)
                point->work_s[r] = static_cast<double>(metg.blocks) / metg.workers *
                                   (static_cast<double>(point->grain) * item_s + overhead_s) *
                                   std::exp(law(random));
        }
        return curve;
    }

    std::string text() const
    {
        char *bytes = nullptr;
        size_t size = 0;
        FILE *out = open_memstream(&bytes, &size);
        plx_metg_write_text(&metg, out);
        fclose(out);
        std::string written(bytes, size);
        free(bytes);
        return written;
    }

    std::mt19937_64 random{1};
    plx_metg_result metg = {};
};

TEST_F(Metg, IsTwiceTheOverhead)
{
    const double overheads[] = {1e-6, 3.3e-6, 10e-6};
    for (double overhead : overheads)
        add("omp", overhead);
    plx_metg_judge(&metg);
    EXPECT_STREQ(metg.peak, "serial x workers");
    EXPECT_DOUBLE_EQ(metg.peak_per_s, 4 / item_s);
    for (size_t c = 0; c < 3; c++) {
        const plx_metg_curve &curve = metg.curves[c];
        ASSERT_TRUE(curve.found) << curve.why;
        EXPECT_NEAR(curve.metg.median, 2 * overheads[c], 0.05 * 2 * overheads[c]);
        ASSERT_TRUE(curve.metg.known);
        EXPECT_LT(curve.metg.low, curve.metg.median);
        EXPECT_GT(curve.metg.high, curve.metg.median);
        EXPECT_LT(curve.metg.high / curve.metg.low, 1.2);
    }
    EXPECT_NEAR(metg.curves[0].point[0].efficiency, 0.8 / 1.8, 0.02);
    EXPECT_NEAR(metg.curves[0].point[0].granularity_s, 1.8e-6, 0.05e-6);
}

// A faster model makes the peak for all: against its own the slow one would look as good.
TEST_F(Metg, ThePeakIsShared)
{
    metg.serial_per_s = 0.4 / item_s;
    add("fast", 1e-6, 0, 12);
    plx_metg_curve *slow = add("slow", 1e-6, 0, 12);
    for (size_t i = 0; i <= 12; i++)
        for (size_t r = 0; r < slow->point[i].samples; r++)
            slow->point[i].work_s[r] *= 1.5;
    plx_metg_judge(&metg);
    EXPECT_STREQ(metg.peak, "fast");
    EXPECT_NEAR(metg.peak_per_s, 4 / item_s, 0.05 * 4 / item_s);
    ASSERT_TRUE(metg.curves[0].found && metg.curves[1].found);
    EXPECT_NEAR(metg.curves[0].metg.median, 2e-6, 0.1e-6);
    // 1.5 (g + o) = 2 g: g = 3 o, so a block takes 1.5 x 4 o
    EXPECT_NEAR(metg.curves[1].metg.median, 6e-6, 0.3e-6);
}

TEST_F(Metg, PointsOnOneSideAreRefused)
{
    add("light", 0.01e-6);
    add("heavy", 1e-3);
    plx_metg_judge(&metg);
    EXPECT_FALSE(metg.curves[0].found);
    EXPECT_NE(std::string(metg.curves[0].why).find("no point below 50 %: METG is less than 0.8"),
              std::string::npos)
        << metg.curves[0].why;
    EXPECT_FALSE(metg.curves[1].found);
    EXPECT_NE(std::string(metg.curves[1].why).find("no point reaches 50 %: METG is more than"),
              std::string::npos)
        << metg.curves[1].why;
    EXPECT_NE(text().find("heavy: no point reaches"), std::string::npos);
}

TEST_F(Metg, AnAbsurdEfficiencyIsRefused)
{
    plx_metg_curve *curve = add("omp", 1e-6);
    curve->point[7].work_s[3] /= 2; // one sample: medians do not see it
    plx_metg_judge(&metg);
    EXPECT_FALSE(curve->found);
    EXPECT_NE(std::string(curve->why).find("says that the peak is wrong"), std::string::npos)
        << curve->why;
}

TEST_F(Metg, ARoundThatDoesNotCrossWidensTheInterval)
{
    plx_metg_curve *curve = add("omp", 1e-6, 0, 1); // 44 % and 62 %
    for (size_t r = 0; r < 2; r++)
        curve->point[0].work_s[r] /= 1.3; // above 50 % as well
    plx_metg_judge(&metg);
    ASSERT_TRUE(curve->found) << curve->why;
    ASSERT_TRUE(curve->metg.known);
    EXPECT_EQ(curve->metg.low, 0);
    EXPECT_NE(text().find("below .. "), std::string::npos) << text();
    EXPECT_NEAR(curve->metg.median, 2e-6, 0.1e-6);
}

TEST_F(Metg, AFaultThatWasFoundBeforeStays)
{
    plx_metg_curve *curve = add("omp", 1e-6);
    snprintf(curve->why, sizeof curve->why, "not available: x");
    plx_metg_judge(&metg);
    EXPECT_FALSE(curve->found);
    EXPECT_STREQ(curve->why, "not available: x");
}

TEST_F(Metg, ReportIsPlainNarrowAndWarns)
{
    add("mpi+pthread wait=active schedule=dynamic", 1e-6);
    add("omp", 1e-6, 0, 1)->why[0] = '\0';
    metg.skew = 2;
    plx_metg_judge(&metg);
    std::istringstream lines(text());
    for (std::string line; std::getline(lines, line);)
        EXPECT_LT(line.size(), 100u) << line;
    EXPECT_NE(text().find("cost 2.0 times"), std::string::npos) << text();
    metg.skew = 1.1;
    EXPECT_EQ(text().find("with care"), std::string::npos) << text();
}

TEST_F(Metg, JsonHoldsItsSchema)
{
    add("omp", 1e-6);
    add("heavy", 1e-3);
    plx_metg_judge(&metg);
    char *line = plx_metg_json(&metg);
    json_t *object = json_loads(line ? line : "", 0, nullptr);
    free(line);
    ASSERT_NE(object, nullptr);
    EXPECT_STREQ(json_string_value(json_object_get(object, "schema")), "parallax.metg/1");
    EXPECT_TRUE(json_is_null(json_object_get(object, "warning")));
    json_t *models = json_object_get(object, "models"), *omp = json_array_get(models, 0),
           *heavy = json_array_get(models, 1);
    EXPECT_NEAR(json_real_value(json_object_get(omp, "metg_s")), 2e-6, 0.1e-6);
    EXPECT_EQ(json_array_size(json_object_get(omp, "ci95_s")), 2u);
    EXPECT_TRUE(json_is_null(json_object_get(omp, "why")));
    json_t *points = json_object_get(omp, "points");
    ASSERT_EQ(json_array_size(points), 8u);
    EXPECT_EQ(json_integer_value(json_object_get(json_array_get(points, 1), "grain")), 16);
    EXPECT_EQ(json_integer_value(json_object_get(json_array_get(points, 1), "n")), 16 * 2048);
    EXPECT_EQ(json_array_size(json_object_get(json_array_get(points, 1), "samples_s")), 9u);
    EXPECT_TRUE(json_is_null(json_object_get(heavy, "metg_s")));
    EXPECT_TRUE(json_is_null(json_object_get(heavy, "ci95_s")));
    EXPECT_TRUE(json_is_string(json_object_get(heavy, "why")));
    json_decref(object);
}

// Launches, by a fake program whose seconds follow from n, workers and grain.
class MetgRun : public Fake {
protected:
    MetgRun()
    {
        program = fake_folder() + "/fake_law";
        plan.program = program.c_str();
        plan.kernel = plx_kernel_find("busy");
        plan.rounds = 6;
        plan.repeats = 1;
        law("serial", "n * 1e-7");
        law("omp", "(n * 1e-7 + n / g * 2e-6) / w");
    }

    ~MetgRun() override
    {
        plx_metg_free(&metg);
        for (const auto &name : laws)
            unsetenv(name.c_str());
    }

    void law(const std::string &model, const std::string &expression)
    {
        laws.push_back("LAW_" + model);
        setenv(laws.back().c_str(), expression.c_str(), 1);
    }

    int run(std::vector<const char *> list)
    {
        for (size_t i = 0; i < list.size(); i++)
            models[i] = list[i];
        plan.models = models;
        plan.models_count = list.size();
        plan.budget_s = 1000;
        return plx_metg(&plan, &metg, why);
    }

    plx_metg_result metg = {};
    std::vector<std::string> laws;
};

TEST_F(MetgRun, ClimbsTheLadderAndMeasuresAroundTheCrossing)
{
    set("pthread", "absent");
    ASSERT_EQ(run({"serial", "omp", "pthread"}), 0) << why;
    EXPECT_EQ(plx_metg_exit(&metg), 0);
    ASSERT_EQ(metg.curves_count, 2u);
    const plx_metg_curve &omp = metg.curves[0];
    ASSERT_TRUE(omp.found) << omp.why;
    EXPECT_NEAR(omp.metg.median, 4e-6, 0.2e-6);
    EXPECT_EQ(metg.rounds, 6);
    EXPECT_EQ(metg.blocks, 2u * PLX_METG_BLOCKS);
    size_t measured = 0;
    for (const auto &point : omp.point)
        if (point.samples > 0) {
            measured++;
            EXPECT_EQ(point.samples, 6u);
        }
    EXPECT_EQ(measured, 4u); // not the whole ladder
    EXPECT_EQ(metg.curves[1].found, false);
    EXPECT_EQ(std::string(metg.curves[1].why).rfind("not available: ", 0), 0u);
    EXPECT_NEAR(metg.skew, 1, 0.01);
    // every launch but the survey's hands out single blocks of the told grain, n being their number
    for (const auto &words : lines_of(log + ".words"))
        if (words.find("-m omp") != std::string::npos)
            EXPECT_NE(words.find("--schedule dynamic"), std::string::npos) << words;
}

// omp is four times as fast in the pilot as it ever is again: the pilot stops too low.
TEST_F(MetgRun, APilotThatWasLuckyIsMadeGood)
{
    plan.rounds = 9;
    law("omp", "(n * 1e-7 + n / g * 2e-6) / w / (launch < 8 ? 4 : 1)");
    ASSERT_EQ(run({"serial", "omp"}), 0) << why;
    ASSERT_TRUE(metg.curves[0].found) << metg.curves[0].why;
    EXPECT_NEAR(metg.curves[0].metg.median, 4e-6, 0.2e-6);
}

TEST_F(MetgRun, AWrongAnswerIsRefused)
{
    set("omp", "late");
    ASSERT_EQ(run({"serial", "omp", "pthread"}), 0) << why;
    EXPECT_EQ(plx_metg_exit(&metg), 78);
    EXPECT_FALSE(metg.curves[0].found);
    EXPECT_EQ(std::string(metg.curves[0].why).rfind("DIFFERENT ANSWER, not timed: ", 0), 0u)
        << metg.curves[0].why;
}

TEST_F(MetgRun, ItemsThatAreLongAreRefused)
{
    law("serial", "n * 0.01");
    EXPECT_EQ(run({"serial", "omp"}), 64);
    EXPECT_NE(std::string(why).find("--metg: an item takes 10 ms, so no block is short"),
              std::string::npos)
        << why;
    plan.kernel = plx_kernel_find("file_digest");
    plx_metg_free(&metg);
    EXPECT_EQ(run({"serial", "omp"}), 64);
    EXPECT_NE(std::string(why).find("no map of items of one size"), std::string::npos) << why;
}

TEST_F(MetgRun, UnevenItemsAreSeen)
{
    law("serial", "n * 1e-7 * (n > 300000 ? 3 : 1)");
    law("omp", "(n * 1e-7 + n / g * 60e-6) / w");
    ASSERT_EQ(run({"serial", "omp"}), 0) << why;
    EXPECT_NEAR(metg.skew, 3, 0.01);
}

} // namespace
