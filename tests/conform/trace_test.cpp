// SPDX-License-Identifier: MIT
// Where a call's time goes: phases that add up to the whole, and slices that say the same in
// detail. Nothing here depends on how long anything took: figures are held against other figures of
// the same call, or against what a kernel wrote down by the same clock.
#include "suite.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <thread>
#include <utility>

using Who = std::pair<int32_t, int32_t>; // rank, thread

static double now()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

// One call of any pattern with every room that a report can fill.
class Traced : public Law
{
  protected:
    Traced() : workers(256)
    {
    }
    plx_job job_of(const plx_kernel &kernel, size_t n);
    plx_status map(size_t n, plx_schedule schedule = PLX_DYNAMIC);
    plx_status reduce(size_t n, plx_schedule schedule = PLX_DYNAMIC);
    plx_status fan(size_t n);
    plx_status batch(size_t n);
    plx_status done(size_t n, plx_status status);
    void expect_sums(const char *what);
    void expect_slices_agree(const char *what);
    void expect_covered(const char *what);
    size_t count(plx_slice_kind kind, int32_t rank) const
    {
        return (size_t)std::count_if(slices.begin(), slices.end(), [&](const plx_slice &s) {
            return s.kind == kind && s.rank == rank;
        });
    }
    bool alone() const
    {
        return GetParam().model.rfind("mpi", 0) != 0;
    }
    size_t cap = 20000, total = 0;
    bool looks = false; // for messages between blocks, which is not busy either
    std::vector<double> in;
    std::vector<plx_worker> workers;
    std::vector<plx_slice> room, slices;
    plx_report report;
};
EVERY_MODEL(Traced);

plx_job Traced::job_of(const plx_kernel &kernel, size_t n)
{
    plx_job job{};
    job.kernel = &kernel;
    job.n = n;
    job.grain = 10;
    job.schedule = PLX_DYNAMIC;
    job.by_worker = workers.data();
    job.by_worker_cap = workers.size();
    room.assign(cap + 1, plx_slice{7, 7, -1, -1, -1, -1, PLX_SLICE_CHUNK});
    job.slices = room.data();
    job.slices_cap = cap;
    return job;
}

plx_status Traced::map(size_t n, plx_schedule schedule)
{
    in = reals(n);
    std::vector<Stamped> out(n);
    plx_job job = job_of(stamp, n);
    job.in = in.data();
    job.out = out.data();
    job.schedule = schedule;
    looks = schedule != PLX_STATIC;
    return done(n, plx_map(team, &job, &report));
}

plx_status Traced::reduce(size_t n, plx_schedule schedule)
{
    std::vector<uint64_t> items = integers(n), out(2);
    plx_job job = job_of(affine_in, n);
    job.in = items.data();
    job.out = out.data();
    job.schedule = schedule;
    looks = schedule != PLX_STATIC;
    return done(n, plx_reduce(team, &job, &report));
}

plx_status Traced::fan(size_t n)
{
    in = reals(100);
    std::vector<Stamped> out(100 * n);
    std::vector<plx_task> tasks(n, plx_task{});
    for (size_t t = 0; t < n; t++) {
        tasks[t].kernel = &stamp;
        tasks[t].hi = 20 + 7 * t % 80;
        tasks[t].in = in.data();
        tasks[t].out = &out[100 * t];
    }
    plx_job job = job_of(stamp, n);
    uint64_t sum = 0;
    plx_join join{};
    join.size = sizeof sum;
    join.total = &sum;
    looks = true;
    return done(n, plx_fan(team, &job, tasks.data(), &join, &report));
}

plx_status Traced::batch(size_t n)
{
    size_t left = n;
    plx_stream stream{};
    stream.user = &left;
    stream.source = [](void *user, size_t want, void *items, size_t *, size_t *got) {
        auto *rest = static_cast<size_t *>(user);
        *got = std::min(want, *rest);
        *rest -= *got;
        std::fill_n(static_cast<double *>(items), *got, 1.5);
        return PLX_OK;
    };
    plx_job job = job_of(stamp, 0);
    job.batch = 30;
    looks = true;
    return done(n, plx_batch(team, &job, &stream, &report));
}

plx_status Traced::done(size_t n, plx_status status)
{
    total = n;
    EXPECT_EQ(PLX_OK, status) << report.why;
    EXPECT_EQ(7u, room[cap].lo) << "the room ends there";
    slices.assign(room.begin(), room.begin() + (long)std::min(report.slices, cap));
    if (!team.root())
        slices.clear();
    return status;
}

