// SPDX-License-Identifier: MIT
// Faults put into a call on purpose, and the phase that must show each: a block that takes ten
// times as long, a worker three times as slow, a hand-out that takes its time.
//
// How long they really took is written down by the kernel and the wrapped hand-out themselves, by
// the same clock, so the machine may be as slow or busy as it likes. What the report must say
// follows from these notes by the definitions in plx/plx.h, without any of the library's stamps.
#include <algorithm>
#include <cmath>
#include <atomic>
#include <chrono>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plx/plx.h"

struct Stretch {
    int thread;
    double begin_s, end_s;
};

struct Notes {
    std::vector<Stretch> all = std::vector<Stretch>(4096);
    std::atomic<size_t> n{0};
    void add(int thread, double begin_s, double end_s)
    {
        all[n++] = {thread, begin_s, end_s};
    }
};

static Notes blocks, hands;
static double start_s, hand_s;
static std::vector<double> item_s; // by item
static double slow_factor;         // of the calling thread
static std::atomic<int> threads_seen{0};
static thread_local int self = threads_seen++;

static double now()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

static double spin(double begun, double seconds)
{
    double at = now();
    while (at < begun + seconds)
        at = now();
    return at;
}

// The linker puts this in front of the library's own (--wrap).
struct plx_run;
extern "C" bool __real_plx_run_hand(const plx_run *, int, size_t, size_t *, size_t *);
extern "C" bool __wrap_plx_run_hand(const plx_run *, int, size_t, size_t *, size_t *);

extern "C" bool __wrap_plx_run_hand(const plx_run *run, int workers, size_t step, size_t *lo,
                                    size_t *hi)
{
    bool more = __real_plx_run_hand(run, workers, step, lo, hi);
    if (more && hand_s > 0) {
        double begun = now();
        hands.add(self, begun, spin(begun, hand_s));
    }
    return more;
}

// prepare() is the last of the kernel's own code before the workers start.
static const plx_kernel spinning = [] {
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "spinning";
    k.out_size = 1;
    k.prepare = [](size_t, const void *, void **, const char **) {
        start_s = now();
        return 0;
    };
    k.map = [](const plx_block *b) {
        double begun = now(), end = begun;
        for (size_t i = b->lo; i < b->hi; i++)
            end = spin(end, item_s[i] * (self == 0 ? slow_factor : 1));
        blocks.add(self, begun, end);
    };
    return k;
}();

struct Phases {
    double hand_out_s, compute_s, imbalance_s;
};

// By the definitions alone: a worker waits or is busy until its last block ends, then it is idle.
static Phases noted(int workers)
{
    std::vector<double> last((size_t)threads_seen, start_s), busy((size_t)threads_seen, 0);
    double latest = start_s, lasts = 0, busys = 0;
    for (size_t i = 0; i < blocks.n; i++) {
        const Stretch &s = blocks.all[i];
        last[(size_t)s.thread] = std::max(last[(size_t)s.thread], s.end_s);
        busy[(size_t)s.thread] += s.end_s - s.begin_s;
        latest = std::max(latest, s.end_s);
    }
    for (size_t t = 0; t < last.size(); t++) {
        lasts += last[t] - start_s;
        busys += busy[t];
    }
    double mean = lasts / workers;
    return {mean - busys / workers, busys / workers, latest - start_s - mean};
}

// Within 2 %, and some clock reads that lie between their notes and ours.
static double room(double there)
{
    return 0.02 * there + 50e-6;
}

static bool is_near(double there, double found)
{
    return std::fabs(there - found) <= room(there);
}

class Fault : public ::testing::TestWithParam<const char *>
{
  protected:
    Fault()
    {
        plx_model_info info;
        for (size_t i = 0; plx_model_at(i, &info); i++)
            available = available || (info.available && GetParam() == std::string(info.name));
        EXPECT_EQ(0, self) << "this thread is the first to be numbered";
        slow_factor = 1;
        hand_s = 0;
    }
    // Whoever loses its core between our note and theirs is no fault: such a run is made again. A
    // phase that is wrong is wrong every time.
    void run(int threads, plx_schedule schedule)
    {
        for (int tries = 0; tries < 8 && !HasFatalFailure(); tries++) {
            run_once(threads, schedule);
            if (is_near(expected.compute_s, report.compute_s) &&
                is_near(expected.imbalance_s, report.imbalance_s) &&
                is_near(expected.hand_out_s, report.hand_out_s))
                break;
        }
    }
    void run_once(int threads, plx_schedule schedule)
    {
        blocks.n = hands.n = 0;
        plx_team *team;
        ASSERT_EQ(PLX_OK, plx_open(GetParam(), threads, &team));
        std::vector<char> out(item_s.size());
        plx_job job{};
        job.kernel = &spinning;
        job.n = item_s.size();
        job.grain = 1;
        job.out = out.data();
        job.schedule = schedule;
        plx_status status = plx_map(team, &job, &report);
        plx_close(team);
        ASSERT_EQ(PLX_OK, status);
        expected = noted(report.workers);
    }
    static void expect_found(double there, double found)
    {
        EXPECT_NEAR(there, found, room(there));
    }
    void expect_phases()
    {
        expect_found(expected.compute_s, report.compute_s);
        expect_found(expected.imbalance_s, report.imbalance_s);
        EXPECT_NEAR(expected.hand_out_s, report.hand_out_s, 0.02 * report.elapsed_s);
    }
    bool available = false;
    plx_report report;
    Phases expected{};
};
INSTANTIATE_TEST_SUITE_P(Models, Fault, ::testing::Values("serial", "omp", "pthread"),
                         [](const auto &each) { return std::string(each.param); });

TEST_P(Fault, OneLongBlockIsImbalance)
{
    if (!available)
        GTEST_SKIP() << "not in this build";
    for (int threads : {2, 3}) {
        item_s.assign((size_t)(4 * threads), 0.003);
        item_s[0] = 0.030;
        run(threads, PLX_STATIC);
        expect_phases();
    }
}

TEST_P(Fault, ASlowWorkerIsImbalance)
{
    if (!available)
        GTEST_SKIP() << "not in this build";
    slow_factor = 3;
    for (plx_schedule schedule : {PLX_STATIC, PLX_DYNAMIC}) {
        item_s.assign(10, 0.005);
        run(2, schedule);
        expect_phases();
    }
}

// Whoever hands out to itself waits at least as long as its hand-outs took.
TEST_P(Fault, SlowHandOutsAreHandOut)
{
    if (!available)
        GTEST_SKIP() << "not in this build";
    if (GetParam() == std::string("serial"))
        GTEST_SKIP() << "one worker has everything, nothing is handed out";
    hand_s = 0.002;
    item_s.assign(16, 0.002);
    run(2, PLX_DYNAMIC);
    expect_phases();
    expect_found(expected.hand_out_s, report.hand_out_s);
    double handed = 0;
    for (size_t i = 0; i < hands.n; i++)
        handed += hands.all[i].end_s - hands.all[i].begin_s;
    EXPECT_LE(16 * hand_s, handed);
    if (GetParam() == std::string("pthread"))
        EXPECT_LE(handed / 2, report.hand_out_s);
}
