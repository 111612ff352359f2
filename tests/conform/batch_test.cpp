// SPDX-License-Identifier: MIT
// plx_batch: input order, bounded memory, and a failed item that costs that item.
#include "suite.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

// A source of n items that counts what is under way.
struct Stream {
    size_t n = 0, batch = 0, given = 0, sunk = 0, most_ahead = 0;
    size_t short_every = 0, calls = 0;
    bool in_order = true;
    plx_status source_status = PLX_OK, sink_status = PLX_OK;
    size_t fail_after = SIZE_MAX;
    std::vector<uint64_t> out;
    std::vector<plx_failure> failed;
    std::atomic<size_t> done{0};
    bool keep = true;
};

static plx_status give(void *user, size_t want, void *items, size_t *at, size_t *got)
{
    auto *s = static_cast<Stream *>(user);
    if (s->given >= s->fail_after && s->source_status != PLX_OK)
        return s->source_status;
    size_t left = s->n - s->given;
    if (s->short_every && ++s->calls % s->short_every == 0)
        want = (want + 1) / 2;
    *got = std::min(want, left);
    auto *x = static_cast<double *>(items);
    for (size_t i = 0; i < *got && !at; i++)
        x[i] = (double)(s->given + i) + 0.5;
    char *text = static_cast<char *>(items);
    for (size_t i = 0; i < *got && at; i++) {
        size_t length = (s->given + i) % 5;
        std::memset(text + at[i], 'a' + (int)((s->given + i) % 26), length);
        at[i + 1] = at[i] + length;
    }
    s->given += *got;
    s->most_ahead = std::max(s->most_ahead, s->given - s->sunk);
    return PLX_OK;
}

// Items without bytes.
static plx_status give_indices(void *user, size_t want, void *, size_t *, size_t *got)
{
    auto *s = static_cast<Stream *>(user);
    *got = std::min(want, s->n - s->given);
    s->given += *got;
    return PLX_OK;
}

static plx_status count(void *user, size_t, size_t n, void *, const plx_failure *, size_t)
{
    static_cast<Stream *>(user)->done += n;
    return PLX_OK;
}

static plx_status take(void *user, size_t first, size_t n, const void *out,
                       const plx_failure *failed, size_t failures)
{
    auto *s = static_cast<Stream *>(user);
    s->in_order = s->in_order && first == s->sunk;
    s->sunk += n;
    auto *x = static_cast<const uint64_t *>(out);
    if (s->keep)
        s->out.insert(s->out.end(), x, x + n);
    s->failed.insert(s->failed.end(), failed, failed + failures);
    return s->sunk > s->fail_after ? s->sink_status : PLX_OK;
}

// batch kernels: 8 bytes in, 8 bytes out.
static const plx_kernel doubled = [] {
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "doubled";
    k.in_size = 8;
    k.out_size = 8;
    k.ctx_size = sizeof(Picky);
    k.map = [](const plx_block *b) {
        auto *ctx = static_cast<const Picky *>(b->ctx);
        for (size_t i = b->lo; i < b->hi; i++) {
            double x = static_cast<const double *>(b->in)[i - b->lo];
            uint64_t y = (uint64_t)(x * 2) + 1000 * i;
            if (ctx->every && i >= ctx->from && (i - ctx->from) % ctx->every == 0)
                plx_fail(b, i, 5, "asked to");
            else
                std::memcpy(static_cast<char *>(b->out) + 8 * (i - b->lo), &y, 8);
        }
    };
    return k;
}();

static uint64_t expected(size_t i)
{
    return 2 * i + 1 + 1000 * i;
}

class Batch : public Law
{
  protected:
    plx_status run(Stream &s, size_t batch, size_t in_flight, Picky ctx = {0, 0},
                   bool keep_going = false, const plx_kernel *kernel = &doubled)
    {
        failures.assign(8, plx_failure{});
        plx_job job{};
        job.kernel = kernel;
        job.ctx = &ctx;
        job.batch = batch;
        job.in_flight = in_flight;
        job.keep_going = keep_going;
        job.failures = failures.data();
        job.failures_cap = failures.size();
        workers.assign(64, plx_worker{});
        job.by_worker = workers.data();
        job.by_worker_cap = workers.size();
        plx_stream stream{};
        stream.source = give;
        stream.done = count;
        stream.sink = take;
        stream.user = &s;
        stream.item_size = team.root() ? 5 : 0; // rank 0's: source is not called elsewhere
        return plx_batch(team, &job, &stream, &report);
    }
    std::vector<plx_failure> failures;
    std::vector<plx_worker> workers;
    plx_report report;
};
EVERY_MODEL(Batch);

