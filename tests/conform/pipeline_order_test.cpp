// SPDX-License-Identifier: MIT
// plx_pipeline: who is inside which stage when, seen by the kernels themselves in one process.
#include "line.hpp"

#include <chrono>
#include <thread>

class PipelineOrder : public Law
{
};
EVERY_MODEL(PipelineOrder);

static void nap()
{
    std::this_thread::sleep_for(std::chrono::microseconds(100));
}

// What a stage's kernel has seen of its own runs.
struct Seen {
    std::atomic<int> inside{0}, most{0};
    std::atomic<size_t> next{0};
    std::atomic<bool> in_order{true};
};
static Seen seen[3];

template <int K> static void watch(const plx_block *b)
{
    Seen &s = seen[K];
    int now = ++s.inside, most = s.most;
    while (now > most && !s.most.compare_exchange_weak(most, now)) {
    }
    if (s.next.exchange(b->hi) != b->lo)
        s.in_order = false;
    std::memcpy(b->out, b->in, 8 * (b->hi - b->lo));
    nap(); // time for others to come in
    s.inside--;
}

static plx_kernel plain(void (*map)(const plx_block *))
{
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "plain";
    k.in_size = k.out_size = 8;
    k.map = map;
    return k;
}

struct Numbers {
    size_t n, given;
};

static plx_status count_up(void *user, size_t want, void *items, size_t *, size_t *got)
{
    auto *s = static_cast<Numbers *>(user);
    *got = std::min(want, s->n - s->given);
    for (size_t i = 0; i < *got; i++)
        static_cast<uint64_t *>(items)[i] = s->given + i;
    s->given += *got;
    return PLX_OK;
}

static plx_status run(plx_team *team, const plx_stage *stages, size_t stages_n, size_t n,
                      size_t in_flight, plx_report *report)
{
    Numbers numbers{n, 0};
    plx_stream stream{};
    stream.source = count_up;
    stream.user = &numbers;
    stream.item_size = 8;
    plx_job job{};
    job.batch = 3;
    job.in_flight = in_flight;
    return plx_pipeline(team, &job, stages, stages_n, &stream, report);
}

// Across ranks a batch is cut for the threads of a rank, so there is no such order among blocks.
TEST_P(PipelineOrder, AStageTakesNoMoreBatchesAtOnceThanAllowed)
{
    if (plx_team_ranks(team) > 1)
        GTEST_SKIP() << "seen in one process";
    static const plx_kernel watching[] = {plain(watch<0>), plain(watch<1>), plain(watch<2>)};
    plx_stage stages[3]{};
    for (int k = 0; k < 3; k++) {
        seen[k].inside = seen[k].most = 0;
        seen[k].next = 0;
        seen[k].in_order = true;
        stages[k].kernel = &watching[k];
        stages[k].at_once = k ? 3 - k : 0; // any number, two, one
    }
    plx_report report;
    EXPECT_EQ(PLX_OK, run(team, stages, 3, 300, 16, &report)) << report.why;
    EXPECT_EQ(300u, report.done);
    EXPECT_LE(seen[1].most.load(), 2);
    EXPECT_EQ(1, seen[2].most.load());
    EXPECT_TRUE(seen[2].in_order.load());
}

// Holds whoever comes in until all are there; at most ten seconds.
static std::atomic<int> awaited, arrived;

static void meet(const plx_block *b)
{
    arrived++;
    for (int naps = 0; arrived < awaited && naps < 100000; naps++)
        nap();
    if (arrived < awaited)
        awaited = 0; // that took too long: nobody else need wait
    std::memcpy(b->out, b->in, 8 * (b->hi - b->lo));
}

static plx_status slow_step(void *, size_t, size_t n, const void *in, void *out,
                            const unsigned char *)
{
    nap();
    std::memcpy(out, in, 8 * n);
    return PLX_OK;
}

// Batches come one by one out of a step, and each must find a worker while the others are held.
TEST_P(PipelineOrder, EveryWorkerIsWokenForWhatAStageLetsGo)
{
    if (plx_team_ranks(team) > 1)
        GTEST_SKIP() << "seen in one process";
    static const plx_kernel meeting = plain(meet);
    plx_stage stages[2]{};
    stages[0].step = slow_step;
    stages[0].out_size = 8;
    stages[1].kernel = &meeting;
    arrived = 0;
    awaited = plx_team_threads(team);
    auto begun = std::chrono::steady_clock::now();
    plx_report report;
    EXPECT_EQ(PLX_OK, run(team, stages, 2, 120, 20, &report)) << report.why;
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(9));
    EXPECT_EQ(120u, report.done);
}

// The stage and the batch of each run of a kernel, by the one worker there is.
static std::vector<std::pair<int, size_t>> visits;

template <int K> static void visit(const plx_block *b)
{
    visits.push_back({K, b->lo});
    std::memcpy(b->out, b->in, 8 * (b->hi - b->lo));
}

TEST_P(PipelineOrder, ABatchThatALaterStageCanTakeGoesFirst)
{
    if (plx_team_ranks(team) > 1 || plx_team_threads(team) > 1)
        GTEST_SKIP() << "one worker";
    static const plx_kernel visiting[] = {plain(visit<0>), plain(visit<1>)};
    plx_stage stages[3]{};
    stages[0].kernel = &visiting[0];
    stages[1].step = slow_step;
    stages[1].out_size = 8;
    stages[2].kernel = &visiting[1];
    visits.clear();
    plx_report report;
    EXPECT_EQ(PLX_OK, run(team, stages, 3, 60, 8, &report)) << report.why;
    ASSERT_EQ(40u, visits.size());
    for (size_t i = 0; i < visits.size(); i++)
        EXPECT_EQ(std::make_pair((int)(i % 2), i / 2 * 3), visits[i]) << i;
}
