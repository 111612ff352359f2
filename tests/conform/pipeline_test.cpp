// SPDX-License-Identifier: MIT
// plx_pipeline: the bytes of a plain loop whatever the stages, batches and workers; order, bounds,
// and what is refused.
#include "line.hpp"

class Pipeline : public Law
{
  protected:
    bool spreads() const
    {
        return plx_team_ranks(team) > 1;
    }
    // All that a plan promises; below and with the lowest failed item if it stops there.
    void judge(const Line &line, plx_status status)
    {
        Expected e = expect(line.plan);
        bool cut = !e.failed.empty() && !line.plan.keep_going;
        size_t n = cut ? e.failed[0].item + 1 : line.plan.n, failed = cut ? 1 : e.failed.size();
        const plx_report &r = line.report;
        EXPECT_EQ(e.failed.empty() ? PLX_OK : PLX_ITEM_FAILED, status) << r.why;
        EXPECT_EQ(n, r.n);
        EXPECT_EQ(failed, r.failed);
        EXPECT_EQ(n - failed, r.done);
        EXPECT_EQ(0u, r.not_run);
        EXPECT_EQ(std::min<size_t>(failed, 8), r.failures);
        for (size_t f = 0; f < r.failures; f++)
            same(e.failed[f], line.failures[f]);
        if (team.root())
            judge_sink(line, e, n, failed);
        else
            EXPECT_EQ(0u, line.given.load() + line.sunk) << "source and sink are rank 0's";
    }
    void judge_sink(const Line &line, const Expected &e, size_t n, size_t failed)
    {
        EXPECT_TRUE(line.in_order);
        size_t width = (size_t)line.plan.parts.back().out;
        bool all = line.out.size() == n * width;
        EXPECT_TRUE(all) << line.out.size();
        for (size_t i = 0; all && i < n; i++)
            EXPECT_EQ(e.out[i],
                      std::vector<uint64_t>(&line.out[i * width], &line.out[i * width] + width))
                << "item " << i;
        EXPECT_EQ(failed, line.sunk_failures.size());
        for (size_t f = 0; f < std::min(failed, line.sunk_failures.size()); f++)
            same(e.failed[f], line.sunk_failures[f]);
        for (const Step &step : line.steps)
            EXPECT_TRUE(step.in_order) << "stage " << step.stage;
        if (line.plan.batch)
            EXPECT_LE(line.most_ahead, line.plan.in_flight * line.plan.batch);
    }
    static void same(const plx_failure &a, const plx_failure &b)
    {
        EXPECT_EQ(a.item, b.item);
        EXPECT_EQ(a.code, b.code);
        EXPECT_STREQ(a.why, b.why);
        EXPECT_EQ(1, b.tries);
    }
};
EVERY_MODEL(Pipeline);

TEST_P(Pipeline, AnyStagesGiveWhatAPlainLoopGives)
{
#ifdef PLX_SANITIZED
    const uint64_t plans = 25;
#else
    const uint64_t plans = GetParam().model.rfind("mpi", 0) == 0 ? 50 : 120;
#endif
    for (uint64_t seed = 1; seed <= plans; seed++) {
        Line line(random_plan(seed));
        SCOPED_TRACE(text(line.plan));
        plx_status status = line.run(team);
        judge(line, status);
    }
}

static Plan plan_of(std::vector<Part> parts, size_t n = 200)
{
    return {parts, n, 10, 4, 0, false};
}
static const Part blend{Kind::Kernel, 1, 1, {7, 0, 0}, 0, nullptr};
static const Part in_turn{Kind::Kernel, 1, 1, {8, 0, 0}, 1, nullptr};
static const Part counted{Kind::Step, 1, 1, {}, 0, nullptr};

// An item that fails in two stages at once would be told twice, in two orders.
TEST_P(Pipeline, AFailedItemPassesTheLaterStages)
{
    for (bool keep_going : {true, false})
        for (size_t at = 0; at < 4; at++) {
            std::vector<Part> parts{blend, counted, blend, in_turn};
            for (size_t k = 0; k < parts.size(); k++)
                parts[k].knob = {k + 3, k == at ? 37u : 41u, k == at ? 5u : 7u};
            Plan plan = plan_of(parts);
            plan.keep_going = keep_going;
            Line line(plan);
            SCOPED_TRACE(text(plan));
            plx_status status = line.run(team);
            judge(line, status);
        }
}

TEST_P(Pipeline, TheReportCountsEveryStage)
{
    Plan plan = plan_of({blend, counted, blend});
    Line line(plan);
    EXPECT_EQ(PLX_OK, line.run(team));
    EXPECT_EQ(20u, line.report.blocks);
    if (!team.root())
        return;
    size_t items = 0, chunks = 0, traced = 0;
    for (const plx_worker &w : line.workers)
        items += w.items, chunks += w.chunks;
    EXPECT_EQ(3 * plan.n, items);
    EXPECT_EQ(line.workers.size(), 64u);
    std::vector<size_t> times(plan.n);
    for (size_t s = 0; s < line.report.slices; s++) {
        const plx_slice &slice = line.slices[s];
        if (slice.kind != PLX_SLICE_CHUNK)
            continue;
        traced++;
        for (size_t i = slice.lo; i < slice.hi; i++)
            times[i]++;
        EXPECT_LE(slice.begin_s, slice.end_s);
        if (s > 0)
            EXPECT_LE(line.slices[s - 1].begin_s, slice.begin_s);
    }
    EXPECT_EQ(chunks, traced);
    EXPECT_EQ(std::vector<size_t>(plan.n, 3), times);
}

