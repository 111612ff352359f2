/* SPDX-License-Identifier: MIT */
/* square against the rounded product in long double, special values, and any place in memory. */
#include "drive.h"

#include <cmath>
#include <limits>

TEST(Square, EqualsTheRoundedProduct)
{
    std::mt19937_64 random(4);
    std::uniform_real_distribution<double> uniform(-1e3, 1e3);
    std::vector<double> in(1003);
    for (double &x : in)
        x = uniform(random);
    Drive drive("square");
    ASSERT_TRUE(drive.open(in.size()));
    const auto out = as<double>(drive.map(0, in.size(), in.data()));
    for (size_t i = 0; i < in.size(); i++)
        EXPECT_LE(std::fabs((long double)in[i] * in[i] - out[i]), std::ldexp(out[i], -53)) << i;
}

TEST(Square, SpecialValues)
{
    const double inf = std::numeric_limits<double>::infinity();
    const std::vector<double> in{ 0.0, -0.0, inf, -inf, 1e200, 1e-200, -3.0, std::nan("") };
    Drive drive("square");
    ASSERT_TRUE(drive.open(in.size()));
    const auto out = as<double>(drive.map(0, in.size(), in.data()));
    const std::vector<double> expected{ 0.0, 0.0, inf, inf, inf, 0.0, 9.0 };
    for (size_t i = 0; i < expected.size(); i++)
        EXPECT_TRUE(out[i] == expected[i] && !std::signbit(out[i])) << i;
    EXPECT_TRUE(std::isnan(out[7]));
}

TEST(Square, AnyCutAndAnyPlaceGiveTheSameBytes)
{
    std::vector<double> in(300);
    for (size_t i = 0; i < in.size(); i++)
        in[i] = 1.0 / (double)(i + 3);
    Drive drive("square");
    ASSERT_TRUE(drive.open(in.size()));
    const Bytes whole = drive.map(0, in.size(), in.data());
    for (size_t shift = 0; shift < 8; shift++) {
        Bytes parts;
        for (size_t lo = 0, hi; lo < in.size(); lo = hi) {
            hi = std::min(in.size(), lo + 1 + (lo * 7 + shift) % 50);
            const Bytes part = drive.map(lo, hi, in.data() + lo, 8 * shift);
            parts.insert(parts.end(), part.begin(), part.end());
        }
        EXPECT_EQ(parts, whole) << shift;
    }
}

TEST(Square, WorkNamesItsTraffic)
{
    double bytes = 0;
    EXPECT_GT(plx_kernel_find("square")->work(10, 20, nullptr, &bytes), 0);
    EXPECT_EQ(bytes, 160);
}
