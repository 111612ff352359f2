// SPDX-License-Identifier: MIT
// plx_pipeline: whatever goes wrong in whichever position, the call ends, its counts add up, and
// what the sink has seen is right.
#include "line.hpp"

#include <chrono>

class PipelineFault : public Law
{
  protected:
    // Every item that was sunk has its bytes, and the counts are those of what was given and sunk.
    void judge(const Line &line)
    {
        const plx_report &r = line.report;
        EXPECT_EQ(r.n, r.done + r.failed + r.not_run);
        if (!team.root())
            return;
        Expected e = expect(line.plan);
        EXPECT_TRUE(line.in_order);
        EXPECT_EQ(line.given.load(), r.n);
        EXPECT_EQ(line.sunk, r.done + r.failed);
        EXPECT_EQ(line.sunk_failures.size(), r.failed);
        size_t width = (size_t)line.plan.parts.back().out;
        EXPECT_EQ(line.sunk * width, line.out.size());
        for (size_t i = 0; i < line.out.size() / width; i++)
            EXPECT_EQ(e.out[i][0], line.out[i * width]) << "item " << i;
        for (const Step &step : line.steps)
            EXPECT_TRUE(step.in_order) << "stage " << step.stage;
    }
};
EVERY_MODEL(PipelineFault);

// A kernel, a step, a kernel in order, one that takes two batches at once, and a step.
static Plan mixed()
{
    Part kernel{Kind::Kernel, 1, 1, {5, 13, 29}, 0, nullptr},
        step{Kind::Step, 1, 1, {}, 0, nullptr};
    Plan plan{{kernel, step, kernel, kernel, step}, 300, 10, 4, 3, true};
    plan.parts[2].at_once = 1;
    plan.parts[3].at_once = 2;
    plan.parts[2].knob.from = 17;
    plan.parts[3].knob.every = 0;
    return plan;
}

TEST_P(PipelineFault, ACallbackEndsTheCallInAnyPosition)
{
    std::vector<Fault> faults;
    for (size_t item : {0, 9, 150, 299}) {
        for (Trouble trouble : {Trouble::Source, Trouble::Sink})
            faults.push_back({trouble, item, 0});
        for (size_t stage : {1, 4})
            faults.push_back({Trouble::Step, item, stage});
    }
    for (const Fault &fault : faults) {
        SCOPED_TRACE("trouble " + std::to_string((int)fault.trouble) + " at item " +
                     std::to_string(fault.item) + " stage " + std::to_string(fault.stage));
        Line line(mixed(), fault);
        EXPECT_EQ(PLX_IO, line.run(team));
        judge(line);
        if (!team.root())
            continue;
        EXPECT_LE(line.given.load(), 300u);
        if (fault.trouble == Trouble::Source) // what came before is carried to the end
            EXPECT_EQ(line.given.load(), line.sunk);
        if (fault.trouble == Trouble::Sink)
            EXPECT_LE(line.sunk, fault.item + 10);
        if (fault.trouble == Trouble::Step)
            EXPECT_LE(line.sunk, fault.item) << "the batch whose step ended the call is not sunk";
        for (size_t stage : {1, 4}) // no step goes beyond it
            if (fault.trouble == Trouble::Step && stage >= fault.stage)
                EXPECT_LE(line.steps[stage].next, fault.item + 10);
    }
}

TEST_P(PipelineFault, AStopEndsTheCallInAnyPosition)
{
    std::vector<Fault> faults;
    for (size_t item : {0, 9, 150, 299}) {
        for (Trouble trouble : {Trouble::DrainInSource, Trouble::QuitInSource, Trouble::QuitInSink})
            faults.push_back({trouble, item, 0});
        for (size_t stage : {1, 4})
            faults.push_back({Trouble::QuitInStep, item, stage});
    }
    for (const Fault &fault : faults) {
        SCOPED_TRACE("trouble " + std::to_string((int)fault.trouble) + " at item " +
                     std::to_string(fault.item) + " stage " + std::to_string(fault.stage));
        Line line(mixed(), fault);
        plx_status status = line.run(team);
        // As the last item is sunk the source may have told its end already, or not.
        bool late = fault.trouble == Trouble::QuitInSink && fault.item == 299;
        EXPECT_TRUE(status == PLX_STOPPED || (late && status == PLX_ITEM_FAILED)) << status;
        EXPECT_STREQ(status == PLX_STOPPED ? "stopped on request" : "", line.report.why);
        judge(line);
        if (team.root() && fault.trouble == Trouble::DrainInSource) {
            EXPECT_EQ(line.given.load(), line.sunk) << "what was taken in is carried to the end";
            EXPECT_LE(line.given.load(), fault.item + 10);
        }
    }
}

// In stop mode: the lowest item that fails, though one above it fails in an earlier stage.
TEST_P(PipelineFault, TheLowestFailedItemInAnyPosition)
{
    for (size_t at : {0, 2, 3})
        for (uint64_t item : {0, 9, 150, 299}) {
            Plan plan = mixed();
            plan.keep_going = false;
            for (size_t k : {0, 2, 3})
                plan.parts[k].knob = {k, k == at ? item : item + 1 + k, k == at ? 1000u : 1u};
            Line line(plan);
            SCOPED_TRACE("stage " + std::to_string(at) + " item " + std::to_string(item));
            EXPECT_EQ(PLX_ITEM_FAILED, line.run(team));
            EXPECT_EQ(item + 1, line.report.n);
            EXPECT_EQ(item, line.report.done);
            EXPECT_EQ(1u, line.report.failed);
            EXPECT_EQ(item, line.failures[0].item);
            EXPECT_EQ("stage" + std::to_string(at) + ": asked to", line.failures[0].why);
            for (size_t stage : {1, 4})
                if (team.root() && stage > at) // a step sees nothing above what failed before it
                    EXPECT_EQ(item + 1, line.steps[stage].next) << "step " << stage;
        }
}

