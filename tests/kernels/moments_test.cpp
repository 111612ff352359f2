/* SPDX-License-Identifier: MIT */
/* moments against two passes in long double, known series, and the laws of its join. */
#include "drive.h"

#include <cmath>
#include <limits>

static const double infinity = std::numeric_limits<double>::infinity();

struct Moments {
    uint64_t count;
    double sum, mean, variance, min, max;
};

static Moments read(const Drive &drive, const Bytes &acc)
{
    const plx_kernel *k = drive.kernel;
    return { read_field<uint64_t>(k, acc, "count"), read_field<double>(k, acc, "sum"),
             read_field<double>(k, acc, "mean"), read_field<double>(k, acc, "variance"),
             read_field<double>(k, acc, "min"), read_field<double>(k, acc, "max") };
}

static std::vector<double> normal(size_t n, double mean, double deviation)
{
    std::mt19937_64 random(5);
    std::normal_distribution<double> distribution(mean, deviation);
    std::vector<double> x(n);
    for (double &item : x)
        item = distribution(random);
    return x;
}

static Moments reduce(const std::vector<double> &x, size_t grain = 10000)
{
    Drive drive("moments");
    return read(drive, drive.reduce(x.size(), grain, reinterpret_cast<const char *>(x.data())));
}

static void check_against_long_double(const std::vector<double> &x, size_t grain, double tolerance)
{
    long double sum = 0, size = 0, squares = 0;
    double min = infinity, max = -infinity;
    for (const double item : x) {
        sum += item;
        size += std::fabs(item);
        min = std::min(min, item);
        max = std::max(max, item);
    }
    const long double mean = x.empty() ? 0 : sum / x.size();
    for (const double item : x)
        squares += (item - mean) * (item - mean);
    const long double variance = x.size() < 2 ? 0 : squares / (x.size() - 1);

    const Moments m = reduce(x, grain);
    EXPECT_EQ(m.count, x.size());
    EXPECT_EQ(m.min, min);
    EXPECT_EQ(m.max, max);
    EXPECT_LE(std::fabs(m.sum - sum), 1e-14L * size) << x.size();
    EXPECT_LE(std::fabs(m.mean - mean), 1e-14L * size / std::max<size_t>(x.size(), 1)) << x.size();
    EXPECT_LE(std::fabs(m.variance - variance), tolerance * variance) << x.size();
}

TEST(Moments, EveryLengthAroundLanesAndLeaves)
{
    for (size_t n = 0; n < 40; n++)
        check_against_long_double(normal(n, 3, 2), 10000, 1e-13);
    for (size_t n : { 1023u, 1024u, 1025u, 1031u, 2047u, 2048u, 2049u, 100003u })
        for (size_t grain : { 1u, 7u, 1000u, 1000000u })
            check_against_long_double(normal(n, -1, 5), grain, 1e-12);
}

TEST(Moments, VarianceSurvivesALargeMean)
{
    check_against_long_double(normal(50001, 1e9, 1), 4096, 1e-9);
    check_against_long_double(normal(50001, -1e12, 1e3), 4096, 1e-9);
}

TEST(Moments, KnownSeries)
{
    std::vector<double> x(4001);
    for (size_t i = 0; i < x.size(); i++)
        x[i] = (double)i - 2000;
    const Moments m = reduce(x, 100);
    EXPECT_EQ(m.sum, 0);
    EXPECT_EQ(m.mean, 0);
    EXPECT_NEAR(m.variance, 4001 * 4002 / 12.0, 1e-6);
    EXPECT_EQ(m.min, -2000);
    EXPECT_EQ(m.max, 2000);
}

TEST(Moments, NoItemsAndOne)
{
    const Moments none = reduce({});
    EXPECT_EQ(none.count, 0u);
    EXPECT_EQ(none.sum, 0);
    EXPECT_EQ(none.mean, 0);
    EXPECT_EQ(none.variance, 0);
    EXPECT_EQ(none.min, infinity);
    EXPECT_EQ(none.max, -infinity);
    const Moments one = reduce({ -7.5 });
    EXPECT_EQ(one.count, 1u);
    EXPECT_EQ(one.mean, -7.5);
    EXPECT_EQ(one.variance, 0);
    EXPECT_EQ(one.min, -7.5);
    EXPECT_EQ(one.max, -7.5);
}

