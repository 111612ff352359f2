/* SPDX-License-Identifier: MIT */
/* heavy_math against long double libm, at its borders; the bytes of its paths, cuts and tails. */
#include "paths.h"

#include <cmath>
#include <limits>

extern "C" const MapPath plx_heavy_math_paths[PLX_WIDE_LEVELS];

static const double infinity = std::numeric_limits<double>::infinity();
static const double limit = 0x1p25;     /* above it, and from -1 down, items are libm's */

static std::vector<double> uniform(size_t n, double lo, double hi, unsigned seed = 1)
{
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> distribution(lo, hi);
    std::vector<double> x(n);
    for (double &item : x)
        item = distribution(random);
    return x;
}

/* Borders of the branch-free range, zeros of the parts, specials. */
static std::vector<double> borders()
{
    std::vector<double> x{ 0.0, -0.0, 1, -0.5, 1e-300, -1e-300, 5e-324, -5e-324, -1, -2, 1e300,
                           -1e300, infinity, -infinity, std::nan(""), -std::nan("") };
    for (const double at : { -1.0, 0.0, limit, std::sqrt(2.0) - 1, std::sqrt(0.5) - 1, 1.0, 3.0 })
        for (const double to : { -infinity, infinity })
            for (double next = std::nextafter(at, to), n = 0; n < 4; n++) {
                x.push_back(next);
                next = std::nextafter(next, to);
            }
    for (int k = -1; k < 40; k++)
        x.push_back(k * M_PI_4);        /* about where the sine's quarter changes */
    return x;
}

class HeavyMath : public ::testing::Test {
protected:
    Drive drive{ "heavy_math" };
    void SetUp() override { ASSERT_TRUE(drive.open(0)); }
    std::vector<double> map(const std::vector<double> &x)
    {
        return as<double>(drive.map(0, x.size(), x.data()));
    }

    /* The largest error in ulp of (|sin x cos x| + sqrt t) |log t|, t = x + 1 as a double. */
    double worst(const std::vector<double> &x)
    {
        const std::vector<double> y = map(x);
        double worst = 0;
        for (size_t i = 0; i < x.size(); i++) {
            const double t = x[i] + 1;
            const long double wave = std::sin((long double)x[i]) * std::cos((long double)x[i]);
            const long double root = std::sqrt((long double)t), log = std::log((long double)t);
            const double size = (double)((std::fabs(wave) + root) * std::fabs(log));
            const double ulp = std::nextafter(size, infinity) - size;
            const double error = (double)(std::fabs(y[i] - (wave + root) * log) / ulp);
            worst = error > worst || std::isnan(error) ? error : worst;
        }
        return worst;
    }
};

TEST_F(HeavyMath, StaysWithinItsErrorOverManyRanges)
{
    using Range = std::pair<double, double>;
    unsigned seed = 1;
    for (const Range &r : { Range{ -1, 0 }, Range{ -1, -0.999999 }, Range{ -0.3, 0.42 },
                            Range{ -1e-3, 1e-3 }, Range{ -1e-9, 1e-9 }, Range{ 0, 1 },
                            Range{ 0.4, 0.9 }, Range{ 1, 10 }, Range{ 10, 1000 },
                            Range{ 1e3, 1e5 }, Range{ 1e5, 3e7 }, Range{ limit - 100, limit } })
        EXPECT_LE(worst(uniform(20000, r.first, r.second, seed++)), 4) << r.first;
}

/* x next to multiples of pi/2, where the reduction cancels most. */
TEST_F(HeavyMath, StaysWithinItsErrorWhereTheSineIsZero)
{
    std::vector<double> x;
    for (long k = 1; k < 21000000; k += 4001)
        for (int d = -1; d <= 1; d++) {
            const double at = (double)(k * 1.57079632679489661923132169163975144L);
            x.push_back(d == 0 ? at : std::nextafter(at, d * infinity));
        }
    EXPECT_LE(worst(x), 4);
}

/* What is outside is this machine's libm's; a NaN's bits may differ, its being one may not. */
TEST_F(HeavyMath, SpecialValuesAreThoseOfTheFormula)
{
    std::vector<double> x{ -1, -1.5, -1e300, infinity, -infinity, std::nan(""), 1e300,
                           std::nextafter(limit, infinity), 4e9 };
    for (const double beyond : uniform(2000, limit, 20 * limit))
        x.push_back(beyond);
    const std::vector<double> y = map(x);
    for (size_t i = 0; i < x.size(); i++) {
        const double libm = (std::sin(x[i]) * std::cos(x[i]) + std::sqrt(x[i] + 1)) *
                            std::log(x[i] + 1);
        EXPECT_TRUE(y[i] == libm || (std::isnan(y[i]) && std::isnan(libm))) << x[i];
    }
    EXPECT_EQ(y[0], infinity);
    EXPECT_TRUE(std::isnan(y[1]) && std::isnan(y[3]) && std::isnan(y[5]));
    EXPECT_EQ(map({ 0.0 })[0], 0);
    EXPECT_EQ(map({ 1e-300 })[0], 0);
}

TEST_F(HeavyMath, PathsGiveTheSameBytes)
{
    std::vector<double> x = uniform(1000, -1, 50), edge = borders();
    for (const double wide : uniform(1000, -1e8, 1e8, 2))
        x.push_back(wide);
    x.insert(x.begin() + 700, edge.begin(), edge.end());
    const Bytes expected = drive.map(0, x.size(), x.data());
    for (const plx_kernel &path : paths_of("heavy_math", nullptr, plx_heavy_math_paths)) {
        drive.kernel = &path;
        EXPECT_EQ(drive.map(0, x.size(), x.data()), expected);
        for (size_t n = 0; n < 40; n++)
            EXPECT_EQ(drive.map(5, 5 + n, x.data()),
                      Bytes(expected.begin(), expected.begin() + 8 * (long)n)) << n;
    }
    drive.kernel = plx_kernel_find("heavy_math");
}

/* An item on the tail, alone, beside a NaN or misaligned has the bytes it has in the middle. */
TEST_F(HeavyMath, AnItemDependsOnItselfAlone)
{
    std::vector<double> x = uniform(600, -0.99, 100);
    const std::vector<double> edge = borders();
    x.insert(x.begin() + 300, edge.begin(), edge.end());
    const Bytes whole = drive.map(0, x.size(), x.data());
    for (size_t i = 0; i < x.size(); i++) {
        const Bytes alone = drive.map(i, i + 1, &x[i], 8 * (i % 8));
        EXPECT_EQ(std::memcmp(alone.data(), whole.data() + 8 * i, 8), 0) << x[i];
    }
    for (size_t shift = 0; shift < 8; shift++) {
        Room room(8 * x.size(), 8 * shift);
        std::memcpy(room.data(), x.data(), 8 * x.size());
        EXPECT_EQ(drive.map(0, x.size(), room.data(), 64 - 8 * shift), whole) << shift;
    }
    for (size_t cut = 1; cut < x.size(); cut += 37) {
        Bytes parts = drive.map(0, cut, x.data());
        const Bytes rest = drive.map(cut, x.size(), x.data() + cut);
        parts.insert(parts.end(), rest.begin(), rest.end());
        EXPECT_EQ(parts, whole) << cut;
    }
}
