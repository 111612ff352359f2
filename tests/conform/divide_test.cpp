// SPDX-License-Identifier: MIT
// Fork and join: the recursion's own result under every model, parts that really run at once,
// stacks that hold, two teams at once. Oracles: a loop for fib, std::sort, published counts of
// queens.
#include "suite.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <numeric>
#include <thread>

#include "plx/divide.h"

namespace
{

class Divide : public Law
{
};
EVERY_MODEL(Divide);

struct Fib {
    int n;
    uint64_t value;
};

void fib(plx_strand *strand, void *arg)
{
    auto *f = static_cast<Fib *>(arg);
    if (f->n < 2) {
        f->value = static_cast<uint64_t>(f->n);
        return;
    }
    Fib left{f->n - 1, 0}, right{f->n - 2, 0};
    plx_both(strand, fib, &left, fib, &right);
    f->value = left.value + right.value;
}

uint64_t fib_by_loop(int n)
{
    uint64_t a = 0, b = 1;
    for (int i = 0; i < n; i++)
        b += std::exchange(a, b);
    return a;
}

#ifdef PLX_SANITIZED
constexpr int FIB = 16, ROUNDS = 20;
constexpr size_t LEVELS = 10000; // ThreadSanitizer counts calls, and not to a hundred thousand
#else
constexpr int FIB = 22, ROUNDS = 200;
constexpr size_t LEVELS = 100000;
#endif

TEST_P(Divide, FibWithoutCutOff)
{
    for (int n : {0, 1, 2, 7, FIB}) {
        Fib f{n, 0};
        plx_status status = plx_divide(team, nullptr, fib, &f, nullptr);
        EXPECT_EQ(PLX_OK, status);
        EXPECT_EQ(fib_by_loop(n), f.value) << n;
    }
}

struct Sort {
    uint64_t *items, *room;
    size_t n;
};

void sort(plx_strand *strand, void *arg)
{
    auto *s = static_cast<Sort *>(arg);
    if (s->n < 2)
        return;
    size_t half = s->n / 2;
    Sort left{s->items, s->room, half}, right{s->items + half, s->room + half, s->n - half};
    plx_both(strand, sort, &left, sort, &right);
    std::merge(s->items, s->items + half, s->items + half, s->items + s->n, s->room);
    std::copy(s->room, s->room + s->n, s->items);
}

TEST_P(Divide, MergeSort)
{
    std::vector<uint64_t> items = integers(5000), room(items.size()), sorted = items;
    for (uint64_t &item : items)
        item = item * 0x9e3779b97f4a7c15 >> 13;
    sorted = items;
    std::sort(sorted.begin(), sorted.end());
    Sort all{items.data(), room.data(), items.size()};
    plx_status status = plx_divide(team, nullptr, sort, &all, nullptr);
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(sorted, items);
}

// The queens of the rows so far, as bits of what they attack in this row; columns [lo, hi) are
// tried.
struct Queens {
    int n, row, lo, hi;
    uint32_t columns, left, right;
    uint64_t ways;
};

void queens(plx_strand *strand, void *arg)
{
    auto *q = static_cast<Queens *>(arg);
    if (q->row == q->n) {
        q->ways = 1;
    } else if (q->hi - q->lo > 1) {
        Queens low = *q, high = *q;
        low.hi = high.lo = (q->lo + q->hi) / 2;
        plx_both(strand, queens, &low, queens, &high);
        q->ways = low.ways + high.ways;
    } else if (uint32_t bit = 1u << q->lo; (q->columns | q->left | q->right) & bit) {
        q->ways = 0;
    } else {
        Queens next{q->n,
                    q->row + 1,
                    0,
                    q->n,
                    q->columns | bit,
                    (q->left | bit) << 1,
                    (q->right | bit) >> 1,
                    0};
        queens(strand, &next);
        q->ways = next.ways;
    }
}

TEST_P(Divide, QueensAsPublished)
{
    static const uint64_t counts[] = {1, 1, 0, 0, 2, 10, 4, 40, 92}; // OEIS A000170
    for (int n = 0; n <= 8; n++) {
        Queens board{n, 0, 0, n, 0, 0, 0, 0};
        plx_status status = plx_divide(team, nullptr, queens, &board, nullptr);
        EXPECT_EQ(PLX_OK, status);
        EXPECT_EQ(counts[n], board.ways) << n;
    }
}

struct Trace {
    std::vector<int> *seen;
    int lo, hi;
};

void trace(plx_strand *strand, void *arg)
{
    auto *t = static_cast<Trace *>(arg);
    t->seen->push_back(t->lo * 100 + t->hi);
    if (t->hi - t->lo < 2)
        return;
    int half = (t->lo + t->hi) / 2;
    Trace left{t->seen, t->lo, half}, right{t->seen, half, t->hi};
    plx_both(strand, trace, &left, trace, &right);
}

void trace_by_recursion(std::vector<int> &seen, int lo, int hi)
{
    seen.push_back(lo * 100 + hi);
    if (hi - lo < 2)
        return;
    trace_by_recursion(seen, lo, (lo + hi) / 2);
    trace_by_recursion(seen, (lo + hi) / 2, hi);
}

TEST_P(Divide, OneWorkerRunsTheRecursionAsItStands)
{
    if (plx_team_threads(team) > 1)
        return;
    std::vector<int> seen, expected;
    Trace all{&seen, 0, 50};
    plx_divide(team, nullptr, trace, &all, nullptr);
    trace_by_recursion(expected, 0, 50);
    EXPECT_EQ(expected, seen);
}

// As many leaves as workers, and none ends before all have begun: so all workers found one, those
// that slept too. A worker that waits for a leaf has nothing else left to run.
struct Meeting {
    std::atomic<int> begun{0}, met{0};
    int workers;
};
struct Leaves {
    Meeting *meeting;
    int lo, hi;
};

void meet(plx_strand *strand, void *arg)
{
    auto *l = static_cast<Leaves *>(arg);
    if (l->hi - l->lo > 1) {
        int half = (l->lo + l->hi) / 2;
        Leaves left{l->meeting, l->lo, half}, right{l->meeting, half, l->hi};
        plx_both(strand, meet, &left, meet, &right);
        return;
    }
    Meeting *m = l->meeting;
    m->begun++;
    auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (m->begun < m->workers && std::chrono::steady_clock::now() < give_up)
        std::this_thread::yield();
    m->met += m->begun >= m->workers;
}

TEST_P(Divide, EveryWorkerFindsAPart)
{
    int threads = plx_team_threads(team), failed = 0;
    for (int round = 0; round < ROUNDS / 4 && !failed; round++) {
        Meeting meeting;
        meeting.workers = threads;
        Leaves all{&meeting, 0, threads};
        failed += plx_divide(team, nullptr, meet, &all, nullptr) != PLX_OK;
        failed += meeting.met != threads;
        if (round % 8 == 0) // so that they sleep
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(0, failed);
}

// The same from within, while the others have long been asleep: the body waits before it forks.
void nap_then_meet(plx_strand *strand, void *arg)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    meet(strand, arg);
}

TEST_P(Divide, SleepersAreWokenWithinACall)
{
    int threads = plx_team_threads(team), failed = 0;
    for (int round = 0; round < ROUNDS / 8 && !failed; round++) {
        Meeting meeting;
        meeting.workers = threads;
        Leaves all{&meeting, 0, threads};
        failed += plx_divide(team, nullptr, nap_then_meet, &all, nullptr) != PLX_OK;
        failed += meeting.met != threads;
    }
    EXPECT_EQ(0, failed);
}

TEST_P(Divide, WorkersAreNumberedWithinTheirProcess)
{
    struct Seen {
        std::atomic<int> bad{0};
        int threads;
    } seen;
    seen.threads = plx_team_threads(team);
    auto body = [](plx_strand *strand, void *arg) {
        auto *s = static_cast<Seen *>(arg);
        auto leaf = [](plx_strand *here, void *of) {
            auto *all = static_cast<Seen *>(of);
            int worker = plx_strand_worker(here);
            all->bad += worker < 0 || worker >= all->threads;
        };
        s->bad += plx_strand_worker(strand) != 0;
        for (int i = 0; i < 100; i++)
            plx_both(strand, leaf, s, leaf, s);
        s->bad += plx_strand_worker(strand) != 0;
    };
    plx_divide(team, nullptr, body, &seen, nullptr);
    EXPECT_EQ(0, seen.bad);
}

TEST_P(Divide, TheReportIsOfOneItem)
{
    Fib f{12, 0};
    std::vector<plx_worker> workers(64);
    std::vector<plx_slice> slices(1000);
    plx_job job{};
    job.by_worker = workers.data();
    job.by_worker_cap = workers.size();
    job.slices = slices.data();
    job.slices_cap = slices.size();
    plx_report report;
    plx_status status = plx_divide(team, &job, fib, &f, &report);
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(1u, report.n);
    EXPECT_EQ(1u, report.done);
    EXPECT_EQ(0u, report.failed + report.not_run);
    EXPECT_EQ(plx_team_threads(team), report.threads);
    EXPECT_GE(report.elapsed_s, report.busy_max_s);
    if (!team.root())
        return;
    size_t items = 0, chunks = 0;
    for (const plx_worker &w : workers) {
        items += w.items;
        chunks += w.chunks;
    }
    EXPECT_EQ(1u, items);
    EXPECT_EQ(1u, workers[0].chunks);
    size_t chunk_slices = 0;
    for (size_t i = 0; i < std::min(report.slices, slices.size()); i++)
        chunk_slices += slices[i].kind == PLX_SLICE_CHUNK;
    EXPECT_EQ(chunks, chunk_slices);
}

void call_again(plx_strand *, void *arg)
{
    auto *state = static_cast<std::pair<plx_team *, plx_status> *>(arg);
    Fib f{5, 0};
    state->second = plx_divide(state->first, nullptr, fib, &f, nullptr);
}

TEST_P(Divide, ABusyTeamAndAMissingBodySaySo)
{
    std::pair<plx_team *, plx_status> state{team, PLX_OK};
    plx_report report;
    plx_status missing = plx_divide(team, nullptr, nullptr, nullptr, &report);
    plx_status good = plx_divide(team, nullptr, call_again, &state, nullptr);
    EXPECT_EQ(PLX_BAD_JOB, missing);
    EXPECT_STREQ("body is missing", report.why);
    EXPECT_EQ(PLX_OK, good);
    EXPECT_EQ(PLX_BUSY, state.second);
}

struct Endless {
    plx_stop *stop;
    std::atomic<size_t> parts{0};
};

void run_until_stopped(plx_strand *strand, void *arg)
{
    auto *e = static_cast<Endless *>(arg);
    if (++e->parts == 1000)
        plx_stop_ask(e->stop, PLX_QUIT);
    if (!plx_strand_stopped(strand) && e->parts < 100000000)
        plx_both(strand, run_until_stopped, e, run_until_stopped, e);
}

TEST_P(Divide, AStopReachesEveryPart)
{
    plx_stop stop{};
    Endless endless;
    endless.stop = &stop;
    plx_policy policy{};
    policy.stop = &stop;
    plx_job job{};
    job.policy = &policy;
    plx_report report;
    plx_status status = plx_divide(team, &job, run_until_stopped, &endless, &report);
    EXPECT_EQ(PLX_STOPPED, status);
    EXPECT_EQ(0u, report.done);
    EXPECT_EQ(1u, report.n);
    EXPECT_EQ(1u, report.failed + report.not_run);
    EXPECT_LT(endless.parts, 100000000u);
    Fib f{10, 0};
    EXPECT_EQ(PLX_OK, plx_divide(team, nullptr, fib, &f, nullptr)) << "the team is as before";
    EXPECT_EQ(55u, f.value);
}

TEST_P(Divide, KnowsProgressAndNothingOfItems)
{
    plx_policy policy{};
    plx_job job{};
    plx_report report;
    Fib f{10, 0};
    job.policy = &policy;
    policy.retries = 1;
    EXPECT_EQ(PLX_BAD_JOB, plx_divide(team, &job, fib, &f, &report));
    EXPECT_STREQ("policy's retries: a divide knows deadline, stop and progress only", report.why);
    policy = plx_policy{};
    plx_progress last{};
    policy.progress = [](void *user, const plx_progress *now) {
        *static_cast<plx_progress *>(user) = *now;
    };
    policy.progress_user = &last;
    EXPECT_EQ(PLX_OK, plx_divide(team, &job, fib, &f, &report));
    EXPECT_EQ(55u, f.value);
    EXPECT_EQ(team.root() ? 1u : 0u, last.n);
    EXPECT_EQ(last.n, last.done) << "told at the end";
}

// The rest of a chain on this worker's stack, a leaf offered at each level.
struct Chain {
    size_t left;
    uint64_t *sum;
    std::atomic<uint64_t> *leaves;
};

void leaf(plx_strand *, void *arg)
{
    static_cast<Chain *>(arg)->leaves->fetch_add(1, std::memory_order_relaxed);
}

void chain_first(plx_strand *strand, void *arg)
{
    auto *c = static_cast<Chain *>(arg);
    if (c->left == 0)
        return;
    Chain rest = *c;
    rest.left--;
    plx_both(strand, chain_first, &rest, leaf, c);
    ++*c->sum;
}

// The rest is offered, the leaf runs here: whoever takes the rest offers the next rest.
void chain_second(plx_strand *strand, void *arg)
{
    auto *c = static_cast<Chain *>(arg);
    if (c->left == 0)
        return;
    Chain rest = *c;
    rest.left--;
    plx_both(strand, leaf, c, chain_second, &rest);
    ++*c->sum;
}

// A caller other than the first thread, one for all tests: libomp does not get over callers that
// come and go. Its stack holds so many levels of the caller's own.
class Caller
{
  public:
    Caller()
    {
        pthread_attr_t attributes;
        pthread_t thread;
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, size_t{1} << 29);
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
        auto run = [](void *own) -> void * {
            static_cast<Caller *>(own)->serve();
            return nullptr;
        };
        EXPECT_EQ(0, pthread_create(&thread, &attributes, run, this));
        pthread_attr_destroy(&attributes);
    }
    void begin(std::function<void()> work)
    {
        std::lock_guard<std::mutex> guard(lock);
        call = std::move(work);
        change.notify_all();
    }
    void end()
    {
        std::unique_lock<std::mutex> guard(lock);
        change.wait(guard, [this] { return !call; });
    }