TEST_P(Pipeline, DoneIsToldWhereTheLastStageRan)
{
    for (const Part &last : {blend, counted}) {
        Line line(plan_of({blend, last}));
        EXPECT_EQ(PLX_OK, line.run(team));
        if (!spreads() || (last.kind == Kind::Step && team.root()))
            EXPECT_EQ(200u, line.done.load());
        else
            EXPECT_LE(line.done.load(), last.kind == Kind::Step ? 0u : 200u);
    }
}

static plx_status nothing(void *, size_t, void *, size_t *, size_t *got)
{
    *got = 0;
    return PLX_OK;
}

static int made[2], freed[2];

template <int K> static plx_kernel prepares()
{
    plx_kernel k = refuses;
    k.name = K ? "second" : "first";
    k.in_size = K;
    k.prepare = [](size_t n, const void *ctx, void **shared, const char **why) {
        *shared = &made[K];
        int refused = refuses.prepare(n, ctx, shared, why);
        made[K] += refused == 0;
        return refused;
    };
    k.release = [](void *shared) { freed[K] += shared == &made[K]; };
    return k;
}

TEST_P(Pipeline, EachStageIsPreparedOnceAndAnyMayRefuse)
{
    static const plx_kernel kernels[] = {prepares<0>(), prepares<1>()};
    for (int refusing : {-1, 0, 1})
        for (int64_t rank : {0, 1}) {
            bool refused = refusing >= 0 && rank < plx_team_ranks(team);
            Refusal off{-1}, on{rank};
            plx_stage stages[2]{};
            for (int k = 0; k < 2; k++) {
                stages[k].kernel = &kernels[k];
                stages[k].ctx = k == refusing ? &on : &off;
                made[k] = freed[k] = 0;
            }
            plx_stream stream{};
            stream.source = nothing;
            plx_job job{};
            plx_report report;
            plx_status status = plx_pipeline(team, &job, stages, 2, &stream, &report);
            EXPECT_EQ(refused ? PLX_REFUSED : PLX_OK, status);
            EXPECT_STREQ(!refused   ? ""
                         : refusing ? "second: not here"
                                    : "first: not here",
                         report.why);
            EXPECT_EQ(made[0], freed[0]);
            EXPECT_EQ(made[1], freed[1]);
            if (!refused)
                EXPECT_EQ(2, made[0] + made[1]);
        }
}

TEST_P(Pipeline, WhatIsNotWellFormedIsRefusedInOneLine)
{
    static const char *const lines[] = {
        "stage 1: it needs either a kernel or a step",
        "stage 1: it needs either a kernel or a step",
        "stage 1: it takes items of 24 bytes, the stage before makes 8",
        "stage 1: only the first stage may take items that differ in length",
        "stage 1: at_once is negative",
        "stage 1: a step's out_size is 0 or too large",
        "stage 1: at_once of a step is not 0 or 1",
        "stage 1: a step has no policy of its own",
        "stage 1: a stage's policy has deadline, stop or progress: they are the job's"};
    plx_policy late{};
    late.deadline_s = 1;
    for (size_t c = 0; c < std::size(lines); c++) {
        bool step = c == 5 || c == 6 || c == 7;
        Part second = c == 2   ? Part{Kind::Kernel, 3, 1, {}, 0, nullptr}
                      : c == 3 ? Part{Kind::Kernel, -1, 1, {}, 0, nullptr}
                      : step   ? counted
                               : blend;
        Line line(plan_of({blend, second}));
        plx_stage &stage = line.stages[1];
        if (c == 0)
            stage.kernel = nullptr;
        if (c == 1)
            stage.step = [](void *, size_t, size_t, const void *, void *, const unsigned char *) {
                return PLX_OK;
            };
        stage.at_once = c == 4 ? -1 : c == 6 ? 2 : 0;
        stage.out_size = c == 5 ? 0 : stage.out_size;
        stage.policy = c >= 7 ? &late : nullptr;
        EXPECT_EQ(PLX_BAD_JOB, line.run(team)) << lines[c];
        EXPECT_STREQ(lines[c], line.report.why);
        EXPECT_EQ(0u, line.report.n + line.given.load());
    }
    Line none(plan_of({blend}));
    none.stages.clear();
    EXPECT_EQ(PLX_BAD_JOB, none.run(team));
    EXPECT_STREQ("0 stages: at least 1 is needed and at most 4096 are taken", none.report.why);
}

TEST_P(Pipeline, RanksPassTheSameStages)
{
    for (bool parameters : {false, true}) {
        Plan plan = plan_of({blend, counted, blend});
        if (!team.root() && parameters)
            plan.parts[2].knob.tag = 99;
        else if (!team.root())
            std::swap(plan.parts[1], plan.parts[2]);
        Line line(plan);
        EXPECT_EQ(spreads() ? PLX_MISMATCH : PLX_OK, line.run(team));
    }
}