// Every rank has the same report, so each of them checks it.
void Traced::expect_sums(const char *what)
{
    double parts[] = {report.prepare_s,   report.hand_out_s, report.compute_s,
                      report.imbalance_s, report.collect_s,  report.other_s};
    double sum = 0;
    for (double part : parts) {
        EXPECT_LE(0, part) << what;
        sum += part;
    }
    EXPECT_NEAR(report.elapsed_s, sum, 1e-9) << what;
    EXPECT_LT(0, report.elapsed_s) << what;
    EXPECT_LE(report.compute_s, report.busy_max_s + 1e-9) << what;
    EXPECT_LE(0, report.transfer_s) << what;
    EXPECT_LE(report.transfer_s + report.busy_max_s, report.elapsed_s + 1e-9) << what;
    if (alone())
        EXPECT_EQ(0, report.transfer_s) << what;
    if (!team.root())
        return;
    double busy = 0, most = 0;
    for (int w = 0; w < report.workers; w++) {
        busy += workers[(size_t)w].busy_s;
        most = std::max(most, workers[(size_t)w].busy_s);
    }
    EXPECT_NEAR(busy / report.workers, report.compute_s, 1e-9) << what;
    EXPECT_NEAR(most, report.busy_max_s, 1e-9) << what;
}

// The phases once more, from the slices alone.
void Traced::expect_slices_agree(const char *what)
{
    double start = report.prepare_s + report.other_s, latest = start, lasts = 0, scattered = 0;
    std::map<Who, double> last, scatter;
    for (const plx_slice &s : slices) {
        EXPECT_LE(0, s.begin_s) << what;
        EXPECT_LE(s.begin_s, s.end_s) << what;
        EXPECT_LE(s.end_s, report.elapsed_s + 1e-6) << what;
        if (s.kind == PLX_SLICE_SCATTER)
            scatter[{s.rank, 0}] += s.end_s - s.begin_s;
        if (s.kind != PLX_SLICE_CHUNK)
            continue;
        double &end = last[{s.rank, s.thread}];
        end = std::max(end, s.end_s);
        latest = std::max(latest, s.end_s);
    }
    for (int w = 0; w < report.workers; w++) {
        Who who{workers[(size_t)w].rank, workers[(size_t)w].thread};
        lasts += last.count(who) ? last[who] - start : 0;
        scattered += last.count(who) ? scatter[{who.first, 0}] : 0;
    }
    double mean = lasts / report.workers;
    EXPECT_NEAR(mean - report.compute_s, report.hand_out_s, 1e-6) << what;
    EXPECT_NEAR(latest - start - mean, report.imbalance_s, 1e-6) << what;
    EXPECT_NEAR(report.elapsed_s - latest, report.collect_s, 1e-6) << what;
    EXPECT_LE(scattered / report.workers, report.hand_out_s + 1e-6) << what;
}

// Chunks hold every item once; a worker has one at a time; rows count the same.
void Traced::expect_covered(const char *what)
{
    std::vector<int> seen(total, 0);
    std::map<Who, double> until, busy; // busy: less what is served within chunks
    std::map<Who, size_t> chunks;
    double before = 0;
    for (const plx_slice &s : slices) {
        EXPECT_LE(before, s.begin_s) << what << ": sorted";
        before = s.begin_s;
        Who who{s.rank, s.thread};
        if (s.kind == PLX_SLICE_SERVE && s.end_s <= until[who])
            busy[who] -= s.end_s - s.begin_s;
        if (s.kind != PLX_SLICE_CHUNK)
            continue;
        EXPECT_LE(until[who], s.begin_s) << what << ": one at a time";
        until[who] = s.end_s;
        busy[who] += s.end_s - s.begin_s;
        chunks[who]++;
        for (size_t i = s.lo; i < s.hi && i < total; i++)
            seen[i]++;
        EXPECT_LE(s.hi, total) << what;
    }
    EXPECT_EQ(std::vector<int>(total, 1), seen) << what;
    for (int w = 0; w < report.workers; w++) {
        const plx_worker &row = workers[(size_t)w];
        Who who{row.rank, row.thread};
        EXPECT_EQ(row.chunks, chunks[who]) << what << " worker " << w;
        EXPECT_LE(row.busy_s, busy[who] + 1e-6) << what << " worker " << w;
        if (alone() || !looks)
            EXPECT_NEAR(row.busy_s, busy[who], 1e-6) << what << " worker " << w;
    }
}

