// SPDX-License-Identifier: MIT
// Messages of some 3 MiB of every kind. A build with -D PLX_PIECE=1048576 sends each of them in
// several pieces, and one of the presets is built so; to any other build they are long messages.
#include "suite.hpp"

#include <algorithm>

static constexpr size_t MIB = size_t{1} << 20;

class Large : public Law
{
  protected:
    void SetUp() override
    {
        if (plx_team_ranks(team) == 1)
            GTEST_SKIP() << "one rank sends no data";
        if (GetParam().model == "mpi+omp" || (GetParam().threads == 1 && GetParam().model != "mpi"))
            GTEST_SKIP() << "as mpi or mpi+pthread";
    }
    // A rank's share is 3.5 MiB of two, 2.3 MiB of three.
    static constexpr size_t ALL = 7 * MIB;
};
EVERY_MODEL(Large);

static std::vector<unsigned char> noise(size_t n)
{
    std::vector<unsigned char> bytes(n);
    uint32_t state = 2463534242u;
    for (unsigned char &b : bytes) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        b = (unsigned char)(state >> 11);
    }
    return bytes;
}

// Long items whose sizes divide no piece.
enum { IN = 1001, OUT = 1003 };
static const plx_kernel wide = [] {
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "wide";
    k.in_size = IN;
    k.out_size = OUT;
    k.map = [](const plx_block *b) {
        for (size_t i = 0; i < b->hi - b->lo; i++) {
            auto *in = static_cast<const unsigned char *>(b->in) + i * IN;
            auto *out = static_cast<unsigned char *>(b->out) + i * OUT;
            uint16_t item = (uint16_t)(b->lo + i);
            std::memcpy(out, &item, 2);
            std::memcpy(out + 2, in, IN);
        }
    };
    return k;
}();

TEST_P(Large, MapInAndOut)
{
    size_t n = ALL / IN;
    std::vector<unsigned char> in = noise(n * IN), out(n * OUT);
    for (plx_schedule schedule : {PLX_STATIC, PLX_GUIDED}) {
        std::fill(out.begin(), out.end(), (unsigned char)0);
        plx_job job{};
        job.kernel = &wide;
        job.n = n;
        job.in = team.root() ? in.data() : nullptr;
        job.out = team.root() ? out.data() : nullptr;
        job.schedule = schedule;
        plx_report report;
        EXPECT_EQ(PLX_OK, plx_map(team, &job, &report)) << report.why;
        if (team.root())
            EXPECT_TRUE(whole_map(wide, 0, n, in.data(), nullptr, nullptr) == out) << schedule;
    }
}

// Texts of any length; every byte and its place count.
static const plx_kernel spell = [] {
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "spell";
    k.in_size = PLX_VARIES;
    k.out_size = 8;
    k.map = [](const plx_block *b) {
        auto *in = static_cast<const unsigned char *>(b->in);
        for (size_t i = 0; i < b->hi - b->lo; i++) {
            uint64_t h = b->lo + i;
            for (size_t c = b->at[i]; c < b->at[i + 1]; c++)
                h = h * 31 + in[c];
            std::memcpy(static_cast<char *>(b->out) + 8 * i, &h, 8);
        }
    };
    return k;
}();

static plx_status map_texts(plx_team *team, const std::string &text, const std::vector<size_t> &at,
                            plx_schedule schedule, std::vector<unsigned char> &out)
{
    out.assign((at.size() - 1) * spell.out_size, 0);
    plx_job job{};
    job.kernel = &spell;
    job.n = at.size() - 1;
    job.in = text.data();
    job.at = at.data();
    job.out = out.data();
    job.schedule = schedule;
    return plx_map(team, &job, nullptr);
}

// A few long texts: the bytes go in pieces. Many short ones: the offsets do.
TEST_P(Large, TextsAndOffsets)
{
    for (size_t n : {size_t{9}, ALL / 8}) {
        std::vector<size_t> at(1, 0);
        for (size_t i = 0; i < n; i++)
            at.push_back(at[i] + (n == 9 ? ALL / 9 + i * 1013 : i % 3 == 0));
        std::string text(at[n] + 1, 'x');
        for (size_t i = 0; i < at[n]; i++)
            text[i] = (char)('a' + i % 23);
        for (plx_schedule schedule : {PLX_STATIC, PLX_GUIDED}) {
            std::vector<unsigned char> out;
            EXPECT_EQ(PLX_OK, map_texts(team, text, at, schedule, out));
            if (team.root())
                EXPECT_TRUE(whole_map(spell, 0, n, text.data(), at.data(), nullptr) == out) << n;
        }
    }
}

// An accumulator of 3.5 MiB of float64 bins; each item adds to every 1009th.
static constexpr size_t BINS = 7 * MIB / 2 / 8;
static const plx_kernel comb = [] {
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "comb";
    k.acc_size = BINS * 8;
    k.fold = [](const plx_block *b, void *acc) {
        for (size_t i = b->lo; i < b->hi; i++)
            for (size_t bin = i; bin < BINS; bin += 1009)
                static_cast<double *>(acc)[bin] += 0.1 * (double)i;
    };
    k.combine = [](void *left, const void *right, const void *) {
        for (size_t bin = 0; bin < BINS; bin++)
            static_cast<double *>(left)[bin] += static_cast<const double *>(right)[bin];
    };
    return k;
}();