TEST_P(Batch, InputOrderAndNeverFurtherAheadThanAsked)
{
    for (size_t n : {size_t{0}, size_t{1}, size_t{9}, size_t{10}, size_t{11}, size_t{1003}})
        for (size_t in_flight : {size_t{1}, size_t{2}, size_t{4}, size_t{0}})
            for (size_t short_every : {size_t{0}, size_t{3}}) {
                Stream s;
                s.n = n;
                s.short_every = short_every;
                plx_status status = run(s, 10, in_flight);
                EXPECT_EQ(PLX_OK, status) << report.why;
                EXPECT_EQ(n, report.n);
                EXPECT_EQ(n, report.done);
                if (!team.root()) {
                    EXPECT_EQ(0u, s.given + s.sunk) << "source and sink are rank 0's";
                    continue;
                }
                EXPECT_TRUE(s.in_order);
                ASSERT_EQ(n, s.out.size());
                for (size_t i = 0; i < n; i++)
                    EXPECT_EQ(expected(i), s.out[i]) << i;
                if (in_flight)
                    EXPECT_LE(s.most_ahead, in_flight * 10);
            }
}

TEST_P(Batch, AFailedItemCostsThatItem)
{
    Stream s;
    s.n = 1000;
    plx_status status = run(s, 10, 4, {777, 5000}, true);
    EXPECT_EQ(PLX_ITEM_FAILED, status);
    EXPECT_EQ(999u, report.done);
    EXPECT_EQ(1u, report.failed);
    EXPECT_EQ(1u, report.failures);
    EXPECT_EQ(777u, failures[0].item);
    EXPECT_STREQ("asked to", failures[0].why);
    if (!team.root())
        return;
    ASSERT_EQ(1000u, s.out.size());
    ASSERT_EQ(1u, s.failed.size());
    EXPECT_EQ(777u, s.failed[0].item);
    for (size_t i = 0; i < 1000; i++)
        EXPECT_EQ(i == 777 ? 0 : expected(i), s.out[i]) << i;
}

// The job's room is for eight; the sink is told all that failed, batch by batch.
TEST_P(Batch, TheSinkSeesEveryFailure)
{
    Stream s;
    s.n = 1000;
    plx_status status = run(s, 100, 4, {0, 2}, true);
    EXPECT_EQ(PLX_ITEM_FAILED, status);
    EXPECT_EQ(500u, report.failed);
    EXPECT_EQ(500u, report.done);
    EXPECT_EQ(8u, report.failures);
    EXPECT_EQ(14u, failures[7].item);
    if (!team.root())
        return;
    EXPECT_EQ(500u, s.failed.size());
    for (size_t f = 0; f < s.failed.size(); f++)
        EXPECT_EQ(2 * f, s.failed[f].item);
}

TEST_P(Batch, EveryRankRunsBatches)
{
    Stream s;
    s.n = 3000;
    plx_status status = run(s, 10, 64);
    EXPECT_EQ(PLX_OK, status);
    if (!team.root())
        return;
    size_t all = 0;
    std::vector<size_t> by_rank((size_t)report.ranks);
    for (int w = 0; w < report.workers; w++) {
        by_rank[(size_t)workers[(size_t)w].rank] += workers[(size_t)w].items;
        all += workers[(size_t)w].items;
    }
    EXPECT_EQ(3000u, all);
    for (size_t r = 1; r < by_rank.size(); r++)
        EXPECT_GT(by_rank[r], 0u) << "rank " << r;
}

TEST_P(Batch, StopModeEndsWithTheLowestFailedItem)
{
    Stream s;
    s.n = 1000;
    plx_status status = run(s, 10, 4, {333, 7}, false);
    EXPECT_EQ(PLX_ITEM_FAILED, status);
    EXPECT_EQ(334u, report.n);
    EXPECT_EQ(333u, report.done);
    EXPECT_EQ(1u, report.failed);
    EXPECT_EQ(0u, report.not_run);
    EXPECT_EQ(333u, failures[0].item);
    if (team.root()) {
        EXPECT_EQ(334u, s.out.size());
        EXPECT_LE(s.given, 334u + 5 * 10);
    }
}