// Tries, by process: ranks have memory of their own.
static std::atomic<int> tries[64];

static void stubborn_map(const plx_block *b)
{
    auto *x = static_cast<const uint64_t *>(b->in);
    for (size_t i = b->lo; i < b->hi; i++)
        if (x[i - b->lo] % 8 == 3 && ++tries[i] < 3)
            plx_fail(b, i, 4, "not yet");
        else if (x[i - b->lo] % 8 == 5)
            plx_fail(b, i, 6, "never");
        else
            static_cast<uint64_t *>(b->out)[i - b->lo] = x[i - b->lo];
}

// Sits until it is told that its time is over; never longer than ten seconds.
static void sleepy_map(const plx_block *b)
{
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    for (size_t i = b->lo; i < b->hi; i++) {
        uint64_t x = static_cast<const uint64_t *>(b->in)[i - b->lo];
        while (x == 30 && !plx_stopped(b) && std::chrono::steady_clock::now() < end) {
        }
        static_cast<uint64_t *>(b->out)[i - b->lo] = x;
    }
}

static plx_kernel plain(const char *name, void (*map)(const plx_block *))
{
    plx_kernel k{};
    k.size = sizeof k;
    k.name = name;
    k.in_size = k.out_size = 8;
    k.map = map;
    return k;
}

struct Kept {
    size_t n, given;
    std::vector<uint64_t> out;
};

static plx_status count_up(void *user, size_t want, void *items, size_t *, size_t *got)
{
    auto *s = static_cast<Kept *>(user);
    *got = std::min(want, s->n - s->given);
    for (size_t i = 0; i < *got; i++)
        static_cast<uint64_t *>(items)[i] = s->given + i;
    s->given += *got;
    return PLX_OK;
}

static plx_status keep(void *user, size_t, size_t n, const void *out, const plx_failure *, size_t)
{
    auto *s = static_cast<Kept *>(user);
    auto *x = static_cast<const uint64_t *>(out);
    s->out.insert(s->out.end(), x, x + n);
    return PLX_OK;
}

// Stage 0 tries three times, stage 1 puts 96 where the time-out passed, stage 2 does neither.
TEST_P(PipelineFault, EachStageHasAPolicyOfItsOwn)
{
    static const plx_kernel stubborn = plain("stubborn", stubborn_map);
    static const plx_kernel sleepy = plain("sleepy", sleepy_map);
    for (auto &t : tries)
        t = 0;
    uint64_t instead = 96;
    plx_policy again{}, timed{};
    again.retries = 2;
    timed.timeout_s = 0.3;
    timed.fallback = &instead;
    plx_stage stages[3]{};
    stages[0].kernel = stages[2].kernel = &stubborn;
    stages[0].policy = &again;
    stages[1].kernel = &sleepy;
    stages[1].policy = &timed;
    Kept kept{64, 0, {}};
    plx_stream stream{};
    stream.source = count_up;
    stream.sink = keep;
    stream.user = &kept;
    plx_job job{};
    job.batch = 4;
    job.keep_going = true;
    plx_failure failures[64];
    job.failures = failures;
    job.failures_cap = 64;
    plx_report r;
    plx_status status = plx_pipeline(team, &job, stages, 3, &stream, &r);
    EXPECT_EQ(PLX_ITEM_FAILED, status);
    EXPECT_EQ(64u, r.n);
    size_t fives = 0;
    for (size_t f = 0; f < r.failures; f++)
        if (failures[f].item % 8 == 5) {
            fives++;
            EXPECT_EQ(3, failures[f].tries);
            EXPECT_STREQ("stubborn: never", failures[f].why);
        }
    EXPECT_EQ(8u, fives);
    if (!team.root())
        return;
    ASSERT_EQ(64u, kept.out.size());
    EXPECT_EQ(96u, kept.out[30]);
    for (size_t i = 0; i < 64; i++) // a noisy machine may make others late
        if (i != 30 && kept.out[i] != 96)
            EXPECT_EQ(i % 8 == 5 ? 0 : i, kept.out[i]);
}

static plx_status endless(void *user, size_t want, void *items, size_t *, size_t *got)
{
    std::memset(items, 0, 8 * want);
    *static_cast<size_t *>(user) += *got = want;
    return PLX_OK;
}

TEST_P(PipelineFault, ADeadlineEndsAnEndlessStream)
{
    static const plx_kernel sleepy = plain("sleepy", sleepy_map);
    size_t given = 0, shown = 0;
    plx_policy policy{};
    policy.deadline_s = 0.03;
    policy.every_s = 0.005;
    policy.progress = [](void *user, const plx_progress *) { ++*static_cast<size_t *>(user); };
    policy.progress_user = &shown;
    plx_stage stages[2]{};
    stages[0].kernel = stages[1].kernel = &sleepy;
    plx_stream stream{};
    stream.source = endless;
    stream.user = &given;
    plx_job job{};
    job.batch = 8;
    job.policy = &policy;
    plx_report r;
    EXPECT_EQ(PLX_STOPPED, plx_pipeline(team, &job, stages, 2, &stream, &r));
    EXPECT_STREQ("stopped by the deadline of 0.03 s", r.why);
    EXPECT_EQ(r.n, r.done + r.failed + r.not_run);
    if (team.root()) {
        EXPECT_EQ(given, r.n);
        EXPECT_GE(shown, 1u);
    }
}