TEST_P(Large, Accumulator)
{
    std::vector<unsigned char> acc(BINS * 8, 1);
    for (plx_schedule schedule : {PLX_STATIC, PLX_GUIDED}) {
        plx_job job{};
        job.kernel = &comb;
        job.n = 11;
        job.grain = 1;
        job.out = acc.data();
        job.schedule = schedule;
        EXPECT_EQ(PLX_OK, plx_reduce(team, &job, nullptr));
        EXPECT_TRUE(tree_fold(comb, 0, 11, 1, nullptr, nullptr, nullptr) == acc) << schedule;
    }
}

static void join_first_bytes(void *total, size_t task, const plx_task *t, void *)
{
    static_cast<unsigned char *>(total)[task * MIB] = static_cast<unsigned char *>(t->out)[2];
}

TEST_P(Large, FanInOutAndTotal)
{
    static constexpr size_t TASKS = 4;
    size_t items = 7 * MIB / 2 / IN;
    std::vector<unsigned char> in = noise(TASKS * items * IN), total(TASKS * MIB);
    std::vector<std::vector<unsigned char>> out(TASKS);
    std::vector<plx_task> tasks(TASKS);
    for (size_t t = 0; t < TASKS; t++) {
        out[t].resize(items * OUT);
        tasks[t].kernel = &wide;
        tasks[t].lo = t * items;
        tasks[t].hi = (t + 1) * items;
        tasks[t].in = in.data() + t * items * IN;
        tasks[t].out = out[t].data();
    }
    plx_job job{};
    job.n = TASKS;
    plx_join join{};
    join.size = total.size();
    join.total = total.data();
    join.join = join_first_bytes;
    EXPECT_EQ(PLX_OK, plx_fan(team, &job, tasks.data(), &join, nullptr));
    for (size_t t = 0; t < TASKS; t++) {
        auto *own = static_cast<const unsigned char *>(tasks[t].in);
        EXPECT_EQ(own[0], total[t * MIB]) << "total is the same on every rank";
        if (team.root())
            EXPECT_TRUE(whole_map(wide, tasks[t].lo, tasks[t].hi, own, nullptr, nullptr) == out[t]);
    }
}

// Batches of 3.5 MiB; with texts the offsets are as many bytes.
struct Flow {
    const plx_kernel *kernel;
    size_t n, given, batch;
    std::vector<unsigned char> in, out;
};

static plx_status give(void *user, size_t want, void *items, size_t *at, size_t *got)
{
    auto *flow = static_cast<Flow *>(user);
    *got = std::min(want, flow->n - flow->given);
    size_t size = at ? 1 : flow->kernel->in_size;
    for (size_t i = 0; at && i < *got; i++)
        at[i + 1] = i + 1;
    std::memcpy(items, flow->in.data() + flow->given * size, *got * size);
    flow->given += *got;
    return PLX_OK;
}

static plx_status take(void *user, size_t, size_t n, const void *out, const plx_failure *, size_t)
{
    auto *flow = static_cast<Flow *>(user);
    auto *bytes = static_cast<const unsigned char *>(out);
    flow->out.insert(flow->out.end(), bytes, bytes + n * flow->kernel->out_size);
    return PLX_OK;
}

static plx_status run_flow(plx_team *team, Flow &flow, size_t in_flight)
{
    plx_job job{};
    job.kernel = flow.kernel;
    job.batch = flow.batch;
    job.in_flight = in_flight;
    plx_stream stream{};
    stream.source = give;
    stream.sink = take;
    stream.user = &flow;
    stream.item_size = 1;
    return plx_batch(team, &job, &stream, nullptr);
}

TEST_P(Large, Batches)
{
    size_t n = ALL / IN, m = 3 * MIB / 2;
    Flow fixed{&wide, n, 0, n / 2, noise(n * IN), {}};
    Flow texts{&spell, m, 0, m / 3, noise(m), {}};
    EXPECT_EQ(PLX_OK, run_flow(team, fixed, 1));
    EXPECT_EQ(PLX_OK, run_flow(team, texts, 3));
    if (!team.root())
        return;
    std::vector<size_t> at(m + 1);
    for (size_t i = 0; i <= m; i++)
        at[i] = i;
    EXPECT_TRUE(whole_map(wide, 0, n, fixed.in.data(), nullptr, nullptr) == fixed.out);
    EXPECT_TRUE(whole_map(spell, 0, m, texts.in.data(), at.data(), nullptr) == texts.out);
}

// Each rank's list is beyond 2 MiB, and room is for some, for all, or for more than there are.
TEST_P(Large, Failures)
{
    size_t n = 2 * ALL / sizeof(plx_failure), all = n / 2;
    Picky every_other{1, 2};
    std::vector<uint64_t> out(n);
    for (size_t cap : {all / 3, all, all + 9}) {
        std::vector<plx_failure> failures(cap);
        plx_job job{};
        job.kernel = &picky;
        job.ctx = &every_other;
        job.n = n;
        job.out = out.data();
        job.schedule = PLX_STATIC;
        job.keep_going = true;
        job.failures = failures.data();
        job.failures_cap = cap;
        plx_report report;
        EXPECT_EQ(PLX_ITEM_FAILED, plx_map(team, &job, &report));
        EXPECT_EQ(all, report.failed);
        EXPECT_EQ(std::min(cap, all), report.failures);
        size_t wrong = 0;
        for (size_t f = 0; f < report.failures; f++)
            wrong += failures[f].item != 2 * f + 1 ||
                     failures[f].why != "bad " + std::to_string(2 * f + 1);
        EXPECT_EQ(0u, wrong) << "room for " << cap;
    }
}