TEST_P(Traced, EveryPatternAddsUpAndIsCovered)
{
    auto hold = [&](const char *what) {
        expect_sums(what);
        if (!team.root())
            return;
        expect_slices_agree(what);
        expect_covered(what);
    };
    for (plx_schedule schedule : {PLX_GUIDED, PLX_STATIC, PLX_DYNAMIC})
        for (size_t n : {size_t{0}, size_t{1}, size_t{33}, size_t{3001}}) {
            map(n, schedule);
            hold("map");
            reduce(n, schedule);
            hold("reduce");
        }
    for (size_t n : {size_t{0}, size_t{1}, size_t{40}}) {
        fan(n);
        hold("fan");
        batch(10 * n);
        hold("batch");
    }
}

TEST_P(Traced, KindsAreThoseOfTheCall)
{
    map(500, PLX_STATIC);
    if (!team.root())
        return;
    for (int32_t r = 0; r < report.ranks; r++) {
        EXPECT_EQ(alone() ? 0u : 1u, count(PLX_SLICE_SCATTER, r)) << r;
        EXPECT_EQ(alone() ? 0u : report.ranks == 1 ? 1u : 2u, count(PLX_SLICE_GATHER, r)) << r;
        EXPECT_EQ(0u, count(PLX_SLICE_PREPARE, r)) << "there is none";
    }
}

// A message is seen where it is moved: the inputs of other ranks' batches are received there.
TEST_P(Traced, MessagesOfABatch)
{
    batch(600);
    if (!team.root())
        return;
    size_t served = 0;
    for (int32_t r = 0; r < report.ranks; r++)
        served += count(PLX_SLICE_SERVE, r);
    if (report.ranks == 1)
        EXPECT_EQ(0u, served);
    else
        EXPECT_LT(0u, served);
}

// Ranks that ask for blocks wait for answers; with shares there is nobody to ask.
TEST_P(Traced, MessagesOfHandOuts)
{
    for (plx_schedule schedule : {PLX_GUIDED, PLX_STATIC, PLX_DYNAMIC}) {
        map(3000, schedule);
        size_t served = 0, chunks = 0;
        for (int32_t r = 0; r < report.ranks; r++) {
            served += count(PLX_SLICE_SERVE, r);
            chunks += count(PLX_SLICE_CHUNK, r);
        }
        if (!team.root())
            continue;
        EXPECT_LE(report.slices, cap);
        for (int32_t r = 1; r < report.ranks && schedule != PLX_STATIC; r++)
            EXPECT_LE(2u, count(PLX_SLICE_SCATTER, r)) << "the first data, and each wait for more";
        if (report.ranks == 1 || schedule == PLX_STATIC)
            EXPECT_EQ(0u, served);
        else
            EXPECT_LE((size_t)report.ranks - 1, served);
        if (report.ranks > 1 && schedule == PLX_DYNAMIC && GetParam().model == "mpi")
            EXPECT_EQ(300u, chunks) << "one block each";
    }
}

// A room too small holds the earliest, of all workers and ranks; the report counts all.
TEST_P(Traced, TooLittleRoomKeepsTheEarliest)
{
    for (size_t small : {size_t{0}, size_t{1}, size_t{3}, size_t{50}}) {
        cap = small;
        std::vector<unsigned char> out(990);
        plx_job job = job_of(scratchy, out.size());
        job.out = out.data();
        done(out.size(), plx_map(team, &job, &report));
        EXPECT_LE(2u, report.slices) << "to prepare, and a chunk";
        if (!team.root())
            continue;
        EXPECT_EQ(std::min(small, report.slices), slices.size());
        EXPECT_TRUE(std::is_sorted(
            slices.begin(), slices.end(),
            [](const plx_slice &a, const plx_slice &b) { return a.begin_s < b.begin_s; }));
        if (small)
            EXPECT_EQ(PLX_SLICE_PREPARE, slices[0].kind) << "nothing begins before";
        for (int32_t r = 0; small == 50 && r < report.ranks; r++)
            EXPECT_EQ(1u, count(PLX_SLICE_PREPARE, r)) << "chunks of all ranks begin later";
    }
}

TEST_P(Traced, FailedItemsHaveSlicesToo)
{
    Picky ctx{5, 100};
    for (bool keep_going : {false, true}) {
        std::vector<uint64_t> out(500);
        plx_job job = job_of(picky, out.size());
        job.ctx = &ctx;
        job.out = out.data();
        job.keep_going = keep_going;
        plx_status status = plx_map(team, &job, &report);
        EXPECT_EQ(PLX_ITEM_FAILED, status);
        expect_sums("failed");
        EXPECT_LT(0u, report.slices);
        if (team.root())
            EXPECT_LE(0, room[0].begin_s);
    }
}