  private:
    void serve()
    {
        std::unique_lock<std::mutex> guard(lock);
        for (;;) {
            change.wait(guard, [this] { return bool(call); });
            guard.unlock();
            call();
            guard.lock();
            call = nullptr;
            change.notify_all();
        }
    }
    std::mutex lock;
    std::condition_variable change;
    std::function<void()> call;
};

Caller &another()
{
    static Caller *lasting = new Caller;
    return *lasting;
}

TEST_P(Divide, AHundredThousandLevels)
{
    if (plx_team_ranks(team) > 1 || GetParam().model.rfind("mpi", 0) == 0)
        return; // MPI wants the thread that started it
    const size_t levels = LEVELS;
    uint64_t sum = 0;
    std::atomic<uint64_t> leaves{0};
    Chain all{levels, &sum, &leaves};
    plx_status status = PLX_SYSTEM;
    another().begin([&] { status = plx_divide(team, nullptr, chain_first, &all, nullptr); });
    another().end();
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(levels, sum);
    EXPECT_EQ(levels, leaves);
}

TEST_P(Divide, AChainThatIsHandedOnAndOn)
{
    const size_t levels = 3000;
    uint64_t sum = 0;
    std::atomic<uint64_t> leaves{0};
    Chain all{levels, &sum, &leaves};
    plx_status status = plx_divide(team, nullptr, chain_second, &all, nullptr);
    EXPECT_EQ(PLX_OK, status);
    EXPECT_EQ(levels, sum);
    EXPECT_EQ(levels, leaves);
}

TEST_P(Divide, TwoTeamsAtOnce)
{
    if (GetParam().model.rfind("mpi", 0) == 0)
        return; // its calls are one thread's
    std::vector<int> failed(2);
    auto divide_often = [&](int which) {
        Team own(GetParam());
        for (int round = 0; round < ROUNDS / 10; round++) {
            Fib f{FIB - 4 + which, 0};
            failed[which] += plx_divide(own, nullptr, fib, &f, nullptr) != PLX_OK;
            failed[which] += f.value != fib_by_loop(FIB - 4 + which);
        }
    };
    another().begin([&] { divide_often(1); });
    divide_often(0);
    another().end();
    EXPECT_EQ(0, failed[0] + failed[1]);
}

TEST_P(Divide, OpenDivideCloseManyTimes)
{
    int rounds = GetParam().model.rfind("mpi", 0) == 0 ? 20 : ROUNDS, failed = 0;
    for (int i = 0; i < rounds; i++) {
        Team one(GetParam());
        Fib f{6, 0};
        failed += plx_divide(one, nullptr, fib, &f, nullptr) != PLX_OK || f.value != 8;
    }
    EXPECT_EQ(0, failed);
}

} // namespace
