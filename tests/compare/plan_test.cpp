// SPDX-License-Identifier: MIT
// compare/plan.c: workers of each model, labels, command lines, what is refused before a launch.
#include <string>
#include <vector>

#include "fake.h"

extern "C" {
#include "compare/plan.h"
}

namespace
{

class Plan : public Fake
{
  protected:
    int make(std::vector<const char *> list)
    {
        plx_compare_free(&result);
        for (size_t i = 0; i < list.size(); i++)
            models[i] = list[i];
        plan.models_count = list.size();
        return plx_plan_make(&plan, &result, why);
    }

    std::string command(const std::string &label)
    {
        std::string text;
        char **argv = plx_plan_command(&result.plan, &row(label), 123456789012345);
        for (char **word = argv; *word; word++)
            text += (word == argv ? "" : " ") + std::string(*word);
        free(argv);
        return text;
    }
};

TEST_F(Plan, RanksOfHybridsDivideTheWorkers)
{
    for (int workers = 1; workers <= 200; workers++)
        for (int nodes : {1, 2, 3, 4, 8, 300}) {
            int ranks = plx_plan_ranks(workers, nodes), best = 1;
            for (int r = 1; r <= workers && r <= nodes; r++)
                if (workers % r == 0)
                    best = r;
            ASSERT_EQ(ranks, best) << workers << " " << nodes;
        }
    EXPECT_GE(plx_plan_nodes(), 1);
}

TEST_F(Plan, TheSameWorkersForEveryModel)
{
    plan.workers = 6;
    plan.ranks = 3;
    ASSERT_EQ(make({"serial", "omp", "pthread", "mpi", "mpi+omp", "mpi+pthread"}), 0);
    const struct {
        const char *label;
        int ranks, threads, workers;
    } want[] = {
        {"serial", 1, 1, 1}, {"omp", 1, 6, 6},     {"pthread", 1, 6, 6},
        {"mpi", 6, 1, 6},    {"mpi+omp", 3, 2, 6}, {"mpi+pthread", 3, 2, 6},
    };
    for (const auto &w : want) {
        EXPECT_EQ(row(w.label).ranks, w.ranks) << w.label;
        EXPECT_EQ(row(w.label).threads, w.threads) << w.label;
        EXPECT_EQ(row(w.label).workers, w.workers) << w.label;
    }
}

TEST_F(Plan, LabelsAreUniqueAndSerialIsAlwaysThere)
{
    ASSERT_EQ(make({"omp", "mpi", "omp", "omp"}), 0);
    ASSERT_EQ(result.rows_count, 5u);
    EXPECT_EQ(result.base, 0u);
    const char *labels[] = {"serial", "omp", "mpi", "omp#2", "omp#3"};
    for (size_t r = 0; r < 5; r++)
        EXPECT_STREQ(result.rows[r].label, labels[r]);
    ASSERT_EQ(make({"omp", "serial", "serial"}), 0);
    EXPECT_EQ(result.rows_count, 3u);
    EXPECT_EQ(result.base, 1u);
    EXPECT_STREQ(result.rows[2].label, "serial#2");
}

TEST_F(Plan, EveryModelIfNoneIsNamed)
{
    plan.models = nullptr;
    ASSERT_EQ(make({}), 0);
    plx_model_info info;
    size_t count = 0;
    while (plx_model_at(count, &info)) {
        EXPECT_STREQ(result.rows[count].model, info.name);
        count++;
    }
    EXPECT_EQ(result.rows_count, count);
}

TEST_F(Plan, Defaults)
{
    plan.workers = 0;
    ASSERT_EQ(make({"omp"}), 0);
    EXPECT_EQ(result.plan.workers, plx_cores());
    EXPECT_EQ(result.plan.rounds, 7);
    EXPECT_EQ(result.plan.budget_s, 0);
    EXPECT_STREQ(result.plan.pattern, "reduce");
    plan.kernel = plx_kernel_find("square");
    plan.rounds = 0;
    ASSERT_EQ(make({"omp"}), 0);
    EXPECT_STREQ(result.plan.pattern, "map");
    EXPECT_EQ(result.plan.rounds, 0);
    EXPECT_EQ(result.plan.budget_s, 60);
}

TEST_F(Plan, RowsOfFilesAreToldWhereTheirsAre)
{
    const char *levels[] = {"root", "file"};
    const plx_compare_factor where = {"where", levels, 2};
    plan.program = "/p";
    plan.workers = 2;
    plan.kernel = plx_kernel_find("square");
    plan.factors = &where;
    plan.factors_count = 1;
    ASSERT_EQ(make({"mpi", "pthread"}), 0);
    result.plan.staged_in = "/t/in.npy";
    result.plan.staged_out = "/t/out";
    const std::string filed = command("mpi where=file");
    EXPECT_NE(filed.find(" --where file "), std::string::npos) << filed;
    EXPECT_NE(filed.find(" -i /t/in.npy "), std::string::npos) << filed;
    EXPECT_NE(filed.find(" --bytes /t/out --force "), std::string::npos) << filed;
    for (const char *other : {"mpi where=root", "pthread", "serial"})
        EXPECT_EQ(command(other).find("/t/"), std::string::npos) << other;
    plan.input = "x.npy";
    ASSERT_EQ(make({"mpi"}), 0);
    result.plan.staged_out = "/t/out";
    const std::string given = command("mpi where=file");
    EXPECT_EQ(given.find("-i "), given.rfind("-i ")) << given;
    EXPECT_NE(given.find(" -i x.npy "), std::string::npos) << given;
    levels[0] = "local";
    EXPECT_EQ(make({"mpi"}), 64);
    EXPECT_NE(std::string(why).find("where=local: does not go with -i"), std::string::npos) << why;
}

TEST_F(Plan, CommandLines)
{
    const char *params[] = {"a=1", "b=2"};
    plan.program = "/p";
    plan.workers = 4;
    plan.ranks = 2;
    plan.repeats = 5;
    plan.n = 1000000000000;
    const char *schedule = "dynamic", *grain = "1e3";
    const plx_compare_factor factors[] = {{"schedule", &schedule, 1}, {"grain", &grain, 1}};
    plan.factors = factors;
    plan.factors_count = 2;
    plan.seed = 18446744073709551615ull;
    plan.input = "x.npy";
    plan.params = params;
    plan.params_count = 2;
    ASSERT_EQ(make({"serial", "omp", "mpi", "mpi+pthread"}), 0);
    std::string tail =
        " --grain 1e3 -n 1000000000000 --seed 18446744073709551615 -P a=1 -P b=2"
        " -i x.npy --json --repeat 5 --started 123456789012345";
    std::string head = "/p run reduce sum_squares -m ";
    std::string dynamic = " --schedule dynamic"; // nothing is handed out in serial
    EXPECT_EQ(command("serial"), head + "serial" + tail);
    EXPECT_EQ(command("omp"), head + "omp -w 4" + dynamic + tail);
    std::string shared = plx_cores() < 4 ? " --oversubscribe" : "";
    EXPECT_EQ(command("mpi"), head + "mpi --ranks 4" + shared + dynamic + tail);
    EXPECT_EQ(command("mpi+pthread"),
              head + "mpi+pthread --ranks 2" + shared + " -w 2" + dynamic + tail);
    plan.oversubscribe = true;
    ASSERT_EQ(make({"serial", "omp", "mpi", "mpi+pthread"}), 0);
    EXPECT_EQ(command("mpi"), head + "mpi --ranks 4 --oversubscribe" + dynamic + tail);
    plan.n_given = false;
    plan.factors_count = 0;
    plan.input = nullptr;
    plan.params_count = 0;
    plan.seed = 0;
    ASSERT_EQ(make({"serial"}), 0);
    EXPECT_EQ(command("serial"),
              head + "serial --seed 0 --json --repeat 5 --started 123456789012345");
    plan.file = "./k.so";
    plan.n_given = true;
    ASSERT_EQ(make({"serial"}), 0);
    EXPECT_EQ(command("serial"), "/p run reduce ./k.so -m serial -n 1000000000000 --seed 0 --json"
                                 " --repeat 5 --started 123456789012345");
    char **argv = plx_plan_check_command(&result.plan);
    std::string words;
    for (char **word = argv; *word; word++)
        words += std::string(words.empty() ? "" : " ") + *word;
    free(argv);
    EXPECT_EQ(words, "/p check ./k.so -n 1000000000000 --seed 0 --json");
}

TEST_F(Plan, AFactorMultipliesTheRowsOfModelsThatKnowIt)
{
    const char *wait[] = {"active", "passive"}, *bind[] = {"core", "none"}, *ops[] = {"1", "2"};
    plx_compare_factor factors[] = {{"wait", wait, 2}, {"bind", bind, 2}};
    plan.factors = factors;
    plan.factors_count = 2;
    plan.kernel = plx_kernel_find("busy");
    plan.pattern = "map";
    ASSERT_EQ(make({"serial", "omp", "pthread", "mpi+pthread", "omp"}), 0) << why;
    std::vector<std::string> labels;
    for (size_t r = 0; r < result.rows_count; r++)
        labels.push_back(result.rows[r].label);
    EXPECT_EQ(labels,
              (std::vector<std::string>{
                  "serial", "omp wait=active bind=core", "omp wait=active bind=none",
                  "omp wait=passive bind=core", "omp wait=passive bind=none", "pthread",
                  "mpi+pthread wait=active bind=core", "mpi+pthread wait=active bind=none",
                  "mpi+pthread wait=passive bind=core", "mpi+pthread wait=passive bind=none",
                  "omp#2 wait=active bind=core", "omp#2 wait=active bind=none",
                  "omp#2 wait=passive bind=core", "omp#2 wait=passive bind=none"}));
    EXPECT_STREQ(row("pthread").level[PLX_FACTOR_WAIT], "");
    EXPECT_STREQ(row("pthread").level[PLX_FACTOR_SCHEDULE], "guided");
    EXPECT_STREQ(row("omp wait=active bind=none").level[PLX_FACTOR_WAIT], "active");
    EXPECT_STREQ(row("omp wait=active bind=none").level[PLX_FACTOR_BIND], "none");
    // mpi's binding is an option, OpenMP's is not
    EXPECT_EQ(command("omp wait=active bind=none").find("--bind"), std::string::npos);
    EXPECT_NE(command("mpi+pthread wait=active bind=core").find(" --bind core "),
              std::string::npos);
    // a parameter of the kernel multiplies serial too; one level sets it and names no row
    factors[0] = {"ops", ops, 2};
    factors[1] = {"bind", bind, 1};
    ASSERT_EQ(make({"omp"}), 0) << why;
    ASSERT_EQ(result.rows_count, 4u);
    EXPECT_STREQ(result.rows[1].label, "serial ops=2");
    EXPECT_STREQ(result.rows[1].param, "ops=2");
    EXPECT_STREQ(row("omp ops=1").level[PLX_FACTOR_BIND], "core");
    EXPECT_NE(command("omp ops=2").find(" -P ops=2 "), std::string::npos) << command("omp ops=2");
}

TEST_F(Plan, WhereIsForRanksThatHaveDataOfTheirOwn)
{
    const char *where[] = {"root", "local"};
    plx_compare_factor factor = {"where", where, 2};
    plan.factors = &factor;
    plan.factors_count = 1;
    plan.kernel = plx_kernel_find("square");
    ASSERT_EQ(make({"omp", "mpi"}), 0) << why;
    EXPECT_EQ(result.rows_count, 4u); // serial, omp, mpi where=root, mpi where=local
    EXPECT_NE(command("mpi where=local").find(" --where local "), std::string::npos);
    EXPECT_EQ(command("mpi where=root").find("--where"), std::string::npos);
    plan.kernel = plx_kernel_find("sum_squares"); // neither items nor results of each
    EXPECT_EQ(make({"omp", "mpi"}), 64);
    EXPECT_NE(std::string(why).find("--factor where: none of these models"), std::string::npos)
        << why;
}

TEST_F(Plan, FactorsThatCannotBe)
{
    const char *one[] = {"1"}, *wrong[] = {"active", "pasive"}, *params[] = {"ops=3"},
               *many[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9"};
    plx_compare_factor factors[2] = {{"wiat", one, 1}, {"grain", many, 9}};
    plan.factors = factors;
    plan.factors_count = 1;
    plan.kernel = plx_kernel_find("busy");
    plan.pattern = "map";
    auto refused = [this](const std::string &words) {
        EXPECT_EQ(make({"omp", "pthread"}), 64) << words;
        EXPECT_NE(std::string(why).find(words), std::string::npos) << why;
    };
    refused("--factor wiat: unknown; allowed: wait, bind, schedule, grain, where and the "
            "parameters ops");
    factors[0] = {"wait", wrong, 2};
    refused("--factor wait=pasive: not allowed; it takes active, passive, default");
    factors[0] = {"where", wrong, 1};
    refused("--factor where: none of these models has it with map busy");
    factors[0] = {"ops", one, 1};
    plan.params = params;
    plan.params_count = 1;
    refused("--factor ops: is set by -P ops=3 too");
    plan.params_count = 0;
    plan.factors_count = 2;
    factors[0] = {"ops", many, 9}; // 3 models x 81
    refused("more than 64 rows");
    factors[1] = {"extra", one, 1};
    refused("--factor extra: one parameter of the kernel at a time");
    EXPECT_TRUE(lines_of(log).empty());
}

TEST_F(Plan, RefusedBeforeAnyLaunch)
{
    EXPECT_EQ(make({"omp", "opm"}), 64);
    EXPECT_NE(std::string(why).find("--models opm: unknown model; allowed: "), std::string::npos)
        << why;
    EXPECT_NE(std::string(why).find("mpi+pthread"), std::string::npos) << why;
    plan.ranks = 3;
    plan.workers = 4;
    EXPECT_EQ(make({"omp"}), 64);
    EXPECT_NE(std::string(why).find("--ranks 3"), std::string::npos) << why;
    plan.ranks = 8;
    EXPECT_EQ(make({"omp"}), 64);
    plan.ranks = 0;
    plan.pattern = "reduec";
    EXPECT_EQ(make({"omp"}), 64);
    EXPECT_NE(std::string(why).find("-p reduec"), std::string::npos) << why;
    plan.pattern = "reduce";
    plan.kernel = plx_kernel_find("square");
    EXPECT_EQ(make({"omp"}), 64);
    EXPECT_NE(std::string(why).find("square"), std::string::npos) << why;
    EXPECT_TRUE(lines_of(log).empty());
}

} // namespace