TEST(Moments, MeanIsTheFirstResult)
{
    EXPECT_STREQ(plx_kernel_find("moments")->results[0].name, "mean");
}

TEST(Moments, NaNReachesSumsAndPassesExtremes)
{
    for (size_t place = 16; place < 50; place++)
        for (size_t grain : { 7u, 1000u }) {
            std::vector<double> x = normal(50, 0, 1);
            x[place - 16] = -50;                /* 8 apart: the same lane */
            x[place - 8] = 60;
            x[place] = std::nan("");
            const Moments m = reduce(x, grain);
            EXPECT_TRUE(std::isnan(m.sum) && std::isnan(m.mean) && std::isnan(m.variance)) << place;
            EXPECT_EQ(m.min, -50) << place;
            EXPECT_EQ(m.max, 60) << place;
        }
}

TEST(Moments, InfinityReachesMeanAndExtremes)
{
    std::vector<double> x = normal(3000, 0, 1);
    x[10] = x[2500] = infinity;
    const Moments m = reduce(x, 1000);
    EXPECT_EQ(m.sum, infinity);
    EXPECT_EQ(m.mean, infinity);
    EXPECT_EQ(m.max, infinity);
    EXPECT_TRUE(std::isnan(m.variance));
}

TEST(Moments, TheSameBytesAtEveryMisalignment)
{
    for (size_t n : { 5u, 8u, 1000u, 1024u, 5003u }) {
        const std::vector<double> x = normal(n, 1, 1e5);
        Drive drive("moments");
        ASSERT_TRUE(drive.open(n));
        const Bytes expected = drive.fold(0, n, x.data());
        for (size_t shift = 0; shift < 8; shift++) {
            Room room(n * sizeof(double), 8 * shift);
            std::memcpy(room.data(), x.data(), n * sizeof(double));
            EXPECT_EQ(drive.fold(0, n, room.data()), expected) << n << " " << shift;
            EXPECT_EQ(drive.fold(1000003, 1000003 + n, room.data()), expected) << n << " " << shift;
        }
    }
}

TEST(Moments, EmptySidesLeaveTheOther)
{
    const std::vector<double> huge{ 1e200, 1e200 };     /* their square is none */
    Drive drive("moments");
    ASSERT_TRUE(drive.open(100));
    for (const std::vector<double> &x : { normal(100, 1, 1), huge }) {
        const Bytes some = drive.fold(0, x.size(), x.data());
        EXPECT_FALSE(std::isnan(read(drive, drive.finish(some)).variance));
        EXPECT_EQ(drive.combine(some, drive.identity()), some);
        EXPECT_EQ(drive.combine(drive.identity(), some), some);
        EXPECT_EQ(drive.fold(50, 50, x.data()), drive.identity());
    }
}

TEST(Moments, FoldAddsToWhatIsThere)
{
    const std::vector<double> x = normal(3000, 7, 2);
    Drive drive("moments");
    ASSERT_TRUE(drive.open(x.size()));
    Bytes acc = drive.fold(0, 1024, x.data());
    drive.fold_on(acc, 1024, 3000, x.data() + 1024);
    EXPECT_EQ(acc, drive.fold(0, 3000, x.data()));
}

TEST(Moments, CombineEqualsTheWholeWithinRounding)
{
    const std::vector<double> x = normal(5000, 10, 3);
    Drive drive("moments");
    ASSERT_TRUE(drive.open(x.size()));
    const Moments whole = read(drive, drive.finish(drive.fold(0, 5000, x.data())));
    for (size_t b : { 1u, 8u, 1024u, 3333u, 4999u }) {
        const Bytes left = drive.fold(0, b, x.data()), right = drive.fold(b, 5000, x.data() + b);
        const Moments m = read(drive, drive.finish(drive.combine(left, right)));
        EXPECT_EQ(m.count, whole.count);
        EXPECT_EQ(m.min, whole.min);
        EXPECT_EQ(m.max, whole.max);
        EXPECT_NEAR(m.mean, whole.mean, 1e-13 * whole.mean);
        EXPECT_NEAR(m.variance, whole.variance, 1e-12 * whole.variance);
    }
}