TEST_P(Batch, ItemsMayDifferInLength)
{
    static plx_kernel lengths = [] {
        plx_kernel k{};
        k.size = sizeof k;
        k.name = "lengths";
        k.in_size = PLX_VARIES;
        k.out_size = 8;
        k.map = [](const plx_block *b) {
            for (size_t i = 0; i < b->hi - b->lo; i++) {
                size_t length = b->at[i + 1] - b->at[i];
                uint64_t y = length * 1000;
                if (length)
                    y += (uint64_t) static_cast<const char *>(b->in)[b->at[i]];
                std::memcpy(static_cast<char *>(b->out) + 8 * i, &y, 8);
            }
        };
        return k;
    }();
    Stream s;
    s.n = 503;
    plx_status status = run(s, 10, 4, {0, 0}, false, &lengths);
    EXPECT_EQ(PLX_OK, status) << report.why;
    if (!team.root())
        return;
    ASSERT_EQ(503u, s.out.size());
    for (size_t i = 0; i < 503; i++)
        EXPECT_EQ(i % 5 * 1000 + (i % 5 ? 'a' + i % 26 : 0), s.out[i]) << i;
}

TEST_P(Batch, ACallbacksStatusEndsTheCall)
{
    Stream source, sink;
    source.n = sink.n = 1000;
    source.fail_after = 300;
    source.source_status = PLX_NO_INPUT;
    sink.fail_after = 300;
    sink.sink_status = PLX_IO;
    plx_status read = run(source, 10, 4);
    size_t sunk = source.sunk;
    plx_status written = run(sink, 10, 4);
    EXPECT_EQ(PLX_NO_INPUT, read);
    EXPECT_EQ(PLX_IO, written);
    if (team.root()) {
        EXPECT_EQ(300u, sunk) << "what was sourced before is sunk";
        EXPECT_EQ(310u, sink.sunk) << "nothing is sunk after";
    }
}

// A status that means something else here, or nothing at all, is not passed over.
TEST_P(Batch, ACallbackThatReturnsNonsense)
{
    for (plx_status nonsense : {PLX_ITEM_FAILED, PLX_STATUSES}) {
        Stream source, sink;
        source.n = sink.n = 1000;
        source.fail_after = sink.fail_after = 300;
        source.source_status = sink.sink_status = nonsense;
        plx_status read = run(source, 10, 4);
        plx_status written = run(sink, 10, 4);
        EXPECT_EQ(PLX_BAD_JOB, read);
        EXPECT_EQ(PLX_BAD_JOB, written);
        EXPECT_EQ(report.n, report.done + report.failed + report.not_run);
    }
}

static size_t scratch_of(size_t n, const void *)
{
    return 64 + n;
}

// Its size is asked for once, with the items of the job: a batch has no other.
TEST_P(Batch, ScratchMayDependOnN)
{
    static plx_kernel scratched = doubled;
    scratched.scratch_size = scratch_of;
    scratched.name = "scratched";
    Stream s;
    s.n = 100000;
    plx_status status = run(s, 1000, 4, {0, 0}, false, &scratched);
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(100000u, report.done);
}

static plx_status highest(void *user, size_t first, size_t n, void *, const plx_failure *,
                          size_t)
{
    auto *most = static_cast<std::atomic<size_t> *>(user);
    size_t end = first + n, known = most->load();
    while (end > known && !most->compare_exchange_weak(known, end)) {
    }
    return PLX_OK;
}

// In stop mode what lies above the failed item of its batch may not have run: done is not told of
// it.
TEST_P(Batch, DoneEndsWithTheFailedItem)
{
    std::atomic<size_t> most{0};
    static size_t left;
    left = 1;
    Picky ctx{3, 100};
    plx_job job{};
    job.kernel = &picky;
    job.ctx = &ctx;
    job.batch = 10;
    plx_stream stream{};
    stream.source = [](void *, size_t want, void *, size_t *, size_t *got) {
        *got = left ? want : 0;
        left = 0;
        return PLX_OK;
    };
    stream.done = highest;
    stream.user = &most;
    plx_status status = plx_batch(team, &job, &stream, &report);
    EXPECT_EQ(PLX_ITEM_FAILED, status);
    EXPECT_EQ(4u, report.n);
    EXPECT_LE(most.load(), 4u);
    if (plx_team_ranks(team) == 1)
        EXPECT_EQ(4u, most.load());
}

