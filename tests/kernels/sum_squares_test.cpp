/* SPDX-License-Identifier: MIT */
/* sum_squares against the closed form in 128 bits, at the edges where narrower sums would wrap. */
#include "paths.h"

__extension__ typedef unsigned __int128 u128;

/* (n-1) n (2n-1) / 6, divided before it is multiplied, so that it is exact wherever the sum is. */
static u128 below(uint64_t n)
{
    if (n < 2)
        return 0;
    uint64_t a = n - 1, b = n, c = 2 * n - 1;
    (a % 2 == 0 ? a : b) /= 2;
    (a % 3 == 0 ? a : b % 3 == 0 ? b : c) /= 3;
    return (u128)a * b * c;
}

static u128 value(const Bytes &acc)
{
    const auto words = as<uint64_t>(acc);
    return (u128)words[1] << 64 | words[0];
}

extern "C" const FoldPath plx_sum_squares_paths[PLX_WIDE_LEVELS];

class SumSquares : public ::testing::Test {
protected:
    Drive drive{ "sum_squares" };
    void check(uint64_t lo, uint64_t hi)
    {
        EXPECT_TRUE(value(drive.fold(lo, hi)) == below(hi) - below(lo)) << lo << " " << hi;
    }
};

TEST_F(SumSquares, OracleItselfIsRight)
{
    u128 sum = 0;
    for (uint64_t n = 0; n < 2000; n++) {
        ASSERT_TRUE(below(n) == sum) << n;
        sum += (u128)n * n;
    }
}

TEST_F(SumSquares, SmallCounts)
{
    ASSERT_TRUE(drive.open(1000));
    for (uint64_t n = 0; n < 100; n++)
        check(0, n);
}

TEST_F(SumSquares, Where64BitsWrap)
{
    ASSERT_TRUE(drive.open(4000000));
    EXPECT_TRUE(below(3810778) >> 64 == 0 && below(3810779) >> 64 == 1);
    for (uint64_t n = 3810776; n <= 3810780; n++)
        check(0, n);
}

TEST_F(SumSquares, Around2To32)
{
    const uint64_t edge = (uint64_t)1 << 32;
    ASSERT_TRUE(drive.open(2 * edge));
    for (uint64_t before : { 1u, 15u, 4095u, 4096u, 4097u, 8192u })
        for (uint64_t after : { 0u, 1u, 17u, 4096u, 5000u })
            check(edge - before, edge + after);
    check(edge - 1, edge);
    check(edge, edge + 1);
    check(edge - 1, edge + 1);
    check(edge - 3, edge);
    check(edge - 1000003, edge + 70001);
    check(edge / 2 - 100000, edge / 2 + 100001);
}

TEST_F(SumSquares, UpToTheLimit)
{
    const uint64_t most = 10000000000000;
    ASSERT_TRUE(drive.open(most));
    check(most - 1, most);
    check(most - 300000, most);
    check(most / 3, most / 3 + 300000);
    const Bytes all = drive.combine(drive.fold(most - 1000, most), Bytes(16));
    EXPECT_TRUE(value(all) == below(most) - below(most - 1000));
}

/* 2^22 is where an item's upper part grows; a run of 4,096 may begin anywhere before it. */
TEST_F(SumSquares, WindowsUpToTheLimit)
{
    const uint64_t most = 10000000000000;
    std::mt19937_64 random(3);
    ASSERT_TRUE(drive.open(most));
    for (uint64_t step = 1; step < 2384185; step += 50000)
        check((step << 22) - random() % 5000, (step << 22) + random() % 5000);
    for (int round = 0; round < 100; round++) {
        const uint64_t lo = random() % (most - 20000);
        check(lo, lo + random() % 20000);
    }
}

/* Every path must count every item once, at every length that fills its vectors unevenly. */
TEST_F(SumSquares, PathsGiveTheSameBytes)
{
    const uint64_t edge = (uint64_t)1 << 32, most = 10000000000000;
    ASSERT_TRUE(drive.open(most));
    for (const plx_kernel &path : paths_of("sum_squares", plx_sum_squares_paths, nullptr)) {
        drive.kernel = &path;
        for (uint64_t lo : { (uint64_t)0, edge - 40, edge - 4096 - 20, edge, most - 70 })
            for (uint64_t items = 0; items <= 70; items++)
                check(lo, lo + items);
        check(edge - 10001, edge + 10001);
        check(most - 10001, most);
        check(edge - 3 * 4096, edge);
    }
    drive.kernel = plx_kernel_find("sum_squares");
}

TEST_F(SumSquares, RefusesWhatMayNotFit)
{
    EXPECT_FALSE(drive.open(10000000000001));
    EXPECT_NE(drive.refused.find("1e13"), std::string::npos);
    EXPECT_FALSE(drive.open(SIZE_MAX));
}

TEST_F(SumSquares, AnyCutGivesTheSameBytes)
{
    std::mt19937_64 random(1);
    ASSERT_TRUE(drive.open(100000000000));
    for (int round = 0; round < 200; round++) {
        const uint64_t a = random() % 10000000000, b = a + random() % 3000, c = b + random() % 3000;
        const Bytes whole = drive.fold(a, c);
        EXPECT_EQ(whole, drive.combine(drive.fold(a, b), drive.fold(b, c))) << a << " " << b;
        Bytes on = drive.fold(a, b);
        drive.fold_on(on, b, c);
        EXPECT_EQ(whole, on);
    }
}

TEST_F(SumSquares, CombineCarries)
{
    Bytes left(16), right(16);
    std::memset(left.data(), 0xff, 8);
    right[0] = 1;
    EXPECT_EQ(as<uint64_t>(drive.combine(left, right)), (std::vector<uint64_t>{ 0, 1 }));
}
