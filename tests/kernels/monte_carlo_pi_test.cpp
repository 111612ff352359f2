/* SPDX-License-Identifier: MIT */
/* monte_carlo_pi against the same points with 128-bit products, and against pi itself. */
#include "drive.h"
#include "plx/philox.h"

#include <cmath>

extern "C" {
#include "kernels/monte_carlo_pi.h"
}

__extension__ typedef unsigned __int128 u128;

/* From twice the distance squared, so that the halves are whole. */
static bool is_within(uint32_t x, uint32_t y)
{
    const u128 a = 2 * (u128)x + 1, b = 2 * (u128)y + 1;
    return a * a + b * b < (u128)1 << 66;
}

static uint64_t count_hits(uint64_t seed, uint64_t lo, uint64_t hi)
{
    uint64_t hits = 0;
    for (uint64_t point = lo; point < hi; point++) {
        uint32_t word[4];
        plx_philox_draw(seed, point / 2, 0, word);
        hits += point % 2 ? is_within(word[2], word[3]) : is_within(word[0], word[1]);
    }
    return hits;
}

class MonteCarloPi : public ::testing::Test {
protected:
    Drive drive{ "monte_carlo_pi" };
    uint64_t hits(const Bytes &acc) { return read_field<uint64_t>(drive.kernel, acc, "hits"); }
    uint64_t points(const Bytes &acc) { return read_field<uint64_t>(drive.kernel, acc, "points"); }
    double value(const Bytes &acc) { return read_field<double>(drive.kernel, acc, "value"); }
};

TEST_F(MonteCarloPi, EveryCountAndBothParities)
{
    ASSERT_TRUE(drive.open(1000));
    for (uint64_t lo : { (uint64_t)0, (uint64_t)1, (uint64_t)77, ((uint64_t)1 << 33) - 5,
                         ((uint64_t)1 << 63) - 20 })
        for (uint64_t items = 0; items < 80; items++) {
            const Bytes acc = drive.fold(lo, lo + items);
            EXPECT_EQ(hits(acc), count_hits(1, lo, lo + items)) << lo << " " << items;
            EXPECT_EQ(points(acc), items);
        }
}

/* On the circle's edge, where one cell more or less decides. */
TEST_F(MonteCarloPi, TheEdgeIsExact)
{
    std::mt19937 random(3);
    uint64_t outside = 0;
    for (int i = 0; i < 20000; i++) {
        const uint32_t x = (uint32_t)random();
        const long double side = std::sqrt(0x1p64L - (x + 0.5L) * (x + 0.5L)) - 0.5L;
        const uint64_t edge = (uint64_t)side;
        for (uint64_t y = edge < 2 ? 0 : edge - 2; y <= edge + 2 && y <= UINT32_MAX; y++) {
            const uint64_t missed = plx_monte_carlo_pi_misses(x, y);
            ASSERT_EQ(missed, is_within(x, (uint32_t)y) ? 0u : 1u) << x << " " << y;
            outside += missed;
        }
    }
    EXPECT_GT(outside, 20000u);
    EXPECT_EQ(plx_monte_carlo_pi_misses(UINT32_MAX, UINT32_MAX), 1u);
    EXPECT_EQ(plx_monte_carlo_pi_misses(UINT32_MAX, 0), 0u);
}

TEST_F(MonteCarloPi, AllPathsAgree)
{
    const auto base = plx_monte_carlo_pi_paths[PLX_WIDE_BASE];
    for (int level = 1; level <= plx_wide_level(); level++) {
        const auto path = plx_monte_carlo_pi_paths[level];
        ASSERT_NE(path, nullptr);
        for (uint64_t from : { (uint64_t)0, (uint64_t)12345, ((uint64_t)1 << 32) - 17 })
            for (size_t blocks : { 0u, 1u, 2u, 7u, 8u, 15u, 16u, 17u, 31u, 33u, 64u, 1001u })
                EXPECT_EQ(path(9, from, blocks), base(9, from, blocks)) << level << " " << blocks;
    }
}

TEST_F(MonteCarloPi, AnyCutGivesTheSameBytes)
{
    std::mt19937_64 random(1);
    drive.set("seed", (uint64_t)0xfeedfacecafebeef);
    ASSERT_TRUE(drive.open(100000));
    for (int round = 0; round < 100; round++) {
        const uint64_t a = random() % 100000, b = a + random() % 300, c = b + random() % 300;
        const Bytes whole = drive.fold(a, c);
        EXPECT_EQ(whole, drive.combine(drive.fold(a, b), drive.fold(b, c))) << a << " " << b;
        Bytes on = drive.fold(a, b);
        drive.fold_on(on, b, c);
        EXPECT_EQ(whole, on);
    }
}

/* One standard deviation of the estimate from n points is sqrt(pi (4 - pi) / n). */
TEST_F(MonteCarloPi, IsPiWithinItsError)
{
    const size_t n = 500001;
    const double pi = std::acos(-1.0), deviation = std::sqrt(pi * (4 - pi) / (double)n);
    std::vector<uint64_t> seen;
    for (uint64_t seed : { (uint64_t)1, (uint64_t)2, (uint64_t)1 << 32 }) {
        drive.set("seed", seed);
        const Bytes acc = drive.reduce(n);
        EXPECT_NEAR(value(acc), pi, 5 * deviation) << seed;
        EXPECT_EQ(value(acc), 4 * ((double)hits(acc) / (double)n));
        EXPECT_EQ(points(acc), n);
        EXPECT_EQ(std::count(seen.begin(), seen.end(), hits(acc)), 0) << "seeds give other points";
        seen.push_back(hits(acc));
    }
}

TEST_F(MonteCarloPi, NoPointsAreNoNumber)
{
    const Bytes acc = drive.reduce(0);
    EXPECT_EQ(acc, drive.identity());
    EXPECT_EQ(value(acc), 0);
    EXPECT_STREQ(drive.kernel->results[0].name, "value");
}
