/* SPDX-License-Identifier: MIT */
/* moments against two passes in long double, known series, and the laws of its join. */
#include "paths.h"

#include <cmath>
#include <limits>

extern "C" const FoldPath plx_moments_paths[PLX_WIDE_LEVELS];

static const double infinity = std::numeric_limits<double>::infinity();

struct Moments {
    uint64_t count;
    double sum, mean, variance, min, max, skewness, kurtosis;
};

static Moments read(const Drive &drive, const Bytes &acc)
{
    const plx_kernel *k = drive.kernel;
    return { read_field<uint64_t>(k, acc, "count"), read_field<double>(k, acc, "sum"),
             read_field<double>(k, acc, "mean"), read_field<double>(k, acc, "variance"),
             read_field<double>(k, acc, "min"), read_field<double>(k, acc, "max"),
             read_field<double>(k, acc, "skewness"), read_field<double>(k, acc, "kurtosis") };
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

static std::vector<double> skewed(size_t n, double offset)
{
    std::mt19937_64 random(6);
    std::exponential_distribution<double> distribution(1);
    std::vector<double> x(n);
    for (double &item : x)
        item = offset + distribution(random);
    return x;
}

static Moments reduce(const std::vector<double> &x, size_t grain = 10000)
{
    Drive drive("moments");
    return read(drive, drive.reduce(x.size(), grain, reinterpret_cast<const char *>(x.data())));
}

static void check_against_long_double(const std::vector<double> &x, size_t grain, double tolerance)
{
    long double sum = 0, shifted = 0, size = 0, squares = 0, cubes = 0, fourths = 0;
    double min = infinity, max = -infinity;
    for (const double item : x) {
        sum += item;
        size += std::fabs(item);
        min = std::min(min, item);
        max = std::max(max, item);
    }
    for (const double item : x)
        shifted += (long double)item - x[0];
    const long double from_first = x.empty() ? 0 : shifted / x.size();
    const long double mean = x.empty() ? 0 : x[0] + from_first;
    for (const double item : x) {
        const long double d = ((long double)item - x[0]) - from_first;
        squares += d * d;
        cubes += d * d * d;
        fourths += d * d * d * d;
    }
    const long double n = x.size(), variance = n < 2 ? 0 : squares / (n - 1);
    const long double skewness = n < 3 ? 0 : std::sqrt(n / squares) * cubes / squares;
    const long double kurtosis = n < 3 ? 0 : n * fourths / (squares * squares) - 3;

    const Moments m = reduce(x, grain);
    EXPECT_EQ(m.count, x.size());
    EXPECT_EQ(m.min, min);
    EXPECT_EQ(m.max, max);
    EXPECT_LE(std::fabs(m.sum - sum), 1e-14L * size) << x.size();
    EXPECT_LE(std::fabs(m.mean - mean), 1e-14L * size / std::max<size_t>(x.size(), 1)) << x.size();
    EXPECT_LE(std::fabs(m.variance - variance), tolerance * variance) << x.size();
    EXPECT_LE(std::fabs(m.skewness - skewness), tolerance * (1 + std::fabs(skewness))) << x.size();
    EXPECT_LE(std::fabs(m.kurtosis - kurtosis), tolerance * (3 + std::fabs(kurtosis))) << x.size();
}

TEST(Moments, EveryLengthAroundLanesAndLeaves)
{
    for (size_t n = 0; n < 40; n++)
        check_against_long_double(normal(n, 3, 2), 10000, 1e-13);
    for (size_t n : { 1023u, 1024u, 1025u, 1031u, 2047u, 2048u, 2049u, 100003u })
        for (size_t grain : { 1u, 7u, 1000u, 1000000u })
            check_against_long_double(normal(n, -1, 5), grain, 1e-12);
}

/* A mean that is only rounded would cost skewness 7 digits here. */
TEST(Moments, SurviveALargeMean)
{
    for (size_t grain : { 100u, 4096u, 100000u }) {
        check_against_long_double(normal(50001, 1e9, 1), grain, 1e-12);
        check_against_long_double(normal(50001, -1e12, 1e3), grain, 1e-12);
        check_against_long_double(skewed(50001, 1e9), grain, 1e-12);
    }
}

/* The centre is taken from a leaf's first eighth: items that make it as wrong as it can be. */
TEST(Moments, SurviveACentreFarFromTheMean)
{
    for (size_t high : { 128u, 1u }) {
        std::vector<double> x = normal(8192, 0, 1);
        for (size_t i = 0; i < x.size(); i++)
            x[i] += i % 1024 < high ? 1e9 * 128 / (double)high : 0;
        check_against_long_double(x, 1u << 20, 1e-12);
    }
}

TEST(Moments, OfSkewedItems)
{
    for (size_t n : { 3u, 15u, 16u, 17u, 1000u, 1024u, 5000u, 100003u })
        for (size_t grain : { 1u, 5u, 2500u, 1000000u })
            check_against_long_double(skewed(n, -0.5), grain, 1e-11);
    const Moments m = reduce(skewed(200000, 0), 10000);
    EXPECT_NEAR(m.skewness, 2, 0.1);            /* of the exponential distribution */
    EXPECT_NEAR(m.kurtosis, 6, 1);
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
    EXPECT_NEAR(m.skewness, 0, 1e-13);
    const double square = 4001.0 * 4001;
    EXPECT_NEAR(m.kurtosis, -1.2 * (square + 1) / (square - 1), 1e-12);
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
    EXPECT_EQ(one.skewness, 0);
    EXPECT_EQ(one.kurtosis, 0);
    EXPECT_EQ(one.min, -7.5);
    EXPECT_EQ(one.max, -7.5);
}

TEST(Moments, TwoItemsAndEqualOnesHaveNoShape)
{
    const Moments two = reduce({ 1, 4 });
    EXPECT_EQ(two.variance, 4.5);
    EXPECT_EQ(two.skewness, 0);
    EXPECT_EQ(two.kurtosis, 0);
    for (const double item : { 0.0, 0.1, 1e9 / 3, -1e-300, 1e200 })
        for (size_t n : { 3u, 40u, 5000u }) {
            const Moments m = reduce(std::vector<double>(n, item), 1000);
            EXPECT_EQ(m.variance, 0) << item << " " << n;
            EXPECT_EQ(m.skewness, 0) << item << " " << n;
            EXPECT_EQ(m.kurtosis, 0) << item << " " << n;
        }
    EXPECT_TRUE(std::isnan(reduce({ 5, 5, std::nan("") }).variance));
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
            x[place - 16] = -50;                /* 16 apart: the same lane; 8: the same in halves */
            x[place - 8] = 60;
            x[place] = std::nan("");
            const Moments m = reduce(x, grain);
            EXPECT_TRUE(std::isnan(m.sum) && std::isnan(m.mean) && std::isnan(m.variance)) << place;
            EXPECT_TRUE(std::isnan(m.skewness) && std::isnan(m.kurtosis)) << place;
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
    EXPECT_TRUE(std::isnan(m.variance) && std::isnan(m.skewness) && std::isnan(m.kurtosis));
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

TEST(Moments, PathsGiveTheSameBytes)
{
    Drive drive("moments");
    ASSERT_TRUE(drive.open(10000));
    for (size_t n : { 0u, 1u, 7u, 15u, 16u, 17u, 40u, 1023u, 1024u, 1025u, 2047u, 2048u, 5003u }) {
        std::vector<double> x = skewed(n, 1e3);
        for (const bool odd : { false, true }) {
            if (odd && n > 0)
                x[n / 2] = n % 2 ? infinity : std::nan("");
            const Bytes expected = drive.fold(0, n, x.data());
            for (const plx_kernel &path : paths_of("moments", plx_moments_paths, nullptr)) {
                drive.kernel = &path;
                EXPECT_EQ(drive.fold(0, n, x.data()), expected) << n << " " << odd;
            }
            drive.kernel = plx_kernel_find("moments");
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
        EXPECT_NEAR(m.skewness, whole.skewness, 1e-12);
        EXPECT_NEAR(m.kurtosis, whole.kurtosis, 1e-12);
    }
}