// Only rank 0 asks: what others pass is neither needed nor written.
TEST_P(Traced, RankZeroAsks)
{
    for (bool root_asks : {false, true}) {
        std::vector<uint64_t> out(2);
        plx_job job = job_of(affine, 300);
        job.out = out.data();
        if (team.root() != root_asks) {
            job.slices = nullptr;
            job.slices_cap = 0;
        }
        plx_status status = plx_reduce(team, &job, &report);
        EXPECT_EQ(PLX_OK, status);
        EXPECT_EQ(root_asks, report.slices > 0);
        EXPECT_EQ(root_asks && team.root(), room[0].lo != 7);
    }
}

TEST_P(Traced, ARefusedJobHasNone)
{
    Refusal ctx{0};
    std::vector<uint64_t> out(100);
    plx_job job = job_of(refuses, out.size());
    job.ctx = &ctx;
    job.out = out.data();
    plx_status status = plx_map(team, &job, &report);
    EXPECT_EQ(PLX_REFUSED, status);
    EXPECT_EQ(0u, report.slices);
    EXPECT_EQ(7u, room[0].lo);
    EXPECT_EQ(0, report.compute_s + report.hand_out_s + report.imbalance_s + report.collect_s);
    EXPECT_NEAR(report.elapsed_s, report.prepare_s + report.other_s, 1e-9);
}

// Ranks: kernels that write down by the same clock what they did.
struct Noted {
    double begin_s, end_s, entered_s;
    int64_t rank;
};
static double entered_s, slow_s, quick_s, prepare_s; // prepare_s: on rank 0

static const plx_kernel noting = [] {
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "noting";
    k.out_size = sizeof(Noted);
    k.prepare = [](size_t, const void *, void **, const char **) {
        if (my_rank == 0)
            std::this_thread::sleep_for(std::chrono::duration<double>(prepare_s));
        return 0;
    };
    k.map = [](const plx_block *b) {
        for (size_t i = b->lo; i < b->hi; i++) {
            Noted noted{now(), 0, entered_s, my_rank};
            while (now() < noted.begin_s + (my_rank == 0 ? quick_s : slow_s)) {
            }
            noted.end_s = now();
            std::memcpy(static_cast<char *>(b->out) + (i - b->lo) * sizeof noted, &noted,
                        sizeof noted);
        }
    };
    return k;
}();

class Ranks : public Traced
{
  protected:
    void run(double quick, double slow, double late, double prepare)
    {
        prepare_s = prepare;
        quick_s = quick;
        slow_s = slow;
        noted.assign((size_t)(4 * plx_team_ranks(team)), Noted{});
        plx_job job = job_of(noting, noted.size());
        job.grain = 1;
        job.schedule = PLX_STATIC; // each rank its four
        job.out = noted.data();
        EXPECT_EQ(PLX_OK, plx_agree(team, PLX_OK));
        if (plx_team_rank(team) == plx_team_ranks(team) - 1)
            std::this_thread::sleep_for(std::chrono::duration<double>(late));
        entered_s = now();
        done(noted.size(), plx_map(team, &job, &report));
        returned_s = now();
    }
    std::vector<Noted> noted;
    double returned_s = 0;
};
EVERY_MODEL(Ranks);

// All ranks but the first take three times as long. A rank starts at once, so its own span is what
// it took.
TEST_P(Ranks, SlowRanksShowAsImbalance)
{
    if (plx_team_ranks(team) == 1 || GetParam().model != "mpi")
        GTEST_SKIP() << "needs several ranks of one thread";
    run(0.005, 0.015, 0, 0);
    expect_sums("slow rank");
    if (!team.root())
        return;
    std::map<int64_t, std::pair<double, double>> spans;
    for (const Noted &n : noted) {
        auto at = spans.emplace(n.rank, std::make_pair(n.begin_s, n.end_s)).first;
        at->second.second = std::max(at->second.second, n.end_s);
    }
    double most = 0, sum = 0;
    for (const auto &span : spans) {
        double took = span.second.second - span.second.first;
        most = std::max(most, took);
        sum += took;
    }
    double expected = most - sum / report.ranks;
    EXPECT_NEAR(expected, report.imbalance_s, 0.02 * expected + 0.0005);
}

// The call begins when the last rank has entered it, whoever was there before, even if that one
// has prepared meanwhile.
TEST_P(Ranks, WaitingForALateRankIsNotTheCall)
{
    if (plx_team_ranks(team) == 1)
        GTEST_SKIP() << "needs several ranks";
    run(0.0001, 0.0001, 0.3, 0.05);
    expect_sums("late rank");
    if (!team.root())
        return;
    double since = 0;
    for (const Noted &n : noted)
        since = std::max(since, n.entered_s);
    EXPECT_LT(report.elapsed_s, returned_s - since + 0.1);
}