TEST_P(Batch, DoneSeesEveryItemWhereItRan)
{
    Stream s;
    s.n = 1000;
    run(s, 10, 4);
    if (plx_team_ranks(team) == 1)
        EXPECT_EQ(1000u, s.done.load());
    else
        EXPECT_LE(s.done.load(), 1000u);
}

// Where a batch ran its results may be finished, those of failed items too.
static plx_status mark(void *, size_t first, size_t n, void *out, const plx_failure *failed,
                       size_t failures)
{
    auto *x = static_cast<uint64_t *>(out);
    for (size_t i = 0; i < n; i++)
        x[i] = 7 * (first + i);
    for (size_t i = 0; i < failures; i++)
        x[failed[i].item - first] += 3;
    return PLX_OK;
}

TEST_P(Batch, WhatDoneChangesTheSinkSees)
{
    Stream s;
    s.n = 500;
    Picky ctx{3, 10};
    plx_job job{};
    job.kernel = &picky;
    job.ctx = &ctx;
    job.batch = 7;
    job.keep_going = true;
    plx_stream stream{};
    stream.source = give_indices;
    stream.done = mark;
    stream.sink = take;
    stream.user = &s;
    plx_status status = plx_batch(team, &job, &stream, &report);
    EXPECT_EQ(PLX_ITEM_FAILED, status);
    for (size_t i = 0; i < s.out.size(); i++)
        EXPECT_EQ(7 * i + (i % 10 == 3 ? 3 : 0), s.out[i]);
    EXPECT_EQ(team.root() ? 500u : 0u, s.out.size());
}

// Items leave a byte each in a file that all ranks of this host see; the calling thread of rank 0
// waits in one of its items, asking as kernels are told to, until the others have run nearly all.
static std::string marks()
{
    return "/tmp/plx-served-" + std::to_string(getppid());
}

static void wait_for_others(const plx_block *b)
{
    struct stat now;
    for (int looks = 0; looks < 20000; looks++) {
        if (plx_stopped(b) || (stat(marks().c_str(), &now) == 0 && now.st_size >= 60))
            return;
        usleep(1000);
    }
    plx_fail(b, b->lo, 1, "nobody ran the others");
}

static bool waited;

static void leave_mark(const plx_block *b)
{
    if (my_rank == 0 && !waited) {
        waited = true;
        wait_for_others(b);
        return;
    }
    std::ofstream(marks(), std::ios::app).write("x", 1);
    usleep(1000); // so that rank 0 gets one
}

TEST_P(Batch, AKernelThatWaitsLongAndAsksHoldsUpNobody)
{
    static plx_kernel kernel{};
    kernel.size = sizeof kernel;
    kernel.name = "leaves_marks";
    kernel.about = "waits once on rank 0";
    kernel.out_size = 8;
    kernel.map = leave_mark;
    if (plx_team_ranks(team) == 1 || plx_team_threads(team) > 1)
        GTEST_SKIP() << "needs several ranks, whose calling threads run all items";
    Stream s;
    s.n = 100;
    waited = false;
    if (team.root())
        unlink(marks().c_str());
    plx_agree(team, PLX_OK);
    plx_job job{};
    job.kernel = &kernel;
    job.batch = 1;
    job.in_flight = 100;
    job.keep_going = true;
    plx_stream stream{};
    stream.source = give_indices;
    stream.user = &s;
    plx_status status = plx_batch(team, &job, &stream, &report);
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(100u, report.done);
    EXPECT_TRUE(waited || !team.root()) << "rank 0 ran nothing, so nothing was seen";
    if (team.root())
        unlink(marks().c_str());
}

static size_t peak_bytes()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("VmHWM:", 0) == 0)
            return std::stoul(line.substr(6)) * 1024;
    return 0;
}

// A stream far larger than memory would be told by the peak: a million items of 8 bytes in batches
// of 100.
TEST_P(Batch, MemoryDoesNotGrowWithTheStream)
{
#ifdef PLX_SANITIZED
    GTEST_SKIP() << "a sanitizer holds freed memory back";
#endif
    Stream warm, s;
    warm.n = 1000;
    s.n = GetParam().model.rfind("mpi", 0) == 0 ? 200000 : 1000000;
    s.keep = false;
    run(warm, 100, 4);
    size_t before = peak_bytes();
    plx_status status = run(s, 100, 4);
    size_t after = peak_bytes();
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(s.n, report.done);
    EXPECT_LT(after, before + (size_t{2} << 20));
    if (team.root())
        EXPECT_LE(s.most_ahead, 400u);
}
