// SPDX-License-Identifier: MIT
// Beyond 2^31: bytes that are scattered, mapped and gathered, and items that are only counted.
// Under mpirun, where memory allows it; every byte is checked in another way than the kernel's.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "plx/plx.h"

static constexpr size_t N = (size_t{1} << 31) + 7;
static const size_t GIB = size_t{1} << 30;

static plx_team *team;

static size_t available_bytes()
{
    std::ifstream memory("/proc/meminfo");
    for (std::string line; std::getline(memory, line);)
        if (line.rfind("MemAvailable:", 0) == 0)
            return std::stoul(line.substr(13)) * 1024;
    return 0;
}

// Rank 0's word is everybody's: memory changes while ranks look.
static bool all_have(size_t bytes)
{
    bool enough = plx_team_rank(team) != 0 || available_bytes() >= bytes;
    return plx_agree(team, enough ? PLX_OK : PLX_NO_MEMORY) == PLX_OK;
}

// Each item becomes itself plus the number of its 4 KiB, in 8 bits.
static const plx_kernel shift = [] {
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "shift";
    k.in_size = k.out_size = 1;
    k.map = [](const plx_block *b) {
        auto *in = static_cast<const unsigned char *>(b->in);
        auto *out = static_cast<unsigned char *>(b->out);
        for (size_t i = b->lo; i < b->hi; i++)
            out[i - b->lo] = (unsigned char)(in[i - b->lo] + (i >> 12));
    };
    return k;
}();

// in[i] = i % 251, written by copying what stands there already.
static void fill(unsigned char *in)
{
    size_t done = 251 * 64;
    for (size_t i = 0; i < done; i++)
        in[i] = (unsigned char)(i % 251);
    for (; done < N; done *= 2)
        std::memcpy(in + done, in, done < N - done ? done : N - done);
}

// 4 KiB at a time: what stands there should be the rest of a count to 251, plus the page's number.
static size_t first_wrong(const unsigned char *out)
{
    static constexpr size_t PAGE = 4096;
    unsigned char count[251 + PAGE], page[PAGE];
    for (size_t i = 0; i < sizeof count; i++)
        count[i] = (unsigned char)(i % 251);
    for (size_t at = 0, number = 0; at < N; at += PAGE, number++) {
        size_t size = N - at < PAGE ? N - at : PAGE;
        for (size_t i = 0; i < PAGE; i++)
            page[i] = (unsigned char)(count[at % 251 + i] + number);
        for (size_t i = 0; i < size && std::memcmp(out + at, page, size) != 0; i++)
            if (out[at + i] != page[i])
                return at + i;
    }
    return N;
}

static void map_bytes(plx_schedule schedule, size_t grain)
{
    bool root = plx_team_rank(team) == 0;
    auto *in = static_cast<unsigned char *>(root ? std::malloc(N) : nullptr);
    auto *out = static_cast<unsigned char *>(root ? std::calloc(N, 1) : nullptr);
    plx_job job{};
    job.kernel = &shift;
    job.n = N;
    job.in = in;
    job.out = out;
    job.schedule = schedule;
    job.grain = grain;
    if (in)
        fill(in);
    plx_report report{};
    plx_status room = plx_agree(team, root && (!in || !out) ? PLX_NO_MEMORY : PLX_OK);
    plx_status status = room == PLX_OK ? plx_map(team, &job, &report) : room;
    EXPECT_EQ(PLX_OK, status) << report.why;
    EXPECT_EQ(N, report.done);
    if (root && status == PLX_OK)
        EXPECT_EQ(N, first_wrong(out)) << "the first wrong byte";
    std::free(in);
    std::free(out);
}

// One block, so one share, which is the last rank's: each way one message of more than 2^31 bytes.
TEST(Large, OneShareOfAll)
{
    if (!all_have(11 * GIB))
        GTEST_SKIP() << "needs 11 GiB of memory";
    map_bytes(PLX_STATIC, N);
}

TEST(Large, HandOuts)
{
    if (!all_have(11 * GIB))
        GTEST_SKIP() << "needs 11 GiB of memory";
    map_bytes(PLX_GUIDED, 0);
}

// Of neighbours' bounds the first two see only the outer ones: starts sees each block's.
struct Sum {
    uint64_t items, indices, starts;
};

static uint64_t half_product(uint64_t a, uint64_t b)
{
    return a % 2 ? a * (b / 2) : a / 2 * b;
}

static const plx_kernel sum = [] {
    plx_kernel k{};
    k.size = sizeof k;
    k.name = "sum";
    k.acc_size = sizeof(Sum);
    k.fold = [](const plx_block *b, void *acc) {
        auto *s = static_cast<Sum *>(acc);
        s->items += b->hi - b->lo;
        s->indices += half_product(b->hi - b->lo, b->hi + b->lo - 1);
        s->starts += b->lo;
    };
    k.combine = [](void *left, const void *right, const void *) {
        auto *s = static_cast<Sum *>(left);
        auto *r = static_cast<const Sum *>(right);
        *s = {s->items + r->items, s->indices + r->indices, s->starts + r->starts};
    };
    return k;
}();

// Every rank has the sum of 0 … n - 1; at 2^45 it is beyond 2^64 and wraps, on both sides alike.
TEST(Large, IndicesAlone)
{
    for (size_t n : {N, (size_t{1} << 45) + 3})
        for (plx_schedule schedule : {PLX_STATIC, PLX_GUIDED, PLX_DYNAMIC}) {
            Sum all{};
            plx_job job{};
            job.kernel = &sum;
            job.n = n;
            job.out = &all;
            job.schedule = schedule;
            plx_report report{};
            EXPECT_EQ(PLX_OK, plx_reduce(team, &job, &report)) << report.why;
            EXPECT_EQ(n, report.done);
            EXPECT_EQ(n, all.items);
            EXPECT_EQ(half_product(n, n - 1), all.indices);
            EXPECT_EQ(report.grain * half_product(report.blocks, report.blocks - 1), all.starts);
        }
}

int main(int argc, char **argv)
{
    ::testing::InitGoogleTest(&argc, argv);
    if (plx_open("mpi", 1, &team) != PLX_OK)
        return EXIT_FAILURE;
    int failed = RUN_ALL_TESTS();
    plx_close(team);
    return failed;
}
