/* SPDX-License-Identifier: MIT */
/* histogram against bins found by comparing with their edges, at the edges and outside. */
#include "drive.h"

#include <cmath>
#include <limits>

static const size_t BINS = 65536;

/* What lies where, and the results, from sorted values and edges. */
struct Expected {
    std::vector<uint64_t> bin = std::vector<uint64_t>(BINS);
    uint64_t below = 0, above = 0, nan = 0, inside = 0;

    explicit Expected(const std::vector<double> &x)
    {
        std::vector<double> edges(BINS + 1);
        for (size_t i = 0; i <= BINS; i++)
            edges[i] = std::ldexp((double)i, -16);
        for (const double item : x) {
            nan += std::isnan(item);
            below += item < edges.front();
            above += item >= edges.back();
            if (item >= edges.front() && item < edges.back()) {
                const auto next = std::upper_bound(edges.begin(), edges.end(), item);
                bin[(size_t)(next - edges.begin()) - 1]++;
                inside++;
            }
        }
    }
};

class Histogram : public ::testing::Test {
protected:
    Drive drive{ "histogram" };

    uint64_t count(const Bytes &acc, const char *name)
    {
        return read_field<uint64_t>(drive.kernel, acc, name);
    }
    double real(const Bytes &acc, const char *name)
    {
        return read_field<double>(drive.kernel, acc, name);
    }
    Bytes reduce(const std::vector<double> &x, size_t grain)
    {
        return drive.reduce(x.size(), grain, reinterpret_cast<const char *>(x.data()));
    }
    void check(const std::vector<double> &x, size_t grain)
    {
        const Expected want(x);
        const Bytes acc = reduce(x, grain);
        const std::vector<uint64_t> words = as<uint64_t>(acc);
        EXPECT_TRUE(std::equal(want.bin.begin(), want.bin.end(), words.begin()));
        EXPECT_EQ(count(acc, "inside"), want.inside);
        EXPECT_EQ(count(acc, "below"), want.below);
        EXPECT_EQ(count(acc, "above"), want.above);
        EXPECT_EQ(count(acc, "nan"), want.nan);
        const auto most = std::max_element(want.bin.begin(), want.bin.end());
        EXPECT_EQ(count(acc, "most"), *most);
        EXPECT_EQ(count(acc, "fullest"), want.inside ? (size_t)(most - want.bin.begin()) : 0);
        EXPECT_EQ(count(acc, "empty"),
                  (uint64_t)std::count(want.bin.begin(), want.bin.end(), (uint64_t)0));
    }
};

static std::vector<double> uniform(size_t n)
{
    std::mt19937_64 random(11);
    std::uniform_real_distribution<double> even(0, 1);
    std::vector<double> x(n);
    for (double &item : x)
        item = even(random);
    return x;
}

TEST_F(Histogram, RandomValues)
{
    check(uniform(30000), 30000);
    check(uniform(5000), 999);
}

TEST_F(Histogram, EveryEdgeAndItsNeighbours)
{
    std::vector<double> x;
    for (size_t i = 0; i <= BINS; i += i < 300 ? 1 : 97) {
        const double edge = (double)i / BINS;
        x.insert(x.end(), { edge, std::nextafter(edge, -1), std::nextafter(edge, 2) });
    }
    check(x, x.size());
    check({ 1 - 0x1p-53, 65535.0 / 65536 }, 1);
}

TEST_F(Histogram, WhatLiesOutsideIsCountedApart)
{
    const double inf = std::numeric_limits<double>::infinity(), nan = std::nan("");
    check({ -0.0, 0.0, -5e-324, 5e-324, -1, 1, 1.5, 1e300, -1e300, inf, -inf, nan, -nan, nan }, 14);
    const Bytes none = reduce({ nan, 2, -2 }, 3);
    EXPECT_EQ(count(none, "inside"), 0u);
    EXPECT_EQ(real(none, "median"), 0);
    EXPECT_EQ(real(none, "chi2"), 0);
    check({}, 1);
}

TEST_F(Histogram, MedianIsTheMiddleItemsBin)
{
    std::mt19937_64 random(4);
    for (size_t n : { 1u, 2u, 3u, 4u, 101u }) {
        std::vector<double> x = uniform(n);
        for (double &item : x)
            item *= item;
        const double got = real(reduce(x, n), "median");
        std::sort(x.begin(), x.end());
        EXPECT_EQ(got, std::floor(x[(n - 1) / 2] * BINS) / BINS) << n;
    }
}

TEST_F(Histogram, ChiSquaredKnowsEvenFromUneven)
{
    std::vector<double> x(BINS);
    for (size_t i = 0; i < BINS; i++)
        x[i] = ((double)i + 0.5) / BINS;
    EXPECT_EQ(real(reduce(x, BINS), "chi2"), 0);
    x[0] = x[1];                                /* one bin empty, one with two: 1 + 1 */
    EXPECT_EQ(real(reduce(x, BINS), "chi2"), 2);
    EXPECT_NEAR(real(reduce(uniform(400000), 400000), "chi2"), 65535, 5 * 362);
}

TEST_F(Histogram, AnyCutGivesTheSameBytes)
{
    const std::vector<double> x = uniform(3000);
    ASSERT_TRUE(drive.open(x.size()));
    const Bytes whole = drive.fold(0, x.size(), x.data());
    for (size_t cut : { 0u, 1u, 1500u, 2999u, 3000u }) {
        Bytes left = drive.fold(0, cut, x.data());
        const Bytes right = drive.fold(cut, x.size(), x.data() + cut);
        EXPECT_EQ(drive.combine(left, right), whole) << cut;
        drive.fold_on(left, cut, x.size(), x.data() + cut);
        EXPECT_EQ(left, whole) << cut;
    }
    for (size_t shift : { 8u, 24u, 40u }) {
        Room room(x.size() * 8, shift);
        std::memcpy(room.data(), x.data(), x.size() * 8);
        EXPECT_EQ(drive.fold(7, 7 + x.size(), room.data()), whole) << shift;
    }
}

TEST_F(Histogram, ItsAccumulatorIsLarge)
{
    EXPECT_GE(drive.kernel->acc_size, BINS * 8);
    EXPECT_LT(drive.kernel->acc_size, BINS * 8 + 1024);
}
